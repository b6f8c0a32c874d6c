"""Byte-level tokens to characters: one Chinese character may be spread over several tokens, or share one."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asr.text import Character


def _byte_alphabet() -> dict[str, int]:
    """The printable character that stands for each byte in a byte-level BPE vocabulary (GPT-2, `encoder.py`)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(others)}


_BYTES = _byte_alphabet()


@dataclass(frozen=True, slots=True)
class SpokenToken:
    """One decoder step with its place in the audio."""

    symbol: str
    """As in the vocabulary."""
    start_ms: int = 0
    end_ms: int = 0
    confidence: float = 1.0


def token_bytes(symbol: str) -> bytes:
    """The bytes that a token of text stands for. Raises KeyError for a symbol of another vocabulary."""
    return bytes(_BYTES[character] for character in symbol)


def spell(tokens: Sequence[SpokenToken]) -> tuple[Character, ...]:
    """The characters of the tokens; bytes that form none are left out, and so is space at either end."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    characters: list[Character] = []
    sources: list[SpokenToken] = []
    for token in tokens:
        sources.append(token)
        text = decoder.decode(token_bytes(token.symbol))
        if text:
            characters.extend(_spread(text, sources))
            # The rest of a token begins where its characters end.
            sources = [replace(token, start_ms=token.end_ms)] if decoder.getstate()[0] else []
    spoken = "".join(character.text for character in characters)
    first = len(spoken) - len(spoken.lstrip())
    return tuple(characters[first : len(spoken.rstrip())])


def _spread(text: str, sources: Sequence[SpokenToken]) -> list[Character]:
    """The time of the sources shared evenly by the characters; the least certain source counts."""
    start_ms, end_ms = sources[0].start_ms, sources[-1].end_ms
    confidence = min(source.confidence for source in sources)
    bounds = [start_ms + (end_ms - start_ms) * place // len(text) for place in range(len(text) + 1)]
    return [Character(character, bounds[place], bounds[place + 1], confidence) for place, character in enumerate(text)]
