"""Values of the search language: lengths, shares, days, and words of closed lists."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from assist.errors import InputError
from assist.search.query import Measure

SPANS: dict[str, Measure] = {"duration": "duration", "silence": "silence", "overtalk": "overtalk"}
"""Fields that compare a measure."""

_UNITS_MS = {
    "": 1_000,
    "ms": 1,
    "s": 1_000,
    "sec": 1_000,
    "秒": 1_000,
    "m": 60_000,
    "min": 60_000,
    "分": 60_000,
    "分钟": 60_000,
    "h": 3_600_000,
    "小时": 3_600_000,
}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*|[%％]|[秒分钟小时]+)", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,4})(?:d|天)")
_DAYS_BACK = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}
_RANGE = ".."
_MONTHS = 12

W = TypeVar("W", bound=str)


def one_of(field: str, value: str, words: Mapping[str, W]) -> W:
    """A word of a closed list, in either language. Raises InputError "search-bad-value"."""
    plain = value.lower().replace("-", "_")
    for name, code in words.items():
        if value == name or plain == code:
            return code
    raise _refused(field, value, f"It is one of {', '.join(words.values())}.")


def truth_of(field: str, value: str) -> bool:
    """Raises InputError "search-bad-value"."""
    if value.lower() in ("yes", "true", "是"):
        return True
    if value.lower() in ("no", "false", "否"):
        return False
    raise _refused(field, value, "It is yes or no.")


def span_of(field: str, sign: str, values: Sequence[str]) -> tuple[float | None, float | None]:
    """The bounds [least, most] of a measure: milliseconds, or a share from 0 to 1 where it is told in percent.

    Raises InputError "search-bad-value".
    """
    shown = f"{sign}{','.join(values)}"
    if len(values) > 1:
        raise _refused(field, shown, "It takes one value.")
    if sign in (":", "="):
        if _RANGE not in values[0]:
            raise _refused(field, shown, f"Write {field}>30s, {field}<=2m or {field}:30s..2m.")
        low, high = values[0].split(_RANGE, 1)
        least = _amount(field, low) if low else None
        most = _amount(field, high) if high else None
        return least, most
    amount = _amount(field, values[0])
    match sign:
        case ">":
            return math.nextafter(amount, math.inf), None
        case ">=":
            return amount, None
        case "<":
            return None, math.nextafter(amount, -math.inf)
        case _:
            return None, amount


def days_of(
    sign: str, values: Sequence[str], *, zone: tzinfo, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The stretch [since, before) of wall time, in UTC. Raises InputError "search-bad-value"."""
    shown = f"{sign}{','.join(values)}"
    if len(values) > 1:
        raise _refused("date", shown, "It takes one day, month or stretch.")
    value = values[0]
    try:
        if sign in (":", "=") and _RANGE in value:
            low, high = value.split(_RANGE, 1)
            since = _days(low, zone, now)[0] if low else None
            before = _days(high, zone, now)[1] if high else None
            return since, before
        first, after = _days(value, zone, now)
    except (ValueError, OverflowError):
        hint = "Write 2026-03-01, 2026-03, 2026-03-01..2026-03-07, today, yesterday or 7d."
        raise _refused("date", shown, hint) from None
    match sign:
        case ":" | "=":
            return first, after
        case ">":
            return after, None
        case ">=":
            return first, None
        case "<":
            return None, first
        case _:
            return None, after


def _amount(field: str, value: str) -> float:
    found = _AMOUNT.fullmatch(value.strip())
    unit = found.group(2).lower() if found else ""
    if found is None or unit not in (*_UNITS_MS, "%", "％"):
        raise _refused(field, value, "Write a length such as 30s, 2m or 1h.")
    amount = float(found.group(1))
    if unit not in ("%", "％"):
        return amount * _UNITS_MS[unit]
    if field != "silence":
        raise _refused(field, value, "Only silence has a share.")
    return amount / 100


def _days(value: str, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """[first, after) of a day, a month, or the last so many days up to the end of today."""
    today = now.astimezone(zone).date()
    if value in _DAYS_BACK:
        first = today - timedelta(days=_DAYS_BACK[value])
        after = first + timedelta(days=1)
    elif ago := _AGO.fullmatch(value):
        first, after = today - timedelta(days=int(ago.group(1)) - 1), today + timedelta(days=1)
    elif len(value) == len("2026-03"):
        first = date.fromisoformat(f"{value}-01")
        after = date(first.year + first.month // _MONTHS, first.month % _MONTHS + 1, 1)
    else:
        first = date.fromisoformat(value)
        after = first + timedelta(days=1)
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _refused(field: str, value: str, hint: str) -> InputError:
    return InputError(f"{field} cannot be {value[:40]!r}. {hint}", code="search-bad-value")
