"""What is known of the call, the agent and the customer beside the words."""

from __future__ import annotations

from dataclasses import dataclass

from assist.playbook.moment import NOTHING, Finding, Moment, Truth
from assist.playbook.operators.base import Operator


def number_in(text: str) -> float | None:
    """The number that a text is; None where it is none."""
    try:
        return float(text.strip().removesuffix("%"))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class FactHolds(Operator):
    """``fact``: something known has a value; unknown while nobody has told it."""

    path: str
    """``customer.``, ``agent.`` or ``call.`` and a name."""
    values: tuple[str, ...]
    least: float | None
    most: float | None
    known: bool | None
    """Asks only whether it is known."""

    def observe(self, moment: Moment) -> tuple[FactHolds, Finding]:
        value = moment.facts.get(self.path)
        if self.known is not None:
            return self, Finding(Truth.TRUE) if (value is not None) is self.known else NOTHING
        if value is None:
            return self, Finding(Truth.UNKNOWN)
        if self.values:
            return self, Finding(Truth.TRUE) if value in self.values else NOTHING
        number = number_in(value)
        if number is None:
            return self, Finding(Truth.UNKNOWN)
        is_within = (self.least is None or number >= self.least) and (self.most is None or number <= self.most)
        return self, Finding(Truth.TRUE) if is_within else NOTHING
