"""Days as people and tables write them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?|(\d{2})(\d{2}))(?:[T ].*)?")


def date_in(text: str) -> date | None:
    """The day that a text tells: 2026-03-01, 2026/3/1, 2026年3月1日, 20260301; a month is its first day."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, *rest = match.groups()
    month, day = rest[:2] if rest[0] else rest[2:]
    try:
        return date(int(year), int(month), int(day or 1))
    except ValueError:
        return None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last; the last day there is where there is no such month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
