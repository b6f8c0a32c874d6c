"""Amounts and terms in spoken words: twenty yuan, thirty gigabytes, twelve instalments."""

from __future__ import annotations

import re
from typing import NamedTuple

from assist.numerals import value_of
from assist.spoken import spoken

_UNITS = {
    "元": ("块钱", "块", "元"),
    "G": ("个g", "个机", "个吉", "g"),
    "M": ("兆", "m"),
    "%": (),
    "个月": ("个月",),
    "年": ("年",),
    "天": ("天",),
    "小时": ("个小时", "小时"),
    "分钟": ("分钟",),
    "期": ("期",),
    "折": ("折",),
}
"""As they are said, recognition errors included (三十个机 is 30 GB), by the unit that is shown."""
_UNIT_OF = {said: unit for unit, forms in _UNITS.items() for said in forms}
_NUMERAL = "[零一二三四五六七八九十百千万]+"
_VALUE = re.compile(f"百分之({_NUMERAL})|({_NUMERAL})({'|'.join(sorted(_UNIT_OF, key=len, reverse=True))})")
_GENERATION = re.compile("[三四五六]g")
"""Of mobile networks: no amount of data."""


class Value(NamedTuple):
    """A number with its unit."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"


def values_in(text: str) -> frozenset[Value]:
    """Those of a text, however it writes its numbers."""
    found: set[Value] = set()
    for match in _VALUE.finditer(spoken(text).chars):
        percent, numeral, unit = match.groups()
        number = value_of(percent or numeral)
        if number is not None and not _GENERATION.fullmatch(match[0]):
            found.add(Value(number, _UNIT_OF[unit] if unit else "%"))
    return frozenset(found)
