"""Numbers as callers say them: quantities with all their vagueness, and rows of digits with their slips."""

from __future__ import annotations

import re
from decimal import Decimal

from assist.numerals import value_of

_ONES = "一二两三四五六七八九"
_NUMERALS = "零〇一二两俩三仨四五六七八九十百千万亿"
_VAGUE = "几多来余把"
MAX_NUMERALS = 16
"""Longer runs of numerals are no quantity."""

NUMBER = (
    rf"(?:[{_NUMERALS}几][{_NUMERALS}{_VAGUE}]{{0,{MAX_NUMERALS - 1}}}+(?:点[零〇一二三四五六七八九]{{1,4}}[万亿]?)?"
    rf"|[0-9]{{1,9}}+(?:\.[0-9]{{1,4}})?[百千万亿]?)"
)
"""Of a pattern: a quantity, vague ones included."""
NOT_INSIDE = rf"(?<![{_NUMERALS}几幺点第0-9.])"
"""Of a pattern: what follows is not the rest of another number."""
DIGIT = "[零〇幺一二两三四五六七八九洞拐勾0-9]"
"""Of a pattern: one digit as it is read out."""

_WRITTEN = re.compile(r"([0-9]+(?:\.[0-9]+)?)([百千万亿]?)")
_MULTIPLES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_SAME_NUMERAL = str.maketrans("俩仨〇", "两三零")
_VAGUE_WORDS = re.compile(r"[多来余把]|(?<=[十百千万])几")
_NEIGHBOURS = frozenset(["一两", "两三", "三五", *(_ONES.replace("两", "")[at : at + 2] for at in range(8))])
_PAIR = re.compile(rf"([{_ONES}])([{_ONES}])(?=[十百千万亿]|$)")
_ABOUT = re.compile(r"[百千万]([二三五八][十百千])")

_DIGIT_OF = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    "〇": "0",
    "洞": "0",
    "幺": "1",
    "两": "2",
    "拐": "7",
    "勾": "9",
    **{digit: digit for digit in "0123456789"},
}
_LAST_OF_ID = {"x": "X", "X": "X", "叉": "X"}
_BETWEEN = re.compile(r"[，。、？,.\s-]|呃|嗯|啊|哦|那个|就是|然后|再是?")
_REPEATED = re.compile(rf"([两二三四五六七八])个({DIGIT})")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
ID_CHARS = 18


def read_number(said: str) -> Decimal | None:
    """What a quantity is worth: 一万二 → 12000, 三点五 → 3.5, 1.2万 → 12000; None if it cannot be read.

    Of a vague one the least that was meant: 四百多 → 400, 五六 → 5, 十几 → 10, 百八十 → 80; 几 alone has no value.
    """
    if found := _WRITTEN.fullmatch(said):
        return Decimal(found[1]) * _MULTIPLES[found[2]]
    whole, point, fraction = said.partition("点")
    value = _read_whole(whole)
    if value is None or not point:
        return value
    multiple = _MULTIPLES.get(fraction[-1:], 1)
    digits = [_DIGIT_OF.get(digit) for digit in (fraction if multiple == 1 else fraction[:-1])]
    if not digits or None in digits:
        return None
    return (value + Decimal("0." + "".join(digit for digit in digits if digit))) * multiple


def plain(value: Decimal) -> str:
    """Without exponent and needless zeros: 12000, 3.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_row(said: str) -> str | None:
    """The digits of a row that was read out one by one; None if anything else is in it.

    Fillers and pauses do not count, 三个八 is 888, a first part that was begun again counts once (四五，四五八八), and
    the last character may be the X of an identity number (叉).
    """
    spread = _REPEATED.sub(lambda found: found[2] * int(_DIGIT_OF[found[1]]), said)
    parts = [part for part in _BETWEEN.split(spread) if part]
    if len(parts) > 1 and len(parts[0]) > 1 and parts[1].startswith(parts[0]):
        del parts[0]
    row = "".join(parts)
    if not row:
        return None
    last = _LAST_OF_ID.get(row[-1])
    digits = [_DIGIT_OF.get(digit) for digit in (row[:-1] if last else row)]
    if not digits or None in digits:
        return None
    return "".join(digit for digit in digits if digit) + (last or "")


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters end in the right check character (GB 11643)."""
    if len(digits) != ID_CHARS or not digits[:-1].isdecimal():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits[:-1], strict=True))
    return _ID_CHECKS[total % 11] == digits[-1]


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits end in the right check digit (ISO/IEC 7812, Luhn)."""
    if not 13 <= len(digits) <= 19 or not digits.isdecimal():
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _read_whole(said: str) -> Decimal | None:
    numerals = _VAGUE_WORDS.sub("", said.translate(_SAME_NUMERAL))
    if about := _ABOUT.fullmatch(numerals):
        numerals = about[1]
    elif numerals[:1] in ("百", "千", "万"):
        numerals = "一" + ("百" if numerals == "百十" else numerals)
    value = value_of(_PAIR.sub(lambda pair: pair[1] if pair[0] in _NEIGHBOURS else pair[0], numerals))
    return None if value is None else Decimal(value)
