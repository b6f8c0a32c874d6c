"""What is known of the call, the agent and the customer beside the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from assist.playbook.dates import date_in, months_later
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


CALL_DATE = "call.date"
"""The fact that dates are compared with: the day on which the call was opened."""


@dataclass(frozen=True, slots=True)
class FactDated(Operator):
    """``fact``: a day that is known lies so far before or after the call; unknown while nobody has told it."""

    path: str
    older_than_months: int | None
    within_days: int | None
    """From the day of the call on."""
    in_last_days: int | None
    """Up to the day of the call."""

    def observe(self, moment: Moment) -> tuple[FactDated, Finding]:
        day, today = date_in(moment.facts.get(self.path, "")), date_in(moment.facts.get(CALL_DATE, ""))
        if day is None or today is None:
            return self, Finding(Truth.UNKNOWN)
        ahead = day - today
        is_so = (
            (self.older_than_months is not None and months_later(day, self.older_than_months) < today)
            or (self.within_days is not None and timedelta(0) <= ahead <= timedelta(self.within_days))
            or (self.in_last_days is not None and timedelta(0) <= -ahead <= timedelta(self.in_last_days))
        )
        return self, Finding(Truth.TRUE) if is_so else NOTHING


@dataclass(frozen=True, slots=True)
class TagHolds(Operator):
    """``tag``: the customer has one of these tags; unknown while what they rest on does not tell."""

    tags: tuple[str, ...]

    def observe(self, moment: Moment) -> tuple[TagHolds, Finding]:
        truth = max(moment.tags.get(tag, Truth.UNKNOWN) for tag in self.tags)
        return self, Finding(truth) if truth is not Truth.FALSE else NOTHING


def told_of(condition: Operator, facts: Mapping[str, str]) -> dict[str, str]:
    """What is known of the facts that a condition asks for, by path."""
    return {path: facts[path] for path in dict.fromkeys(_paths(condition)) if path in facts}


def _paths(operator: Operator) -> Iterator[str]:
    if isinstance(operator, FactHolds | FactDated):
        yield operator.path
    for part in operator.parts:
        yield from _paths(part)
