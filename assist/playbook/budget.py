"""The attention that an agent has for prompts in a call, and how much of it is spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from assist.messages import Prompt, PromptKind

MAX_PLACES = 100
"""Of one allowance; so many positions of shown prompts are kept."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many prompts a call, or any stretch of it, may bring."""

    places: Mapping[PromptKind, int]
    """By kind: how many prompts of all kinds may stand before one of this kind finds no place. More urgent kinds have
    at least as many; what they have more is kept for them."""
    within_ms: int | None
    """Length of the stretch; None: the whole call."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was shown so far."""

    prompts: int = 0
    recent_ms: tuple[int, ...] = ()
    """Positions of the newest, oldest first."""

    def plus(self, prompts: Iterable[Prompt]) -> Self:
        """After these were shown."""
        shown_ms = [prompt.at_ms for prompt in prompts]
        return type(self)(self.prompts + len(shown_ms), (*self.recent_ms, *shown_ms)[-MAX_PLACES:])

    def allows(self, budget: Sequence[Allowance], kind: PromptKind, at_ms: int) -> bool:
        """Whether every allowance has a place left for a prompt of that kind."""
        return all(self._within(allowance.within_ms, at_ms) < allowance.places[kind] for allowance in budget)

    def _within(self, length_ms: int | None, at_ms: int) -> int:
        if length_ms is None:
            return self.prompts
        return sum(shown_ms > at_ms - length_ms for shown_ms in self.recent_ms)
