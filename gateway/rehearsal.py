"""Playbooks that are not in use, tried: all their mistakes, their cases, and what they would say to stored calls."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assist.backtest import Backtest, RecordedCall, Report, Ruleset, Said, replay, said_in
from assist.errors import InputError, OverloadedError
from assist.playbook import (
    AskedLabel,
    Listen,
    Playbook,
    check_playbook,
    failures_in,
    parse_playbook,
    strange_channels,
)
from assist.ports import CallQuery, CallStore
from assist.quality.case_trial import CaseTrial
from assist.quality.rulings import RuleCase
from gateway.record import Unread, Wanted, stored_call, stored_calls
from gateway.rule_cases import tried

Severity = Literal["error", "warning"]
ProblemKind = Literal["form", "name", "version", "label", "channel", "condition", "case"]

FIRST_LINE = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a text that its editor should see at its line."""

    severity: Severity
    """An ``error`` keeps it from being published."""
    kind: ProblemKind
    """``form``: it is no playbook; ``label``: no model gives it; ``channel``: nobody has configured it;
    ``condition``: nothing uses it; ``case``: a rule does otherwise than its case says."""
    line: int
    """1-based."""
    message: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What there is to say about a text."""

    playbook: Playbook | None
    """None: it is none yet."""
    problems: tuple[Problem, ...]
    """In the order of the lines."""
    cases: int
    """How many were tried."""

    @property
    def can_publish(self) -> bool:
        """Whether nothing is wrong with the text itself."""
        return all(problem.severity != "error" for problem in self.problems)

    @property
    def cases_failed(self) -> int:
        return sum(problem.kind == "case" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a playbook would say to one call, beside what was said in it."""

    call: RecordedCall
    playbook: str
    """name@version of the one that was tried."""
    is_compared: bool
    """Whether the call's own record can be compared with: its rules had this name and did not give up."""
    lines: tuple[TrialLine, ...]
    """In order of position."""


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One prompt or flag, in the record, now, or in both."""

    record: Said | None
    now: Said | None

    @property
    def said(self) -> Said:
        said = self.now or self.record
        assert said is not None
        return said


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a replay."""

    report: Report
    skipped: tuple[Unread, ...]
    """Calls that could not be used, the first ``MAX_SKIPPED``."""
    skipped_more: int
    """How many others there were."""


MAX_SKIPPED = 100


class Rehearsal:
    """Runs texts beside the service, never in it.

    Each piece of work (a check, a trial, one call of a replay) runs in a thread, one at a time, so that live calls are
    left their share of the processor and nobody waits for a whole replay. ``replays_at_once`` is refused beyond with
    OverloadedError "replay-busy"; a replay keeps ``max_changes`` changes one by one.
    """

    def __init__(
        self,
        store: CallStore,
        listen: Callable[[Playbook], Listen],
        strange_labels: Callable[[Playbook], Iterator[tuple[AskedLabel, str]]],
        *,
        channels: Collection[str] = (),
        replays_at_once: int = 2,
        max_changes: int = 2_000,
    ) -> None:
        """``listen`` finds a playbook's phrases; ``strange_labels`` finds labels that no model gives, and like ones.

        ``channels``: those that the operator has configured.
        """
        if replays_at_once < 1:
            raise ValueError("replays_at_once must be at least 1")
        self._store = store
        self._listen = listen
        self._strange_labels = strange_labels
        self._channels = channels
        self._turn = asyncio.Lock()
        self._replays_left = replays_at_once
        self._max_changes = max_changes

    async def check(self, text: str, name: str) -> Examination:
        """All that is wrong with a text that is to be the playbook of a name, and its cases."""
        async with self._turn:
            return await asyncio.to_thread(self._check, text, name)

    async def ruleset(self, text: str) -> Ruleset:
        """A text, ready to run. Raises PlaybookError."""
        async with self._turn:
            return await asyncio.to_thread(lambda: self._ruleset(parse_playbook(text)))

    async def prepared(self, playbook: Playbook) -> Ruleset:
        """A playbook, ready to run."""
        async with self._turn:
            return await asyncio.to_thread(self._ruleset, playbook)

    async def try_on(self, rules: Ruleset, call_id: str) -> Trial:
        """What a playbook says to a call. Raises InputError "log-incomplete", "call-open"."""
        call = await stored_call(self._store, call_id)
        async with self._turn:
            return await asyncio.to_thread(_try, rules, call)

    async def try_cases(self, rules: Ruleset, cases: Iterable[RuleCase]) -> Sequence[CaseTrial]:
        """What a playbook says to calls in which people found rules wrong, in the order of the cases."""
        trials: list[CaseTrial] = []
        for case in cases:
            async with self._turn:
                trials.append(await tried(case, self._store, rules))
        return trials

    async def replay(
        self, rules: Ruleset, wanted: Wanted, *, most: int, against: Ruleset | None = None
    ) -> AsyncGenerator[Progress | Outcome]:
        """Run the newest ``most`` calls again; progress after each, the outcome at last. Closing it ends the work."""
        if self._replays_left == 0:
            raise OverloadedError("Others are replaying calls now; try again shortly.", code="replay-busy")
        self._replays_left -= 1
        try:
            async for step in self._replay(Backtest(rules, against, max_changes=self._max_changes), wanted, most):
                yield step
        finally:
            self._replays_left += 1

    async def _replay(self, backtest: Backtest, wanted: Wanted, most: int) -> AsyncGenerator[Progress | Outcome]:
        query = CallQuery(
            agent_id=wanted.agent_id, scope=wanted.scope, is_open=False, with_practice=wanted.with_practice, limit=most
        )
        total = len(await self._store.calls(query))
        skipped: list[Unread] = []
        done = 0
        yield Progress(0, total)
        if total:
            async for call in stored_calls(self._store, wanted):
                unread = call if isinstance(call, Unread) else await self._take(backtest, call)
                if unread is not None:
                    skipped.append(unread)
                done += 1
                yield Progress(done, total)
                if done == total:
                    break
        yield Outcome(backtest.report, tuple(skipped[:MAX_SKIPPED]), max(0, len(skipped) - MAX_SKIPPED))

    async def _take(self, backtest: Backtest, call: RecordedCall) -> Unread | None:
        """Replay one call; why it could not be."""
        async with self._turn:
            try:
                await asyncio.to_thread(backtest.take, call)
            except InputError as error:
                return Unread.of(call.call_id, error)
        return None

    def _ruleset(self, playbook: Playbook) -> Ruleset:
        return Ruleset(playbook, self._listen(playbook))

    def _check(self, text: str, name: str) -> Examination:
        playbook, complaints = check_playbook(text)
        if playbook is None:
            found = [Problem("error", "form", error.line or FIRST_LINE, error.reason) for error in complaints]
            return Examination(None, tuple(found), cases=0)
        found: list[Problem] = []
        if playbook.name != name:
            message = f"playbook: name: this is {name!r}; a playbook cannot be renamed, only begun under another name"
            found.append(Problem("error", "name", line_of_key(text, "name"), message))
        for asked, near in self._strange_labels(playbook):
            hint = f"; did you mean {near!r}?" if near else ""
            message = f"no model of Livecue gives the {asked.kind} {asked.label!r}{hint}"
            found.append(Problem("warning", "label", asked.line, message))
        found += [Problem("warning", "condition", one.line, one.message) for one in playbook.unused_conditions]
        for channel in strange_channels(playbook, self._channels):
            severity = "error" if channel.is_mistake else "warning"
            found.append(Problem(severity, "channel", channel.line, channel.message))
        cases = len(playbook.cases)
        failures = failures_in(playbook, self._listen(playbook)) if cases else ()
        found += [Problem("error", "case", failure.line, failure.message) for failure in failures]
        return Examination(playbook, tuple(sorted(found, key=lambda problem: problem.line)), cases)


def line_of_key(text: str, key: str) -> int:
    """1-based line of a key of the playbook itself; the first one where it cannot be told."""
    match = re.search(rf"^{key}[ \t]*:", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else FIRST_LINE


def _try(rules: Ruleset, call: RecordedCall) -> Trial:
    is_compared = call.playbook.partition("@")[0] == rules.playbook.name and not call.is_impaired
    record, now = said_in(call.said if is_compared else ()), said_in(replay(call, rules))
    lines = [TrialLine(record.get(place), now.get(place)) for place in dict.fromkeys((*record, *now))]
    lines.sort(key=lambda line: line.said.at_ms)
    return Trial(call, rules.playbook.reference, is_compared, tuple(lines))
