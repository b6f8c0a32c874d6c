"""Text as it is spoken: one character per spoken sound, with the way back to the written text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from assist.numerals import DIGITS, read_digits

_UNITS = ("", "十", "百", "千")
_SAME_WORD = {"两": "二", "俩": "二", "幺": "一", "〇": "零", "兩": "二", "您": "你"}
"""Words of one meaning; 您 and 你 are one word on a telephone line."""
_DIGITS = frozenset("0123456789０１２３４５６７８９")
MAX_QUANTITY_DIGITS = 4
"""Longer runs of digits are read out one by one."""
_MAX_TEXTS = 512
"""Texts whose spoken form is kept: phrases, cues and offers listen to the same utterance."""
_MAX_CHARS = 8_192
"""Characters whose folded form is kept; texts use far fewer."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The spoken characters of a text: punctuation and spaces left out, widths and cases folded, digits as numerals.

    ``written`` and ``sounds`` run in parallel with ``chars``.
    """

    chars: str
    """For comparing by writing: numerals of one value are one character (两 is 二)."""
    sounds: str
    """For comparing by sound: the numeral as it was written."""
    written: tuple[tuple[int, int], ...]
    """Characters [from, to) of the text that each one stands for."""
    starts_clause: tuple[bool, ...]
    """Whether punctuation or a space stands before it."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the text under spoken characters [start, end)."""
        return self.written[start][0], self.written[end - 1][1]


@lru_cache(maxsize=_MAX_TEXTS)
def spoken(text: str) -> Spoken:
    """The spoken form of a text."""
    sounds: list[str] = []
    written: list[tuple[int, int]] = []
    starts_clause: list[bool] = []
    is_break = True
    at = 0
    while at < len(text):
        if text[at] in _DIGITS:
            end = _end_of_number(text, at)
            folded = _read_number(text[at:end])
        else:
            end = at + 1
            folded = _fold(text[at])
        for char in folded:
            if not char.isalnum():
                is_break = True
                continue
            sounds.append(char)
            written.append((at, end))
            starts_clause.append(is_break)
            is_break = False
        at = end
    chars = "".join(_SAME_WORD.get(char, char) for char in sounds)
    return Spoken(chars, "".join(sounds), tuple(written), tuple(starts_clause))


@lru_cache(maxsize=_MAX_CHARS)
def _fold(char: str) -> str:
    """One character that is no digit, of width and case that do not matter."""
    return unicodedata.normalize("NFKC", char).lower()


def _end_of_number(text: str, at: int) -> int:
    """Where the run of digits that begins at ``at`` ends, one decimal point included."""
    end = at
    has_point = False
    while end < len(text):
        if text[end] not in _DIGITS:
            if has_point or text[end] != "." or text[end + 1 : end + 2] not in _DIGITS:
                break
            has_point = True
        end += 1
    return end


def _read_number(digits: str) -> str:
    """How a number is said: 20 → 二十, 105 → 一百零五, 10086 → 一零零八六, 1.5 → 一点五."""
    whole, _, fraction = unicodedata.normalize("NFKC", digits).partition(".")
    said = _read_quantity(whole)
    return f"{said}点{read_digits(fraction)}" if fraction else said


def _read_quantity(digits: str) -> str:
    if len(digits) > MAX_QUANTITY_DIGITS or digits[0] == "0":
        return read_digits(digits)
    said = ""
    for place, digit in enumerate(digits):
        unit = _UNITS[len(digits) - 1 - place]
        if digit != "0":
            said += DIGITS[int(digit)] + unit
        elif not said.endswith("零"):
            said += "零"
    said = said.rstrip("零")
    return said[1:] if said.startswith("一十") else said
