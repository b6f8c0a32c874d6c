"""Recognised text: its characters and words, replacements in it, and the script Livecue writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import opencc

_FULL_WIDTH = str.maketrans(
    {chr(0xFEE0 + code): chr(code) for code in (*b"0123456789%", *range(0x41, 0x5B), *range(0x61, 0x7B))}
)
_PUNCTUATION = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "｡": "。", "．": "。"})
_HAN = r"[\u3400-\u9fff]"
_CHINESE = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
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
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters [start, end) of a text become ``text``."""

    start: int
    end: int
    text: str


def edits_of(pattern: re.Pattern[str], text: str, write: Callable[[re.Match[str]], str]) -> Iterator[Edit]:
    """What replacing each match by ``write`` of it changes, in text order."""
    for match in pattern.finditer(text):
        written = write(match)
        if written != match.group():
            yield Edit(match.start(), match.end(), written)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits in text order without overlap."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join(parts) + text[at:]


def respelled(characters: Sequence[Character], edits: Iterable[Edit]) -> tuple[Character, ...]:
    """The characters after edits of their text, in text order without overlap.

    What is written instead shares the time of what stood there evenly, and the confidence of its least certain
    character.
    """
    parts: list[Character] = []
    at = 0
    for edit in edits:
        parts += characters[at : edit.start]
        parts += _shared(characters[edit.start : edit.end], edit.text)
        at = edit.end
    return (*parts, *characters[at:])


def _shared(sources: Sequence[Character], text: str) -> Iterator[Character]:
    start_ms, end_ms = sources[0].start_ms, sources[-1].end_ms
    confidence = min(source.confidence for source in sources)
    bounds = [start_ms + (end_ms - start_ms) * place // max(1, len(text)) for place in range(len(text) + 1)]
    for place, character in enumerate(text):
        yield Character(character, bounds[place], bounds[place + 1], confidence)


def text_of(characters: Iterable[Character]) -> str:
    """What characters spell."""
    return "".join(character.text for character in characters)


def _mark(match: re.Match[str]) -> str:
    """A mark in full width, unless it stands inside a number."""
    return match.group() if match["inside"] else match.group().translate(_PUNCTUATION)


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_PUNCTUATING: tuple[_Rule, ...] = (
    (re.compile(r"^\s+|\s+$"), lambda match: ""),
    (re.compile(r"(?P<inside>(?<=\d)[,.:](?=\d))|[,?!;:｡．]"), _mark),
    (re.compile(r"(?<![\dA-Za-z])\.+|\.+(?![\dA-Za-z])"), lambda match: "。"),
    (re.compile(rf"(?<={_HAN}{{2}})\s+(?={_HAN}{{2}})"), lambda match: "，"),  # Whisper's way to write a pause
    (re.compile(rf"(?<={_CHINESE})\s+|\s+(?={_CHINESE})"), lambda match: ""),
    (re.compile(r"\s+"), lambda match: " "),
    (re.compile(r"([，。？！；：、])[，。？！；：、]+"), lambda match: match[1]),
    (re.compile(r"^[，。？！；：、]+"), lambda match: ""),
)
"""One after the other; each sees what the last one left."""


_MAINLAND = str.maketrans("妳祇牠", "你只它")
_SIMPLIFIED_ALREADY = frozenset("么坏")
"""OpenCC takes these for the traditional 幺 and 坯."""
_ASPECT = re.compile("(?<![显名专原土编译论拙巨昭卓遗所])著(?![名作述称书录者])")
"""著 that is written 着: not the one of fame and of books."""
_ACCOUNT = re.compile("(?<![蚊营])帐(?![篷幕])")
"""帐 of money, not of tents."""


class Scribe:
    """Writes recognised text in Livecue's script: simplified, full-width punctuation, no stray spaces.

    Holds the converter, which is built once. OpenCC does not document thread safety: use one scribe per thread.
    """

    def __init__(self) -> None:
        self._to_simplified = cast("Any", opencc).OpenCC("t2s")

    def simplify(self, text: str) -> str:
        """Traditional to simplified as the mainland spells it, character for character: the length never changes.

        Beyond ``simplify_plainly``: 看著 becomes 看着 (but 显著 stays), 帳單 账单, 甚麼 什么, 妳 你; 么 and 坏 stay.
        """
        plain = self.simplify_plainly(text)
        kept = (old if old in _SIMPLIFIED_ALREADY else new for old, new in zip(text, plain, strict=True))
        return _ACCOUNT.sub("账", _ASPECT.sub("着", "".join(kept).translate(_MAINLAND).replace("甚么", "什么")))

    def simplify_plainly(self, text: str) -> str:
        """OpenCC's t2s and nothing else, as error rates are counted; the length never changes."""
        simplified: str = self._to_simplified.convert(text)
        if len(simplified) == len(text):
            return simplified
        return "".join(self._simplify_character(character) for character in text)

    def simplified(self, characters: Sequence[Character]) -> tuple[Character, ...]:
        """The characters in simplified script, with Latin letters and digits in half width."""
        text = self.simplify(text_of(characters)).translate(_FULL_WIDTH)
        return tuple(replace(character, text=text[place]) for place, character in enumerate(characters))

    def write(self, raw: str) -> str:
        """Simplified, punctuated and spaced. Idempotent."""
        text = self.simplify(raw).translate(_FULL_WIDTH)
        for pattern, write in _PUNCTUATING:
            text = edited(text, edits_of(pattern, text, write))
        return text

    def punctuated(self, characters: Sequence[Character]) -> tuple[Character, ...]:
        """The characters of ``write``, for simplified ones."""
        for pattern, write in _PUNCTUATING:
            characters = respelled(characters, edits_of(pattern, text_of(characters), write))
        return tuple(characters)

    def _simplify_character(self, character: str) -> str:
        simplified: str = self._to_simplified.convert(character)
        return simplified if len(simplified) == 1 else character


def words_of(characters: Sequence[Character]) -> tuple[HeardWord, ...]:
    """The words that characters spell, in order."""
    return tuple(
        _word(match.group(), characters[match.start() : match.end()]) for match in _WORD.finditer(text_of(characters))
    )


def _word(text: str, characters: Sequence[Character]) -> HeardWord:
    confidence = min(character.confidence for character in characters)
    return HeardWord(text, characters[0].start_ms, characters[-1].end_ms, confidence)


def letters(text: str) -> str:
    """Word characters only: what texts are compared by."""
    return "".join(character for character in text if character.isalnum())
