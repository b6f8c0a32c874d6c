"""What a recogniser does to text, invented: homophones, lost punctuation, lost ends. Positions stay."""

from __future__ import annotations

from functools import cache
from random import Random

from nlp.pinyin import Syllable, syllable_of

PUNCTUATION = "，。？、；：…"


def with_homophones(text: str, share: float, random: Random) -> str:
    """About that share of the Chinese characters replaced by one that sounds the same; the length stays."""
    return "".join(_homophone(char, random) if random.random() < share else char for char in text)


@cache
def _common_by_sound() -> dict[Syllable, str]:
    """The 3,755 characters of GB 2312's first level, by their syllable without tone."""
    found: dict[Syllable, str] = {}
    for row in range(0xB0, 0xD8):
        for column in range(0xA1, 0xFF):
            try:
                char = bytes((row, column)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            syllable = syllable_of(char)
            found[syllable] = found.get(syllable, "") + char
    return found


def _homophone(char: str, random: Random) -> str:
    if not "一" <= char <= "鿿":
        return char
    others = _common_by_sound().get(syllable_of(char), "").replace(char, "")
    return random.choice(others) if others else char
