"""The attention that an agent has for prompts in a call, and how much of it is spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from assist.messages import Prompt, PromptKind, PromptLimit
from assist.playbook.moment import Truth, knowing
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import told_of

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
    condition: Operator | None = None
    """Made of facts; it holds only while this is true. None: always."""
    because: str = ""
    """With a condition: why there are fewer, for people."""

    def holds(self, facts: Mapping[str, str]) -> bool:
        """By all that is known; what is not known limits nobody."""
        return self.condition is None or self.condition.observe(knowing(facts))[1].truth is Truth.TRUE

    def limit(self, facts: Mapping[str, str]) -> PromptLimit | None:
        """As it is told, where it holds because of what is known."""
        return (
            None if self.condition is None else PromptLimit(because=self.because, facts=told_of(self.condition, facts))
        )


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

    def full(self, budget: Sequence[Allowance], kind: PromptKind, at_ms: int) -> Allowance | None:
        """The allowance that has no place left for a prompt of that kind, one for all calls before one for some.

        None: each has one.
        """
        full = [one for one in budget if self._within(one.within_ms, at_ms) >= one.places[kind]]
        return min(full, key=lambda one: one.condition is not None, default=None)

    def _within(self, length_ms: int | None, at_ms: int) -> int:
        if length_ms is None:
            return self.prompts
        return sum(shown_ms > at_ms - length_ms for shown_ms in self.recent_ms)
