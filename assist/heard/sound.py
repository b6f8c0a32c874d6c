"""How characters sound, coarsely: toneless syllables without what speakers and recognisers hardly keep apart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import pypinyin

MAX_KNOWN_CHARS = 8_192
"""How many characters' readings are kept; texts use far fewer."""

_INITIALS_OF_TWO = ("zh", "ch", "sh")
_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
_FINALS = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan"}


@lru_cache(maxsize=MAX_KNOWN_CHARS)
def sound_of(char: str) -> str:
    """The most frequent reading of one character, zh as z, n as l, -ng as -n; the character where it has none."""
    reading = cast("list[str]", cast(Any, pypinyin).lazy_pinyin(char, errors=list))[0]
    initial = next((one for one in _INITIALS_OF_TWO if reading.startswith(one)), reading[:1].strip("aeo"))
    final = reading[len(initial) :]
    return _INITIALS.get(initial, initial) + _FINALS.get(final, final)


def sounds_of(chars: str) -> tuple[str, ...]:
    """One for each character."""
    return tuple(map(sound_of, chars))
