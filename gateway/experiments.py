"""The experiments of a running service: where each stands, what is decided from time to time, and the report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from assist.errors import LivecueError, NotFoundError
from assist.experiments.cohort import Cohorts, cohorts_of
from assist.experiments.decision import Decision, position_after
from assist.experiments.intervals import scipy_stats
from assist.experiments.report import ExperimentReport, judging_level, report_on
from assist.experiments.review import harm_level, review
from assist.experiments.trial import Trial
from assist.messages import Assignment
from assist.playbook import Playbook
from assist.playbook.experiments import Experiment, Standing, assign, conducted
from assist.stores.experiments import ExperimentStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReviewLimits:
    """When and over what it is decided; each with its unit."""

    every_s: float = 3_600.0
    reach_weeks: int = 26
    """How far back calls count."""
    max_calls: int = 100_000
    """Calls of one playbook that are read at once, the newest."""


class LiveExperiments:
    """Answers a call that opens from memory; everything else goes through the store, and figures through a thread.

    Nodes on one database each review on their own. Before it decides, a node reads what the others decided.
    """

    def __init__(
        self,
        store: ExperimentStore,
        playbooks: Callable[[], Iterable[Playbook]],
        *,
        hold_outs: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: ReviewLimits | None = None,
    ) -> None:
        """``hold_outs``: prompts are held out of calls as playbooks say; else every call gets every prompt."""
        self._store = store
        self._playbooks = playbooks
        self.hold_outs = hold_outs
        self._now = now
        self._limits = limits or ReviewLimits()
        self._turn = asyncio.Lock()
        self._decisions: Mapping[tuple[str, str], Sequence[Decision]] = {}
        self._standings: Mapping[str, Mapping[str, Standing]] = {}

    def draw(self, playbook: Playbook, call_id: str) -> tuple[Assignment, ...]:
        """What the experiments of a playbook give a call that opens now."""
        experiments = conducted(playbook.experiments.values(), hold_outs=self.hold_outs)
        return assign(experiments, call_id, standings=self.standings(playbook.name))

    def standings(self, playbook: str) -> Mapping[str, Standing]:
        """Where the experiments of a playbook stand for calls that open now, by id."""
        return self._standings.get(playbook, {})

    async def run(self) -> None:
        """Review from time to time; a review that fails is made up for by the next."""
        while True:
            try:
                await self.review()
            except LivecueError as error:
                log.error("experiments could not be reviewed", extra={"code": error.code, "reason": error.message})
            await asyncio.sleep(self._limits.every_s)

    async def load(self) -> None:
        """Take over everything that was ever decided."""
        decisions: dict[tuple[str, str], list[Decision]] = {}
        for decision in await self._store.decisions():
            decisions.setdefault((decision.playbook, decision.experiment), []).append(decision)
        standings: dict[str, dict[str, Standing]] = {}
        for (playbook, experiment), made in decisions.items():
            standings.setdefault(playbook, {})[experiment] = position_after(made).standing
        self._decisions, self._standings = decisions, standings

    async def load_figures(self) -> None:
        """Import what figures are reckoned with, if anything is to be reckoned here."""
        if self._experimenting():
            await asyncio.to_thread(scipy_stats)

    async def review(self) -> Sequence[Decision]:
        """Decide what is to be decided by the figures of now; it holds for calls that open from now on."""
        async with self._turn:
            await self.load()
            found: list[Decision] = []
            for playbook in self._experimenting():
                trials = await self._trials(playbook, self._limits.reach_weeks)
                found += await asyncio.to_thread(self._reviewed, playbook, trials)
            await self._take(found)
        for one in found:
            log.info("decided", extra={"playbook": one.playbook, "experiment": one.experiment, "decision": one.kind})
        return found

    async def reports(self, *, weeks: int) -> Sequence[ExperimentReport]:
        """All experiments of the playbooks in use, over the calls of the last weeks."""
        async with self._turn:
            await self.load()
            found: list[ExperimentReport] = []
            for playbook in self._experimenting():
                trials = await self._trials(playbook, weeks)
                found += await asyncio.to_thread(self._reported, playbook, trials)
            return found

    async def decide(
        self, playbook: str, experiment: str, kind: Literal["mute", "unmute"], *, by: str, reason: str
    ) -> Decision | None:
        """A person's word on a prompt; None: it stands so already. Raises NotFoundError "unknown-experiment"."""
        async with self._turn:
            await self.load()
            if not any(
                book.name == playbook and experiment in {one.experiment_id for one in book.experiments.values()}
                for book in self._experimenting()
            ):
                raise NotFoundError("There is no such experiment in the playbooks in use.", code="unknown-experiment")
            position = position_after(self._decisions.get((playbook, experiment), ()))
            if position.standing.is_muted == (kind == "mute"):
                return None
            decision = Decision(playbook, experiment, kind, self._now(), by, reason)
            await self._take([decision])
            return decision

    async def _take(self, decisions: Sequence[Decision]) -> None:
        if decisions:
            await self._store.decide(decisions)
            await self.load()

    async def _trials(self, playbook: Playbook, weeks: int) -> Sequence[Trial]:
        since = self._now() - timedelta(weeks=weeks)
        return await self._store.trials(playbook.name, since=since, limit=self._limits.max_calls)

    def _experimenting(self) -> Iterable[Playbook]:
        return [playbook for playbook in self._playbooks() if playbook.experiments]

    def _reviewed(self, playbook: Playbook, trials: Sequence[Trial]) -> Sequence[Decision]:
        now = self._now()
        studies = self._studies(playbook, trials)
        level = harm_level((one.experiment, one.cohorts, one.decisions) for one in studies)
        return [
            decision
            for one in studies
            for decision in review(playbook.name, one.experiment, one.cohorts, one.decisions, now, level=level)
        ]

    def _reported(self, playbook: Playbook, trials: Sequence[Trial]) -> Sequence[ExperimentReport]:
        studies = self._studies(playbook, trials)
        level = judging_level((one.experiment, one.cohorts) for one in studies)
        return [
            report_on(
                one.source,
                one.experiment,
                one.cohorts,
                one.decisions,
                playbook=playbook.name,
                title=playbook.title_of(one.source),
                utc_offset_min=playbook.utc_offset_min,
                price=playbook.catalogue.price_of(one.source) if playbook.catalogue else None,
                level=level,
            )
            for one in studies
        ]

    def _studies(self, playbook: Playbook, trials: Sequence[Trial]) -> Sequence[_Study]:
        cohorts = cohorts_of(trials, self._now())
        return [
            _Study(
                source,
                one,
                cohorts.get(one.experiment_id, Cohorts(())),
                self._decisions.get((playbook.name, one.experiment_id), ()),
            )
            for source, one in playbook.experiments.items()
        ]


@dataclass(frozen=True, slots=True)
class _Study:
    """One experiment with its calls and what was decided, in the order in which it was."""

    source: str
    experiment: Experiment
    cohorts: Cohorts
    decisions: Sequence[Decision]
