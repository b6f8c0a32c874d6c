"""Chinese text as Livecue shows it: simplified, full-width punctuation, no stray spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import opencc

_PUNCTUATION = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "｡": "。", "．": "。"})
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[,.:](?=\d)")
_SPACE_BESIDE_CHINESE = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)
_STOP = re.compile(r"(?<![\dA-Za-z])\.+|\.+(?![\dA-Za-z])")
_REPEATED_MARK = re.compile(r"([，。？！；：、])[，。？！；：、]+")
_WORD = re.compile(r"[A-Za-z0-9]+(?:(?:(?<=\d)[,:](?=\d)|[.'+\-])[A-Za-z0-9]+)*%?|\w")
"""A Latin word or number with what belongs inside it, or one other character."""


@dataclass(frozen=True, slots=True)
class Character:
    """One recognised character of raw text with its place in the audio it came from."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A character of Chinese, or a run of Latin letters and digits; punctuation belongs to no word."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float
    """Of its least certain character."""


class Scribe:
    """Writes recognised text the way Livecue shows it.

    Holds the converter, which is built once. OpenCC does not document thread safety: use one scribe per thread.
    """

    def __init__(self) -> None:
        self._to_simplified = cast("Any", opencc).OpenCC("t2s")

    def simplify(self, text: str) -> str:
        """Traditional to simplified, character for character: the length never changes."""
        simplified: str = self._to_simplified.convert(text)
        if len(simplified) == len(text):
            return simplified
        return "".join(self._simplify_character(character) for character in text)

    def write(self, raw: str) -> str:
        """Simplified, punctuated and spaced for display. Idempotent."""
        text = self.simplify(raw).strip()
        kept = {match.start(): match.group() for match in _BETWEEN_DIGITS.finditer(text)}
        text = "".join(kept.get(index) or character.translate(_PUNCTUATION) for index, character in enumerate(text))
        text = _STOP.sub("。", text)
        text = _SPACE_BESIDE_CHINESE.sub("", text)
        text = re.sub(r"\s+", " ", text)
        return _REPEATED_MARK.sub(r"\1", text).lstrip("，。？！；：、")

    def words(self, characters: Sequence[Character]) -> tuple[HeardWord, ...]:
        """The words of raw characters, simplified; each occurs in ``write`` of their text, in this order."""
        simplified = self.simplify("".join(character.text for character in characters))
        return tuple(
            _word(match.group(), characters[match.start() : match.end()]) for match in _WORD.finditer(simplified)
        )

    def _simplify_character(self, character: str) -> str:
        simplified: str = self._to_simplified.convert(character)
        return simplified if len(simplified) == 1 else character


def _word(text: str, characters: Sequence[Character]) -> HeardWord:
    confidence = min(character.confidence for character in characters)
    return HeardWord(text, characters[0].start_ms, characters[-1].end_ms, confidence)


def letters(text: str) -> str:
    """Word characters only: what texts are compared by."""
    return "".join(character for character in text if character.isalnum())
