"""A day's draw: the calls of highest risk for certain, and a random sample of the rest; one seed draws the same."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from assist.messages import RiskReason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be drawn."""

    call_id: str
    risk: int
    reasons: tuple[RiskReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call that was drawn."""

    candidate: Candidate
    is_for_risk: bool
    inclusion: float
    """Probability with which this draw takes such a call: 1 for its risk, n of N by chance."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many calls a draw takes."""

    risk_calls: int
    """Those of highest risk, of all whose risk is not 0."""
    random_calls: int
    """By chance, of the others."""
    seed: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that was made."""

    draw_id: str
    day: date
    """In the hotline's time zone."""
    since: datetime
    until: datetime
    """It is of the calls that closed in [since, until)."""
    calls: int
    """How many it was drawn from: those in which somebody spoke."""
    risk_calls: int
    """Taken for their risk."""
    random_calls: int
    """Taken by chance."""
    seed: str
    by: str
    at: datetime

    @property
    def inclusion(self) -> float | None:
        """Probability with which it takes a call that is not among the riskiest; None: there were no others."""
        others = self.calls - self.risk_calls
        return self.random_calls / others if others else None


def drawn(candidates: Sequence[Candidate], plan: Plan) -> tuple[Drawn, ...]:
    """The calls for their risk first, the riskiest first, then those by chance.

    The order of equals, and the lot, is that of a keyed hash of the call's id: it depends on nothing else, so that a
    draw can be made again and nobody can foresee it who does not know the seed.
    """
    by_lot = sorted(candidates, key=lambda one: _lot(plan.seed, one.call_id))
    risky = sorted((one for one in by_lot if one.risk > 0), key=lambda one: -one.risk)[: plan.risk_calls]
    taken = {one.call_id for one in risky}
    others = [one for one in by_lot if one.call_id not in taken]
    chosen = others[: plan.random_calls]
    return (
        *(Drawn(one, True, 1.0) for one in risky),
        *(Drawn(one, False, len(chosen) / len(others)) for one in chosen),
    )


def review_id_of(draw_id: str, call_id: str) -> str:
    """The id of a drawn call's review: the same however often it is opened."""
    return f"r-{_lot(draw_id, call_id)[:20]}"


def bounds_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a day begins and ends in a zone."""
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    return begin, datetime.combine(day + timedelta(days=1), begin.timetz())


def _lot(seed: str, call_id: str) -> str:
    return hmac.new(seed.encode(), call_id.encode(), "sha256").hexdigest()
