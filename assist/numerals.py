"""Numbers between digits and Chinese numerals: how they are read out, and what a numeral is worth."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
_WITHIN_MYRIAD = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿")
MAX_QUANTITY_DIGITS = 16
"""Longer numbers have no reading by value."""

_DIGIT_VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"〇": 0, "幺": 1, "两": 2}
_UNIT_VALUES = {"十": 10, "百": 100, "千": 1_000}
_MYRIAD_VALUES = {"万": 10_000, "亿": 100_000_000}


def read_digits(digits: str) -> str:
    """One by one: 10086 → 一零零八六."""
    return "".join(DIGITS[int(digit)] for digit in digits)


def read_quantity(digits: str) -> str:
    """By value: 1200 → 一千二百, 105 → 一百零五, 12 → 十二, 2000 → 两千; 2 alone stays 二.

    Leading zeros do not count. Raises ValueError beyond ``MAX_QUANTITY_DIGITS``.
    """
    digits = digits.lstrip("0") or "0"
    if len(digits) > MAX_QUANTITY_DIGITS:
        raise ValueError(f"a number of more than {MAX_QUANTITY_DIGITS} digits has no reading by value")
    said = ""
    for rank in range((len(digits) - 1) // 4, -1, -1):
        section = digits[max(0, len(digits) - 4 * rank - 4) : len(digits) - 4 * rank]
        value = int(section)
        if value == 0:
            continue
        needs_zero = bool(said) and (value < 1_000 or said.endswith("零"))
        said += ("零" if needs_zero else "") + _read_section(value) + _MYRIADS[rank]
    if said.startswith("一十"):
        said = said[1:]
    if said.startswith("二") and said[1:2] in ("百", "千", "万", "亿"):
        said = "两" + said[1:]
    return said or "零"


def _read_section(value: int) -> str:
    """A number below 10,000, with 一十 for ten."""
    said = ""
    is_gap = False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit == 0:
            is_gap = bool(said)
            continue
        said += ("零" if is_gap else "") + DIGITS[digit] + _WITHIN_MYRIAD[place]
        is_gap = False
    return said


def digits_of(numerals: str) -> str | None:
    """A row of single digits as digits, 一零零八六 → 10086; None if something else is in it."""
    values = [_DIGIT_VALUES.get(numeral) for numeral in numerals]
    return None if None in values or not values else "".join(str(value) for value in values)


def value_of(numerals: str) -> int | None:
    """What a numeral is worth, 一千二 → 1200 included; None if it is no well-formed number.

    Rows of digits (二四) and vague numbers (三四十, 十五六) are not.
    """
    for myriad in ("亿", "万"):
        head, found, tail = numerals.rpartition(myriad)
        if found:
            return _value_around(head, tail, _MYRIAD_VALUES[myriad])
    return _section_value(numerals)


def _value_around(head: str, tail: str, myriad: int) -> int | None:
    count = value_of(head)
    if count is None or count == 0:
        return None
    if not tail:
        return count * myriad
    if len(tail) == 1 and _DIGIT_VALUES.get(tail):
        return count * myriad + _DIGIT_VALUES[tail] * myriad // 10
    rest = value_of(tail.removeprefix("零"))
    return count * myriad + rest if rest is not None and 0 < rest < myriad else None


def _section_value(numerals: str) -> int | None:
    """A number below 10,000: digits with falling units, 零 where a unit is skipped."""
    total = 0
    last_unit = 10_000
    digit: int | None = None
    has_gap = False
    for place, numeral in enumerate(numerals):
        if unit := _UNIT_VALUES.get(numeral):
            if digit is None and (place > 0 or numeral != "十"):
                return None
            if unit >= last_unit or digit == 0 or has_gap != (unit * 10 < last_unit and bool(total)):
                return None
            total += (1 if digit is None else digit) * unit
            last_unit, digit, has_gap = unit, None, False
        elif numeral in "零〇":
            if digit is not None or has_gap or last_unit == 10 or place == 0 < len(numerals) - 1:
                return None
            has_gap = True
        else:
            value = _DIGIT_VALUES.get(numeral)
            if value is None or digit is not None or (numeral == "两" and last_unit == 10):
                return None
            digit = value
    if digit is None:
        return 0 if numerals in ("零", "〇") else (None if has_gap or not total else total)
    if not total:
        return digit
    if has_gap or last_unit == 10:
        return total + digit
    return total + digit * last_unit // 10
