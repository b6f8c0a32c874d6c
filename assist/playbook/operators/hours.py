"""The hotline's clock when a call was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assist.playbook.dates import date_in
from assist.playbook.moment import NOTHING, Finding, Moment, Truth
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import CALL_DATE

CALL_TIME = "call.time"
"""The fact that tells when the call was opened by the hotline's clock, as 21:30."""
MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class ClockShows(Operator):
    """``clock``: the call was opened at such hours or on such days; unknown while nobody has told when."""

    from_min: int
    """Minutes since midnight, itself included."""
    to_min: int
    """Minutes since midnight, itself left out; not after ``from_min``: over midnight."""
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; none: any."""
    dates: frozenset[date] = frozenset()
    """None: any."""
    since: date | None = None
    until: date | None = None
    """The last day, itself included."""

    def observe(self, moment: Moment) -> tuple[ClockShows, Finding]:
        if self.weekdays or self.dates or self.since is not None or self.until is not None:
            day = date_in(moment.facts.get(CALL_DATE, ""))
            if day is None:
                return self, Finding(Truth.UNKNOWN)
            if not self._is_on(day):
                return self, NOTHING
        if self.to_min - self.from_min == MINUTES_OF_DAY:
            return self, Finding(Truth.TRUE)
        minute = minutes_in(moment.facts.get(CALL_TIME, ""))
        if minute is None:
            return self, Finding(Truth.UNKNOWN)
        is_after, is_before = minute >= self.from_min, minute < self.to_min
        is_within = (is_after and is_before) if self.from_min < self.to_min else (is_after or is_before)
        return self, Finding(Truth.TRUE) if is_within else NOTHING

    def _is_on(self, day: date) -> bool:
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (not self.dates or day in self.dates)
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )


def minutes_in(text: str) -> int | None:
    """Minutes since midnight of 21:30; 24:00 is the end of the day; None where it is no time."""
    hours, separator, minutes = text.partition(":")
    if not (separator and hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if len(minutes) == 2 and int(minutes) < 60 and found <= MINUTES_OF_DAY else None
