"""How long: spoken lengths of time as ISO 8601 durations."""

from __future__ import annotations

import re
from decimal import Decimal

from nlp.entities.numbers import NOT_INSIDE, NUMBER, plain, read_number

_UNITS = (
    "年|个月|(?<=[俩仨半])月|个?季度|个?星期|个?礼拜|周|个?工作日|[天日]|个?小时|个?钟头|个?钟|个点|刻钟|分钟?|秒钟?"
)
_SAID_UNITS = "年|个月|(?<=[俩仨两半])月|个季度|个?星期|个?礼拜|周|个?工作日|天|个?小时|个?钟头|个钟|刻钟|分钟|秒钟?"
"""What can be nothing else than time."""
LENGTH = (
    rf"(?:[大小]半(?:年|个月|天)|{NOT_INSIDE}(?:半个?|(?:好(?=[几两]))?{NUMBER}(?:个半)?(?:多|来|整)?)(?:{_SAID_UNITS})"
    "(?![岁费纪龄级])半?(?:多(?![少大长]))?)"
)
"""Of a pattern: a length of time."""

_READ = re.compile(
    rf"(?:整整|大|小|将近|近|前)?(?:(?P<half>半)个?|(?P<number>{NUMBER})(?P<before>个半)?(?:多|来|整)?)"
    rf"(?P<unit>{_UNITS})(?P<after>半)?多?"
)
_CODES = {
    "年": "Y",
    "月": "M",
    "季度": "Q",
    "星期": "W",
    "礼拜": "W",
    "周": "W",
    "工作日": "B",
    "天": "D",
    "日": "D",
    "小时": "TH",
    "钟头": "TH",
    "钟": "TH",
    "点": "TH",
    "刻钟": "TK",
    "分钟": "TM",
    "分": "TM",
    "秒钟": "TS",
    "秒": "TS",
}
_HALVES = {"Y": (6, "M"), "M": (15, "D"), "D": (12, "TH"), "TH": (30, "TM"), "TM": (30, "TS")}
"""Half of a unit in the next smaller one; half a month is 15 days."""
_FACTORS = {"Q": (3, "M"), "TK": (15, "TM")}


def read_length(said: str) -> str | None:
    """三天 → P3D, 半个小时 → PT30M, 两年半 → P2Y6M, 一刻钟 → PT15M; of a vague length the least.

    Working days, which ISO 8601 has no designator for, are P3B. None for 几天 and 一上午.
    """
    found = _READ.fullmatch(said)
    if found is None:
        return None
    code = _CODES[found["unit"].removeprefix("个")]
    value = Decimal(0) if found["half"] else read_number(found["number"])
    if value is None or value != value.to_integral_value():
        return None
    factor, code = _FACTORS.get(code, (1, code))
    parts = {code: int(value) * factor} if value else {}
    if found["half"] or found["before"] or found["after"]:
        if code not in _HALVES:
            return None
        half, smaller = _HALVES[code]
        parts[smaller] = half
    days = "".join(f"{count}{code}" for code, count in parts.items() if code[0] != "T")
    clock = "".join(f"{plain(Decimal(count))}{code[1]}" for code, count in parts.items() if code[0] == "T")
    return f"P{days}" + (f"T{clock}" if clock else "") if days or clock else None
