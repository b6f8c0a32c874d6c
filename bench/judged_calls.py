"""Calls in which people wrote down what a playbook should say: the truth of ``livecue eval advice``.

A file is the JSON beside a recording, or the dialogue in YAML that it is voiced from; turns of that get nominal times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assist.errors import InputError
from assist.messages import Agent, Customer, Verdict

CHAR_MS = 200
LEAD_MS = 800
PAUSE_MS = 600
TAIL_MS = 1_000
MOMENT_TURNS = 2
"""A prompt or flag belongs to a turn until the end of so many turns after it."""
DECISION_MS = 1_500
"""From the end of words until what follows from them is there: the end of the utterance is waited for, then a tick."""


class Written(BaseModel):
    """Base of what is written in a file of truth; what only voicing reads is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JudgedTurn(Written):
    """One turn, and what should come of it."""

    party: Literal["agent", "customer"]
    text: str
    start_ms: int
    end_ms: int
    prompts: tuple[str, ...] = ()
    """Rules, offers and ``OFFER.REACTION`` that should be shown."""
    may: tuple[str, ...] = ()
    """Those that are right here but not called for: said again soon after, or a matter of taste."""
    flags: dict[str, Verdict] = Field(default_factory=dict)
    no_selling: str | None = None
    """Why nothing may be sold from here on."""
    may_sell: bool = False
    """Selling is allowed again from here on."""


class Earlier(Written):
    """What the customer's earlier calls left behind."""

    reasons: dict[str, int] = Field(default_factory=dict)
    """Intents of the last seven days, and how many calls were about each."""
    overdue_promises: int = 0
    opted_out: bool = False
    """The customer has asked for no more offers."""


class JudgedCall(Written):
    """A call with its truth."""

    name: str
    title: str
    playbook: str = "telecom"
    agent: Agent
    customer: Customer
    earlier: Earlier | None = None
    duration_ms: int
    turns: tuple[JudgedTurn, ...]
    at_close: dict[str, Verdict] = Field(default_factory=dict)
    """Flags that the end of the call gives."""
    is_timed: bool
    """Whether the times are those of a recording."""

    @cached_property
    def prompts(self) -> Mapping[str, Sequence[Moment]]:
        """Moments at which each prompt is called for."""
        return self._moments([turn.prompts for turn in self.turns])

    @cached_property
    def allowed(self) -> Mapping[str, Sequence[Moment]]:
        """Moments at which each prompt is right."""
        return self._moments([(*turn.prompts, *turn.may) for turn in self.turns])

    @cached_property
    def flags(self) -> Sequence[tuple[str, Verdict, Moment]]:
        """Verdicts of rules, each with where it has its reason."""
        close = Moment(len(self.turns), 0, self.duration_ms)
        said = [(self._moment(at), turn.flags) for at, turn in enumerate(self.turns)]
        return [(rule, flags[rule], moment) for moment, flags in (*said, (close, self.at_close)) for rule in flags]

    @cached_property
    def no_selling(self) -> Sequence[Moment]:
        """Where nothing may be sold: from the turn that says so to the beginning of the one that allows it again."""
        spans: list[Moment] = []
        since: int | None = None
        for at, turn in enumerate(self.turns):
            if turn.may_sell and since is not None:
                spans.append(Moment(since, self.turns[since].start_ms, turn.start_ms))
                since = None
            if turn.no_selling and since is None:
                since = at
        if since is not None:
            spans.append(Moment(since, self.turns[since].start_ms, self.duration_ms))
        return spans

    def turn_at(self, at_ms: int) -> int:
        """Number, from 1, of the last turn that had begun; 0: none."""
        return sum(turn.start_ms <= at_ms for turn in self.turns)

    def _moments(self, rules_of: Sequence[tuple[str, ...]]) -> dict[str, list[Moment]]:
        moments: dict[str, list[Moment]] = {}
        for at, rules in enumerate(rules_of):
            for rule in rules:
                moments.setdefault(rule, []).append(self._moment(at))
        return moments

    def _moment(self, at: int) -> Moment:
        last = self.turns[min(at + MOMENT_TURNS, len(self.turns) - 1)]
        return Moment(at, self.turns[at].start_ms, last.end_ms + DECISION_MS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of a call that begins with a turn."""

    turn: int
    """From 0; the number of turns: the end of the call."""
    start_ms: int
    end_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether a position lies in it."""
        return self.start_ms <= at_ms <= self.end_ms


def read_judged_calls(paths: Sequence[Path]) -> list[JudgedCall]:
    """Of files and of folders of them, in order. Raises InputError "bad-truth" that names the first place."""
    return [_read(file) for path in paths for file in (_files_in(path) if path.is_dir() else [path])]


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in (".json", ".yaml"))


def _read(file: Path) -> JudgedCall:
    is_timed = file.suffix == ".json"
    try:
        text = file.read_text(encoding="utf-8")
        value = cast("dict[str, Any]", json.loads(text) if is_timed else _as_spoken(yaml.safe_load(text)))
        return JudgedCall.model_validate({**value, "name": file.stem, "is_timed": is_timed})
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(f"{file.name}: {place}: {error.errors()[0]['msg']}.", code="bad-truth") from error
    except (OSError, ValueError, KeyError, TypeError, StopIteration, yaml.YAMLError) as error:
        raise InputError(f"{file.name} is no call with its truth: {error!r}.", code="bad-truth") from error


def _as_spoken(dialogue: dict[str, Any]) -> dict[str, Any]:
    """A dialogue says ``{customer: words, gap_ms: …}``; each turn then follows the one above."""
    clock_ms = LEAD_MS
    turns: list[dict[str, Any]] = []
    for turn in dialogue["turns"]:
        party: str = next(party for party in ("agent", "customer") if party in turn)
        text: str = turn[party]
        start_ms = clock_ms + int(turn.get("gap_ms", PAUSE_MS)) if turns else clock_ms
        end_ms = start_ms + CHAR_MS * len(text)
        turns.append({**turn, "party": party, "text": text, "start_ms": start_ms, "end_ms": end_ms})
        clock_ms = max(clock_ms, end_ms)
    return {**dialogue, "turns": turns, "duration_ms": clock_ms + TAIL_MS}
