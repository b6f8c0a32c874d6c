"""When something that was promised is due: the normal form of an entity as a moment after it was said.

Normal forms are those of docs/nlp.md: lengths of time (``PT24H``, ``P3D``, three working days ``P3B``), symbols of days
(``assist.calendar``), times of the day (``15:00``, ``D+1/closing``) and spans from one to another, of which the end
counts. What may lie before or after the call, 周五 or 十五号, is taken to lie after it: promises are about the future.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from assist.calendar import resolved
from assist.playbook.dates import months_later

END_OF_DAY = time(23, 59, 59)
END_OF_PART = {
    "night": END_OF_DAY,
    "morning": time(12),
    "noon": time(14),
    "day": time(18),
    "closing": time(18),
    "afternoon": time(18),
    "evening": END_OF_DAY,
}
"""By what time a part of the day is over; 下班 is six o'clock."""
MOST_DAYS = 3_660
"""A due time further off is none: nobody promises for more than ten years."""

_LENGTH = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:(?P<working>\d+)B)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_SYMBOL = re.compile(r"-W-(?P<weekday>\d)|---(?P<day>\d\d)|--(?P<month>\d\d)(?:-(?P<its_day>\d\d|last))?")
_ISO = re.compile(r"(?P<year>\d{4})(?:-W(?P<week>\d\d)|-Q(?P<quarter>\d)|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")
_SATURDAY = 5


def due_at(value: str, said_at: datetime) -> datetime | None:
    """By when; None where the value tells no moment after ``said_at``, which is aware and in the hotline's time zone.

    Hours and minutes count from the words, days to the end of the last one.
    """
    *begin, end = value.split("..")
    if begin and _CLOCK.fullmatch(end):
        end = re.sub(r"\d\d:\d\d$", end, begin[0])
    moment = _after(end, said_at) if end.startswith("P") else _moment(end, said_at)
    if moment is None or not timedelta() <= moment - said_at <= timedelta(MOST_DAYS):
        return None
    return moment


def _after(length: str, said_at: datetime) -> datetime | None:
    found = _LENGTH.fullmatch(length)
    if found is None:
        return None
    count = {name: int(number or 0) for name, number in found.groupdict().items()}
    if sum(count.values()) > MOST_DAYS:
        return None
    exact = timedelta(hours=count["hours"], minutes=count["minutes"], seconds=count["seconds"])
    if not any(count[unit] for unit in ("years", "months", "weeks", "days", "working")):
        return said_at + exact
    day = months_later(said_at.date(), 12 * count["years"] + count["months"])
    day += timedelta(days=count["days"], weeks=count["weeks"])
    for _ in range(count["working"]):
        day += timedelta(1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(1)
    return _on(day, END_OF_DAY, said_at)


def _moment(value: str, said_at: datetime) -> datetime | None:
    if _CLOCK.fullmatch(value):
        return _next(_clock(value), said_at)
    if value in END_OF_PART:
        return _on(said_at.date(), END_OF_PART[value], said_at)
    symbol, _, rest = value.replace("T", "/").partition("/")
    last = _last_day(symbol, said_at.date())
    if last is None:
        return None
    if _CLOCK.fullmatch(rest):
        return _on(last, _clock(rest), said_at)
    return _on(last, END_OF_PART.get(rest, END_OF_DAY), said_at)


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return END_OF_DAY if hour == "24" else time(int(hour), int(minute))


def _next(clock: time, said_at: datetime) -> datetime:
    """The next time that a clock shows it; 四点 may be in the afternoon."""
    moment = _on(said_at.date(), clock, said_at)
    if moment < said_at and clock.hour < 12:
        moment += timedelta(hours=12)
    return moment if moment >= said_at else _on(said_at.date() + timedelta(1), clock, said_at)


def _on(day: date, clock: time, said_at: datetime) -> datetime:
    return datetime.combine(day, clock, said_at.tzinfo)


def _last_day(symbol: str, today: date) -> date | None:
    """The last day of what a symbol names, today or later where it leaves that open."""
    if found := _SYMBOL.fullmatch(symbol):
        return _coming(found, today)
    found = _ISO.fullmatch(resolved(symbol, today))
    if found is None:
        return None
    try:
        return _last_of(found)
    except ValueError:
        return None


def _coming(found: re.Match[str], today: date) -> date | None:
    if found["weekday"]:
        return today + timedelta((int(found["weekday"]) - today.isoweekday()) % 7)
    for shift in range(13):
        first = months_later(today.replace(day=1), shift)
        if found["month"] and int(found["month"]) != first.month:
            continue
        named = found["day"] or found["its_day"] or "last"
        day = _end_of_month(first) if named == "last" else first + timedelta(int(named) - 1)
        if day.month == first.month and day >= today:
            return day
    return None


def _last_of(found: re.Match[str]) -> date:
    """Raises ValueError where there is no such day."""
    year = int(found["year"])
    if found["week"]:
        return date.fromisocalendar(year, int(found["week"]), 7)
    if found["day"]:
        return date(year, int(found["month"]), int(found["day"]))
    month = int(found["month"]) if found["month"] else 3 * int(found["quarter"]) if found["quarter"] else 12
    return _end_of_month(date(year, month, 1))


def _end_of_month(first: date) -> date:
    return months_later(first, 1) - timedelta(1)
