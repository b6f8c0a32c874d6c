"""Mandarin syllables without tones, and how easily one is taken for another on a telephone line."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any, cast

import numpy as np
import pypinyin
from numpy.typing import NDArray

Int16Array = NDArray[np.int16]
Syllable = tuple[int, int]
"""Row of the initial and of the final in the cost tables."""

WHOLE = 100
"""Cost of a syllable that has nothing to do with the expected one."""
CONFUSED = 15
"""Parts that speakers and recognisers hardly keep apart: zh/z, n/l, -n/-ng …"""
SIMILAR = 35
"""Parts that differ in one feature: voicing, a glide, the height of a vowel."""
DIFFERENT = 70

_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
_FINALS = (
    *("a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er"),
    *("i", "ia", "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong"),
    *("u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "v", "ve", "van", "vn"),
)
_CONFUSED_INITIALS = "zh/z ch/c sh/s n/l l/r f/h"
_SIMILAR_INITIALS = (
    "b/p d/t g/k j/q q/x j/x zh/ch z/c ch/sh c/s zh/j z/j ch/q c/q sh/x s/x g/h k/h m/n n/r w/h w/f w/ y/ y/r zh/sh z/s"
)
_CONFUSED_FINALS = "an/ang en/eng in/ing ian/iang uan/uang"
_SIMILAR_FINALS = (
    "o/uo o/ou uo/ou e/uo e/o uan/an uang/ang ian/an iang/ang ui/ei un/en iu/ou iao/ao ia/a ua/a uai/ai uo/u ai/ei"
    " ao/ou i/v ie/ve in/vn ian/van ian/in en/an eng/ang en/in eng/ing ong/eng ong/un iong/ong ie/i ei/i i/e ie/ei"
    " u/v u/ou ong/ou van/uan vn/un iu/v"
)
_LETTERS = {
    "b": "bi",
    "c": "xi",
    "d": "di",
    "e": "yi",
    "g": "ji",
    "k": "kei",
    "p": "pi",
    "q": "qiu",
    "t": "ti",
    "v": "wei",
}
"""Latin letters that are said as one Mandarin syllable."""

MAX_KNOWN_CHARS = 8_192
"""How many characters' readings are kept; texts use far fewer."""


@lru_cache(maxsize=MAX_KNOWN_CHARS)
def syllable_of(char: str) -> Syllable:
    """The most frequent reading of one character; a row without neighbours for one that has none."""
    return parse_syllable(_LETTERS.get(char) or _readings(char)[0])


def syllables_in_context(chars: str) -> tuple[Syllable, ...]:
    """The readings of a phrase's characters, each as its neighbours ask for (行 in 银行)."""
    readings = _readings(chars)
    if len(readings) != len(chars):
        return tuple(syllable_of(char) for char in chars)
    return tuple(
        syllable_of(char) if char.isascii() else parse_syllable(reading)
        for char, reading in zip(chars, readings, strict=True)
    )


def parse_syllable(pinyin: str) -> Syllable:
    """A toneless syllable (ü as v) as rows of the cost tables."""
    initial = next((part for part in ("zh", "ch", "sh") if pinyin.startswith(part)), pinyin[:1])
    if initial not in _INITIALS:
        initial = ""
    final = pinyin[len(initial) :]
    if initial in ("j", "q", "x", "y") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "ue":
        final = "ve"
    if final not in _FINALS:
        return len(_INITIALS), len(_FINALS)
    return _INITIALS.index(initial), _FINALS.index(final)


def syllable_costs(expected: NDArray[np.int_], heard: NDArray[np.int_]) -> Int16Array:
    """Cost of hearing each syllable where each other was expected, 0 (same) to 100.

    Shapes (n, 2) and (m, 2), a ``Syllable`` a row, in; (n, m) out.
    """
    costs = INITIAL_COSTS[expected[:, :1], heard[:, 0]] + FINAL_COSTS[expected[:, 1:], heard[:, 1]]
    return np.minimum(costs, WHOLE, out=costs)


def _readings(chars: str) -> list[str]:
    library = cast(Any, pypinyin)
    return cast("list[str]", library.lazy_pinyin(chars, errors=list, v_to_u=False))


def _cost_table(parts: tuple[str, ...], confused: str, similar: str) -> Int16Array:
    """Symmetric costs between parts; the last row stands for what is no syllable and is like nothing."""
    table = np.full((len(parts) + 1, len(parts) + 1), DIFFERENT, np.int16)
    np.fill_diagonal(table, 0)
    for pairs, cost in ((similar, SIMILAR), (confused, CONFUSED)):
        for pair in pairs.split():
            one, other = (parts.index(part) for part in pair.split("/"))
            table[one, other] = table[other, one] = cost
    table[-1, :] = table[:, -1] = WHOLE
    return table


INITIAL_COSTS = _cost_table(_INITIALS, _CONFUSED_INITIALS, _SIMILAR_INITIALS)
FINAL_COSTS = _cost_table(_FINALS, _CONFUSED_FINALS, _SIMILAR_FINALS)
EVERY_SYLLABLE = np.array([*product(range(len(INITIAL_COSTS)), range(len(FINAL_COSTS)))])
"""Shape (n, 2): a row of initials with one of finals, whether or not they are said together, by number."""


@lru_cache(maxsize=MAX_KNOWN_CHARS)
def number_of(char: str) -> int:
    """Place of its syllable in ``EVERY_SYLLABLE``."""
    initial, final = syllable_of(char)
    return initial * len(FINAL_COSTS) + final
