"""What the linear half of the model sees of a turn: runs of characters, the same as sounds, and of the turn before.

Sounds survive what the recogniser mishears: homophones have the same syllables without tones.
"""

from __future__ import annotations

from collections import Counter

from assist.spoken import spoken
from nlp.pinyin import syllable_of

MAX_CHARS = 120
"""Of a turn; what a longer one says is in its last characters."""
MAX_PREVIOUS_CHARS = 40

_RUNS = (1, 2, 3)
_PREVIOUS_RUNS = (1, 2)
_FIRST_SYLLABLE = 0xE000
_FINALS_PER_INITIAL = 64


def turn_features(text: str, previous: str, party: str) -> Counter[str]:
    """How often each feature occurs; its first letter tells its kind."""
    before = spoken(previous).chars[-MAX_PREVIOUS_CHARS:]
    found = word_features(text)
    found.update(_runs("p", before, _PREVIOUS_RUNS))
    found[f"w{party}"] = 1
    found["b"] = int(not before)
    return found


def word_features(text: str) -> Counter[str]:
    """Those of the turn itself, whoever says it after whatever."""
    chars = f"^{spoken(text).chars[-MAX_CHARS:]}$"
    found = Counter(_runs("c", chars, _RUNS))
    found.update(_runs("s", sounds(chars), _RUNS))
    return found


def sounds(chars: str) -> str:
    """One letter per character, the same for all that sound alike."""
    return "".join(_letter(char) for char in chars)


def _letter(char: str) -> str:
    if char in "^$":
        return char
    initial, final = syllable_of(char)
    return chr(_FIRST_SYLLABLE + initial * _FINALS_PER_INITIAL + final)


def _runs(kind: str, chars: str, lengths: tuple[int, ...]) -> list[str]:
    return [kind + chars[at : at + length] for length in lengths for at in range(len(chars) - length + 1)]
