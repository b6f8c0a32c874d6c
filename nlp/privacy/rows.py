"""Rows of digits as they are read out, with the place of every digit, and what a row is by its own form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assist.messages import PrivateKind
from nlp.entities.numbers import DIGIT, is_card_number, is_identity_number, read_row

_ATOM = rf"(?:[两二三四五六七八九]个{DIGIT}|{DIGIT})"
_RUN = re.compile(rf"{_ATOM}+[xX叉]?")
PAUSE = (
    r"(?:[，。、？！；：,.\s…·—-]|呃|嗯|啊|哦|额|那个|就是|然后|再是?|[后前][面头]是?|最后(?:一位)?是个?|是|等一下|我看看|稍等"
    r"|不对|错了|哎)"
)
"""Of a pattern: what stands between the parts of one number."""
_BETWEEN = re.compile(rf"{PAUSE}{{0,10}}")
_QUANTITY = "十百千万亿点第几"
_UNITS = re.compile(r"[个年月天日次遍回趟块元毛分折期岁条兆位张楼层秒米平档款克斤户倍套篇GgMm]|小时|左右|多")
_ADVERB = re.compile("一[下会直样起共定些般边旦方切再时律齐路]")
"""The last 一 of a row that is none of its digits."""
_IDIOM = re.compile(
    "一干二净|一五一十|三长两短|[七乱]七八|五花八|三天两头|一清二楚|不三不四|独一无二|一二三四五[六，？]"
)
_QUANTITY_DIGITS = 6
"""Longer rows count nothing and are no idiom, whatever stands in them or behind."""
_CORRECTED = re.compile("不对|错了|等一下|等等")

_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:(?:10|2\d)\d{8}|[3-9]\d{9,10})")
_BORN = re.compile(r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]?")
_OLD_IDENTITY = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_CARD = re.compile(r"(?:62|4\d|5[1-5])\d{13,17}")
_CHINA_UNION = re.compile(r"62\d{14}(?:\d{3})?")
LEAST_CARD_DIGITS = 15
MOST_DIGITS = 19
"""Of any number."""

_SOUNDS = {
    **dict.fromkeys("灵玲林领", "0"),
    **dict.fromkeys("要妖腰衣医", "1"),
    **dict.fromkeys("而儿耳", "2"),
    **dict.fromkeys("散山伞", "3"),
    **dict.fromkeys("是似寺死", "4"),
    **dict.fromkeys("武无误", "5"),
    **dict.fromkeys("流留刘", "6"),
    **dict.fromkeys("其期气起", "7"),
    **dict.fromkeys("吧爸巴扒", "8"),
    **dict.fromkeys("酒就久", "9"),
}
"""Words that recognisers write for digits."""
_HEARD = re.compile(rf"(?:{DIGIT}|[要妖腰])(?:{DIGIT}|[{''.join(_SOUNDS)}]){{9,22}}(?:{DIGIT}|[xX叉])")
_MOST_MISHEARD = 3


@dataclass(frozen=True, slots=True)
class Run:
    """Digits without a pause between them."""

    start: int
    """Characters [start, end) of the text."""
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class Row:
    """Runs with nothing but pauses between them."""

    runs: tuple[Run, ...]
    is_corrected: bool
    """The speaker took something back."""

    @property
    def start(self) -> int:
        return self.runs[0].start

    @property
    def end(self) -> int:
        return self.runs[-1].end

    @property
    def digits(self) -> str:
        return "".join(run.digits for run in self.runs)


def rows_of(text: str) -> list[Row]:
    """The rows of a text in its order; numbers that count something are none."""
    rows: list[Row] = []
    runs: list[Run] = []
    for found in _RUN.finditer(text):
        run = _run(text, *found.span())
        if run is None:
            continue
        if runs and not _BETWEEN.fullmatch(text, runs[-1].end, run.start):
            rows.append(_row(text, runs))
            runs = []
        runs.append(run)
    return [*rows, _row(text, runs)] if runs else rows


def whole_number(digits: str) -> PrivateKind | None:
    """What a number is by its own form, with or without its check digit; None for anything else."""
    if _MOBILE.fullmatch(digits):
        return "phone_number"
    if is_identity_number(digits) or _BORN.fullmatch(digits):
        return "id_number"
    if len(digits) >= LEAST_CARD_DIGITS and _CARD.fullmatch(digits) and is_card_number(digits):
        return "bank_card"
    if _LANDLINE.fullmatch(digits):
        return "phone_number"
    return "bank_card" if _CHINA_UNION.fullmatch(digits) else None


def whole_in_row(row: Row) -> list[tuple[int, int, PrivateKind]]:
    """The whole numbers of a row as characters [from, to), longest first from the left.

    What is left over of a row whose speaker took something back belongs to its number, too.
    """
    found: list[tuple[int, int, PrivateKind]] = []
    at = 0
    while at < len(row.runs):
        count, kind = _longest(row.runs[at : at + MOST_DIGITS])
        if kind:
            found.append((row.runs[at].start, row.runs[at + count - 1].end, kind))
        at += count
    return [(row.start, row.end, found[0][2])] if found and row.is_corrected else found


def old_identity(digits: str) -> bool:
    """Whether 15 digits are an identity number as they were until 1999; it has no check digit."""
    return _OLD_IDENTITY.fullmatch(digits) is not None


def misheard_numbers(text: str) -> Iterator[tuple[int, int, PrivateKind]]:
    """Numbers of which a few digits were written as words of their sound, where the form or a check digit proves it."""
    for found in _HEARD.finditer(text):
        said = found.group()
        misheard = sum(char in _SOUNDS for char in said)
        if not 0 < misheard <= _MOST_MISHEARD:
            continue
        digits = "".join(_SOUNDS.get(char, char) for char in said)
        for start in range(len(digits) - 10):
            for length in (19, 18, 17, 16, 11):
                part = read_row(digits[start : start + length]) if start + length <= len(digits) else None
                kind = _proven(part) if part else None
                if kind:
                    yield found.start() + start, found.start() + start + length, kind
                    break


def _proven(digits: str) -> PrivateKind | None:
    if is_identity_number(digits):
        return "id_number"
    if len(digits) >= LEAST_CARD_DIGITS and _CARD.fullmatch(digits) and is_card_number(digits):
        return "bank_card"
    return "phone_number" if len(digits) == 11 and _MOBILE.fullmatch(digits) else None


def _run(text: str, start: int, end: int) -> Run | None:
    """None where it is part of a quantity or counts something."""
    if _ADVERB.match(text, end - 1):
        end -= 1
    digits = read_row(text[start:end])
    if digits and len(digits) <= _QUANTITY_DIGITS and _IDIOM.search(text, max(0, start - 1), end + 2):
        return None
    if digits is None or (start and text[start - 1] in _QUANTITY) or text[end : end + 1] in tuple(_QUANTITY):
        return None
    if len(digits) <= _QUANTITY_DIGITS and _UNITS.match(text, end):
        return None
    return Run(start, end, digits)


def _row(text: str, runs: Sequence[Run]) -> Row:
    return Row(tuple(runs), _CORRECTED.search(text, runs[0].start, runs[-1].end) is not None)


def _longest(runs: Sequence[Run]) -> tuple[int, PrivateKind | None]:
    """How many runs make a number, and its kind; one that makes none."""
    most, digits = 0, 0
    while most < len(runs) and digits + len(runs[most].digits) <= MOST_DIGITS:
        digits += len(runs[most].digits)
        most += 1
    for count in range(most, 0, -1):
        kind = whole_number("".join(run.digits for run in runs[:count]))
        if kind:
            return count, kind
    return 1, None
