"""When: spoken days, times of the day, periods and deadlines in ISO 8601.

Without the time of the call, days are the symbols of ``assist.calendar``. A part of the day follows a stroke:
``D+1/evening``, and from one moment to another is ``09:00..17:00``. Hours are taken as said: 四点 is 04:00 unless 下午
stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from assist.calendar import resolved
from nlp.entities.durations import read_length
from nlp.entities.numbers import DIGIT, NUMBER, read_number, read_row

_NEAR = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_AGO = {"上上": -2, "大上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "次": 1, "下下": 2}
_YEARS = {"大前": -3, "前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2, "次": 1}
_FEASTS = {
    "元旦": "01-01",
    "五一": "05-01",
    "六一八": "06-18",
    "国庆节": "10-01",
    "国庆": "10-01",
    "双十一": "11-11",
    "双十二": "12-12",
}
_PARTS = {
    **dict.fromkeys(("凌晨", "半夜", "夜里", "深夜", "大半夜", "后半夜", "夜"), "night"),
    **dict.fromkeys(("清早", "大清早", "一早", "一大早", "早上", "早晨", "早", "上午"), "morning"),
    **dict.fromkeys(("中午", "大中午"), "noon"),
    **dict.fromkeys(("下午",), "afternoon"),
    **dict.fromkeys(("傍晚", "天黑", "晚上", "大晚上", "晚间", "晚"), "evening"),
    **dict.fromkeys(("白天", "大白天"), "day"),
    **dict.fromkeys(("下班",), "closing"),
}
_EDGES = {"底": "last", "末": "last", "初": "01", "中": "15", "上旬": "01", "中旬": "11", "下旬": "21"}
_EVENT_DAYS = {"当天": 0, "当日": 0, "第二天": 1, "次日": 1, "隔天": 1, "前一天": -1, "头天": -1}
_UNITS = {"月": "M", "年": "Y", "季": "Q", "季度": "Q", "周": "W", "礼拜": "W", "星期": "W"}
_WEEKDAYS = {weekday: 1 + place % 7 for place, weekday in enumerate("一二三四五六日")} | {"天": 7, "末": 6}
_HOURS_PER_HALF_DAY = 12
_FIRST_EVENING_HOUR = 5
_LAST_NOON_HOUR = 3
_CENTURY_TURNS_AT = 50
"""Years of two digits from here on belong to the last century."""


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


PARTS_OF_DAY = _any(_PARTS)
"""Of a pattern, as are the following."""
NEAR_DAY = rf"(?:{_any(_NEAR)})(?:[天日]|儿个?|个儿?|(?=[晚早夜]))"
EVENT_DAY = _any(_EVENT_DAYS)
EDGE = _any(_EDGES)
EVENT_SPAN = rf"(?:首(?:月|年|季度?)|头一(?:年|个月)|第{NUMBER}(?:个?(?:月|季度|礼拜|星期)|[年周]))"
AGO = _any(_AGO)
YEARS = (
    rf"(?:{_any(_YEARS)})年|[一二][零〇九]{DIGIT}{{2}}年|[零〇一二][零〇一二三四五六七八九]年"
    "|两千零?二?十?[零一二三四五六七八九]?年"
)
FEASTS = f"(?:{_any(_FEASTS)})"
CLOCK = (
    rf"(?:{NUMBER}点(?:钟|整|半|[一三]刻|(?:过|零)?[二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]分?)?+"
    "(?:多|来钟)?|[0-2]?[0-9][:：][0-5][0-9])"
)

_DAY = re.compile(
    rf"""
      (?P<near>{_any(_NEAR)})(?:[天日]|儿个?|个儿?|(?=[晚早夜]))(?:{NUMBER}[号日])?
    | (?P<event>{EVENT_DAY})
    | (?: (?P<week>{AGO})个? )? (?:星期|礼拜|周)(?P<weekday>[一二三四五六日天末])
    | (?P<year>{YEARS})? (?P<feast>{_any(_FEASTS)})
    | (?P<its_year>{YEARS})?
      (?: (?P<ago>{AGO})个?月 | (?P<month>{NUMBER}|正)月份? | 月(?=[底末初中]) )
      (?: 的?(?P<edge>{EDGE}) | (?P<day>{NUMBER})[号日]? )?
    | (?P<only_day>{NUMBER})[号日]
    | (?P<only_year>{YEARS}|年(?=[底末初]))(?P<year_edge>[底末初])?
    """,
    re.VERBOSE,
)
_TIME = re.compile(
    rf"""
    的?(?P<part>{PARTS_OF_DAY})?(?:快|差不多)?
    (?: (?P<hour>{NUMBER})点
        (?: 钟|整|(?P<half>半)|(?P<quarters>[一三])刻|(?:零|过)?(?P<minute>{NUMBER})分? )? (?:多|来钟|左右)?
      | (?P<shown_hour>[0-2]?[0-9])[:：](?P<shown_minute>[0-5][0-9])
    )?
    """,
    re.VERBOSE,
)
_EVENT_SPAN = re.compile(rf"(?:首|头一个?|第(?P<number>{NUMBER})个?)(?P<unit>{_any(_UNITS)})")
_WEEK_OR_QUARTER = re.compile(rf"(?P<ago>{AGO})个?(?P<unit>星期|礼拜|周|季度)")
_BY = re.compile(r"(?:之内|以内|内|之前|以前|前|之后|以后|后|左右)$")
_SPAN_OF = re.compile(r"^(?:最近|过去|近|头|前|这)(?=[一二两俩三四五六七八九十半])")
_TO = re.compile("[到至]")
_OF_A_YEAR = re.compile(r"\d{4}-")
_CLOCK_ONLY = re.compile(rf"{NUMBER}点")


def read_moment(said: str, reference: datetime | None = None) -> str | None:
    """A day, a time of the day or both: 下周三 → W+1-3, 下午三点半 → 15:30, 明天下午三点半 → D+1T15:30.

    From one to another, 下午三点到五点 → 15:00..17:00: the part of the day holds for both. 周一到周五 stays symbols if
    the nearest Friday comes before the nearest Monday.
    """
    begin, *ends = _TO.split(said, maxsplit=1)
    if not ends:
        return _read_one(said, reference)
    part = re.search(PARTS_OF_DAY, begin)
    end = part[0] + ends[0] if part and _CLOCK_ONLY.match(ends[0]) else ends[0]
    both = _read_one(begin, reference), _read_one(end, reference)
    if not (both[0] and both[1]):
        return None
    if reference and _OF_A_YEAR.match(both[1]) and both[1] < both[0]:
        return read_moment(said)
    return f"{both[0]}..{both[1]}"


def _read_one(said: str, reference: datetime | None) -> str | None:
    found = _DAY.match(said)
    day = _day_symbol(found) if found else None
    if found and day is None:
        return None
    if day and reference:
        day = resolved(day, reference.date())
    time = _read_time(said[found.end() :] if found else said)
    if time is None or (not time and not day):
        return None
    if not day:
        return time
    return day + ("T" if time[:1].isdecimal() else "/" if time else "") + time


def read_period(said: str, reference: datetime | None = None) -> str | None:
    """上个月 → M-1, 这周 → W+0, 上季度 → Q-1, 最近三个月 → P3M, 首月 → E+0M, 第三年 → E+2Y."""
    if found := _EVENT_SPAN.fullmatch(said):
        number = read_number(found["number"]) if found["number"] else 1
        return None if number is None else f"E{int(number) - 1:+}{_UNITS[found['unit']]}"
    if found := _WEEK_OR_QUARTER.fullmatch(said):
        symbol = f"{'Q' if found['unit'] == '季度' else 'W'}{_AGO[found['ago']]:+}"
        return resolved(symbol, reference.date()) if reference else symbol
    return read_length(_SPAN_OF.sub("", _BY.sub("", said))) or read_moment(said, reference)


def read_deadline(said: str, reference: datetime | None = None) -> str | None:
    """二十四小时内 → PT24H, 明天下班前 → D+1/closing."""
    when = _BY.sub("", said)
    return read_length(when) or read_moment(when, reference)


def _day_symbol(found: re.Match[str]) -> str | None:
    """None if there is no such day."""
    if found["near"]:
        return f"D{_NEAR[found['near']]:+}"
    if found["event"]:
        return f"E{_EVENT_DAYS[found['event']]:+}D"
    if found["weekday"]:
        number = _WEEKDAYS[found["weekday"]]
        return f"W{_AGO[found['week']]:+}-{number}" if found["week"] else f"-W-{number}"
    if found["feast"]:
        return _of_year(found["year"], _FEASTS[found["feast"]])
    if found["only_day"]:
        day = _two_digits(found["only_day"], 31)
        return f"---{day}" if day else None
    if found["only_year"]:
        edge = {"底": "12", "末": "12", "初": "01"}.get(found["year_edge"] or "", "")
        return _of_year(found["only_year"], edge)
    return _month_symbol(found)


def _month_symbol(found: re.Match[str]) -> str | None:
    day = _EDGES[found["edge"]] if found["edge"] else _two_digits(found["day"], 31) if found["day"] else ""
    if day is None:
        return None
    if not found["month"]:
        symbol = f"M{_AGO[found['ago'] or '这']:+}"
        return f"{symbol}-{day}" if day else symbol
    month = "01" if found["month"] == "正" else _two_digits(found["month"], 12)
    if month is None:
        return None
    return _of_year(found["its_year"], f"{month}-{day}" if day else month)


def _of_year(said: str | None, rest: str) -> str | None:
    """The symbol of a year, or of a part of one."""
    if said is None:
        return f"--{rest}"
    tail = f"-{rest}" if rest else ""
    name = said.removesuffix("年")
    if not name or name in _YEARS:
        return f"Y{_YEARS.get(name, 0):+}{tail}"
    number = read_number(name)
    year = int(number) if number else int(read_row(name) or 0)
    if len(name) == 2:
        year += 1_900 if year >= _CENTURY_TURNS_AT else 2_000
    return f"{year:04}{tail}" if 1_900 <= year < 2_100 else None


def _two_digits(said: str, most: int) -> str | None:
    value = read_number(said)
    return f"{int(value):02}" if value and 1 <= value <= most else None


def _read_time(said: str) -> str | None:
    """HH:MM, a part of the day, or nothing; None if it cannot be read."""
    found = _TIME.fullmatch(said)
    if found is None:
        return None
    part = _PARTS[found["part"]] if found["part"] else ""
    if not (found["hour"] or found["shown_hour"]):
        return part
    hour = read_number(found["hour"] or found["shown_hour"])
    minute = _minute(found)
    if hour is None or hour != int(hour) or hour > 24 or minute is None:
        return None
    return f"{_on_the_day(int(hour), part):02}:{minute:02}"


def _minute(found: re.Match[str]) -> int | None:
    if found["half"]:
        return 30
    if found["quarters"]:
        return 15 if found["quarters"] == "一" else 45
    said = found["minute"] or found["shown_minute"]
    if not said:
        return 0
    row = read_row(said)
    minute = read_number(said) if row is None or len(row) != 2 else int(row)
    return int(minute) if minute is not None and minute < 60 else None


def _on_the_day(hour: int, part: str) -> int:
    """Of 24 hours: 下午三点 → 15, 晚上十二点 → 24, 半夜一点 → 1, 中午一点 → 13."""
    if hour == _HOURS_PER_HALF_DAY:
        return 24 if part == "evening" else 0 if part == "night" else hour
    is_second_half = (
        part == "afternoon"
        or (part == "evening" and hour >= _FIRST_EVENING_HOUR)
        or (part == "night" and hour > _FIRST_EVENING_HOUR + _LAST_NOON_HOUR)
        or (part == "noon" and hour <= _LAST_NOON_HOUR)
    )
    return hour + _HOURS_PER_HALF_DAY if is_second_half and hour < _HOURS_PER_HALF_DAY else hour
