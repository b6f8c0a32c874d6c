"""Tokens of transducer, CTC and Paraformer vocabularies to characters with their times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asr.completion import spread
from asr.text import Character

_WORD_START = "▁"
"""SentencePiece's mark of a token that begins a word."""
_GOES_ON = "@@"
"""Paraformer's mark of a token that the next one continues."""
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_LONGEST_MS = 400
"""A token ends with the next one's start, or after this long: what follows is a pause."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One token and when it was heard."""

    symbol: str
    start_ms: int
    confidence: float


def spell_pieces(pieces: Sequence[Piece], text: str, duration_ms: int) -> tuple[Character, ...]:
    """The characters of a text that the runtime made of the pieces, all within the audio and in order.

    Where the pieces don't add up to the text, which their vocabulary may write in ways that are not known here, the
    text is spread evenly from the first piece to the end of the last.
    """
    if not pieces:
        return ()
    starts = _in_order([piece.start_ms for piece in pieces], duration_ms)
    ends = [min(start + _LONGEST_MS, after) for start, after in zip(starts, [*starts[1:], duration_ms], strict=True)]
    written = _letters(pieces)
    places = [place for place, character in enumerate(text) if not character.isspace()]
    if [letter for letter, _ in written] != [text[place] for place in places]:
        confidence = min(piece.confidence for piece in pieces)
        return spread(text, starts[0], ends[-1], confidence)
    characters: list[Character] = []
    sources = iter(written)
    for character in text:
        if character.isspace():
            at_ms = characters[-1].end_ms if characters else starts[0]
            characters.append(Character(" ", at_ms, at_ms, 1.0))
        else:
            _, source = next(sources)
            characters.append(Character(character, starts[source], ends[source], pieces[source].confidence))
    return tuple(characters)


def _in_order(starts_ms: Sequence[int], duration_ms: int) -> list[int]:
    """Never running backwards, never outside the audio: a model hears words in the padding at times."""
    latest, ordered = 0, list[int]()
    for start_ms in starts_ms:
        latest = min(max(latest, start_ms), duration_ms)
        ordered.append(latest)
    return ordered


def _letters(pieces: Sequence[Piece]) -> list[tuple[str, int]]:
    """What the pieces write, without space, and which piece each letter is of; bytes that form none are left out."""
    letters: list[tuple[str, int]] = []
    pending = bytearray()
    for place, piece in enumerate(pieces):
        if byte := _BYTE.fullmatch(piece.symbol):
            pending.append(int(byte[1], 16))
            if text := pending.decode("utf-8", "ignore"):
                letters.append((text, place))
                pending.clear()
            continue
        pending.clear()
        symbol = piece.symbol.replace(_WORD_START, "").removesuffix(_GOES_ON)
        letters.extend((letter, place) for letter in symbol if not letter.isspace())
    return letters
