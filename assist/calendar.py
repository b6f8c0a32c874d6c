"""Days, weeks, months and years told from the day of the call: symbols for them, and what they are on a given day.

| symbol | said | on 2026-11-22, a Sunday |
| --- | --- | --- |
| ``D+1`` | 明天 | 2026-11-23 |
| ``W+1`` · ``W+1-3`` · ``-W-3`` | 下周 · 下周三 · 周三 | 2026-W48 · 2026-11-25 · 2026-11-25 |
| ``M-1`` · ``M+1-01`` · ``M+0-last`` | 上个月 · 下月一号 · 月底 | 2026-10 · 2026-12-01 · 2026-11-30 |
| ``--03`` · ``--03-08`` · ``---15`` | 三月 · 三月八号 · 十五号 | 2027-03 · 2027-03-08 · 2026-11-15 |
| ``Y+1`` · ``Y+1-06`` · ``Q-1`` | 明年 · 明年六月 · 上季度 | 2027 · 2027-06 · 2026-Q3 |
| ``E+1D`` · ``E+0M`` · ``E+2Y`` | 第二天 · 首月 · 第三年 | the same: told from an event that is not known |

Weekdays, days and months without a year are the nearest ones, before or after: callers speak of both. What is complete
already (2008-05-02) stays. ``--03``, ``---15`` and ``-W-3`` are the reduced forms of ISO 8601:2000.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import MAXYEAR, MINYEAR, date, timedelta

_MONTHS_PER_YEAR = 12
_MONTHS_PER_QUARTER = 3


def resolved(symbol: str, today: date) -> str:
    """The symbol's day, week, month or year in ISO 8601; the symbol itself if there is no such day."""
    for pattern, resolve in _RESOLVERS:
        if found := pattern.fullmatch(symbol):
            try:
                return resolve(found, today) or symbol
            except OverflowError:  # beyond the years of a date
                return symbol
    return symbol


def _day(found: re.Match[str], today: date) -> str | None:
    return (today + timedelta(int(found[1]))).isoformat()


def _week(found: re.Match[str], today: date) -> str | None:
    monday = today - timedelta(today.weekday()) + timedelta(weeks=int(found[1]))
    if found[2]:
        return (monday + timedelta(int(found[2]) - 1)).isoformat()
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _weekday(found: re.Match[str], today: date) -> str | None:
    ahead = (int(found[1]) - today.isoweekday()) % 7
    return (today + timedelta(ahead if ahead <= 3 else ahead - 7)).isoformat()


def _month(found: re.Match[str], today: date) -> str | None:
    return _month_away(int(found[1]), found[2], today)


def _month_away(months: int, day: str | None, today: date) -> str | None:
    """So many months from today: all of it, one of its days or the last."""
    year, month = _moved(today, months)
    if not day:
        return f"{year}-{month:02}"
    named = _date(*_moved(today, months + 1), 1) if day == "last" else _date(year, month, int(day))
    if named is None:
        return None
    return (named - timedelta(day == "last")).isoformat()


def _quarter(found: re.Match[str], today: date) -> str | None:
    year, month = _moved(today, int(found[1]) * _MONTHS_PER_QUARTER)
    return f"{year}-Q{(month - 1) // _MONTHS_PER_QUARTER + 1}"


def _year(found: re.Match[str], today: date) -> str | None:
    return f"{today.year + int(found[1])}{found[2] or ''}"


def _month_and_day(found: re.Match[str], today: date) -> str | None:
    month = int(found[1])
    if found[2] in (None, "last"):
        ahead = (month - today.month) % _MONTHS_PER_YEAR
        away = ahead if ahead <= _MONTHS_PER_YEAR // 2 - 1 else ahead - _MONTHS_PER_YEAR
        return _month_away(away, found[2], today)
    return _nearest((_date(today.year + shift, month, int(found[2])) for shift in (-1, 0, 1)), today)


def _day_of_month(found: re.Match[str], today: date) -> str | None:
    return _nearest((_date(*_moved(today, shift), int(found[1])) for shift in (-1, 0, 1)), today)


_RESOLVERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], str | None]], ...] = (
    (re.compile(r"D([+-]\d+)"), _day),
    (re.compile(r"W([+-]\d+)(?:-(\d))?"), _week),
    (re.compile(r"-W-(\d)"), _weekday),
    (re.compile(r"M([+-]\d+)(?:-(\d\d|last))?"), _month),
    (re.compile(r"Q([+-]\d+)"), _quarter),
    (re.compile(r"Y([+-]\d+)(-\d\d(?:-\d\d)?)?"), _year),
    (re.compile(r"--(\d\d)(?:-(\d\d|last))?"), _month_and_day),
    (re.compile(r"---(\d\d)"), _day_of_month),
)


def _moved(today: date, months: int) -> tuple[int, int]:
    """Year and month, so many months away."""
    index = today.year * _MONTHS_PER_YEAR + today.month - 1 + months
    return index // _MONTHS_PER_YEAR, index % _MONTHS_PER_YEAR + 1


def _date(year: int, month: int, day: int) -> date | None:
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= _MONTHS_PER_YEAR and 1 <= day <= 31):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(days: Iterable[date | None], today: date) -> str | None:
    known = [day for day in days if day is not None]
    return min(known, key=lambda day: (abs(day - today), day < today)).isoformat() if known else None
