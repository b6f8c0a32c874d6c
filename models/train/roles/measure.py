"""What the model of roles is worth: per utterance, per call after so many utterances, and as a test of the legs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assist.legs.swapping import FOUND, RIGHT, weight_of
from assist.messages import Party
from models.train.roles.dialogues import Dialogue, Said

AFTER = (2, 4, 6, 10)
"""Utterances of both parties after which a call's legs are told."""
WITHIN_MS = 60_000
DRAWS = 1_000
GREETINGS = re.compile(
    "工号|为您服务|有什么可以帮|请问有什么|欢迎致电|感谢您的来电|客服中心|请稍等|祝您|帮您查|您这边|给您办理"
)
Odds = Callable[[str], float]
"""Log odds that the agent says a text."""


@dataclass(frozen=True, slots=True)
class Share:
    """Of calls or turns, with its 95 % interval over dialogues."""

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.share:.1f} ({100 * self.low:.1f} to {100 * self.high:.1f})"


@dataclass(frozen=True, slots=True)
class SwapTrial:
    """What the test of swapped legs does with calls that are right, and with the same calls swapped."""

    found: Share
    """Swapped calls found, within the first minute or so many utterances."""
    false: Share
    """Right calls found swapped at any time."""
    after: float
    """Utterances until it is found, mean."""


def by_greeting(text: str) -> float:
    """What agents say to begin, to end and to serve."""
    return 1.0 if GREETINGS.search(text) else -0.1


def accuracy(dialogues: Sequence[Dialogue], odds: Odds) -> Share:
    """Turns whose role is told right."""
    return _share([[(odds(turn.text) > 0) == turn.is_agent for turn in one.turns] for one in dialogues])


def told_after(dialogues: Sequence[Dialogue], odds: Odds, turns: int) -> Share:
    """Calls whose legs are told right by the sum over the first turns; undecided ones count half."""
    return _share([[_verdict(one, odds, turns)] for one in dialogues])


def first_speaks(dialogues: Sequence[Dialogue]) -> Share:
    """Calls in which the agent speaks first."""
    return _share([[one.turns[0].is_agent] for one in dialogues if one.turns])


def speaks_more(dialogues: Sequence[Dialogue], turns: int) -> Share:
    """Calls in which the agent says more characters in the first turns."""

    def is_more(one: Dialogue) -> bool:
        said = [len(turn.text) if turn.is_agent else -len(turn.text) for turn in one.turns[:turns]]
        return sum(said) > 0

    return _share([[is_more(one)] for one in dialogues])


def swap_trial(dialogues: Sequence[Dialogue], odds: Odds, turns: int) -> SwapTrial:
    """``turns``: what a minute holds where positions are not known."""
    found, false, lengths = list[list[float]](), list[list[float]](), list[int]()
    for one in dialogues:
        at = _found_at(one, odds, is_swapped=True)
        in_time = at is not None and _is_in_time(one.turns[at], at, turns)
        found.append([float(in_time)])
        false.append([float(_found_at(one, odds, is_swapped=False) is not None)])
        lengths += [at + 1] if at is not None else []
    return SwapTrial(_share(found), _share(false), float(np.mean(lengths)) if lengths else 0.0)


def _is_in_time(turn: Said, at: int, turns: int) -> bool:
    return at < turns if turn.end_ms is None else turn.end_ms <= WITHIN_MS


def _found_at(one: Dialogue, odds: Odds, *, is_swapped: bool) -> int | None:
    total = 0.0
    for at, turn in enumerate(one.turns):
        agent = 1 / (1 + np.exp(-odds(turn.text)))
        label, score = ("agent", agent) if agent >= 0.5 else ("customer", 1 - agent)
        party: Party = "agent" if turn.is_agent != is_swapped else "customer"
        total += weight_of(label, round(float(score), 3), party)
        if total >= FOUND:
            return at
        if total <= RIGHT:
            return None
    return None


def _verdict(one: Dialogue, odds: Odds, turns: int) -> float:
    total = sum(odds(turn.text) * (1 if turn.is_agent else -1) for turn in one.turns[:turns])
    return 0.5 if total == 0 else float(total > 0)


def _share(groups: Sequence[Sequence[float | bool]]) -> Share:
    """Of all values together; the interval by drawing groups."""
    sums = np.array([float(sum(group)) for group in groups])
    counts = np.array([len(group) for group in groups])
    drawn: NDArray[np.int64] = np.random.default_rng(1).integers(0, len(groups), (DRAWS, len(groups)))
    shares = sums[drawn].sum(axis=1) / np.maximum(1, counts[drawn].sum(axis=1))
    low, high = np.percentile(shares, [2.5, 97.5])
    return Share(float(sums.sum() / max(1, counts.sum())), float(low), float(high))


def lines_of(name: str, dialogues: Sequence[Dialogue], systems: dict[str, Odds]) -> Iterator[str]:
    """What is printed of one set of dialogues."""
    turns = sum(len(one.turns) for one in dialogues)
    yield f"{name}: {len(dialogues)} calls, {turns} turns"
    yield f"  agent speaks first: {first_speaks(dialogues)} · says more in ten turns: {speaks_more(dialogues, 10)}"
    for system, odds in systems.items():
        after = " · ".join(f"{count}: {told_after(dialogues, odds, count)}" for count in AFTER)
        yield f"  {system:<12} per turn {accuracy(dialogues, odds)} · legs told after {after}"
        trial = swap_trial(dialogues, odds, 12)
        yield f"  {'':<12} swapped found {trial.found} after {trial.after:.1f} turns · false {trial.false}"
