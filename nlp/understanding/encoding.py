"""A turn and the one before it as the encoder's input, with the way back from characters to word pieces."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlp.padding import padded

Int64Array = NDArray[np.int64]

_SPACE = "▁"
BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
"""Ids of the special pieces."""
MAX_PIECES = 64
"""Of the turn itself; of a longer one the last count."""
MAX_PREVIOUS_PIECES = 24
MARKERS = {"agent": "服", "customer": "客", "mixed": "话"}
"""One piece that tells who speaks."""


@dataclass(frozen=True, slots=True)
class EncodedTurn:
    """Not padded."""

    pieces: Sequence[int]
    """``<s>``, the speaker's marker, the turn, ``</s>``, the turn before, ``</s>``."""
    is_turn: Sequence[bool]
    """Which of them are the turn's own."""
    chars: Sequence[int]
    """Per character of the turn that the encoder sees: its own piece."""
    piece_of: Sequence[int]
    """Per such character: the place of the piece that covers it."""
    origin: Sequence[int]
    """Per such character: the character of the text that it stands for."""


class TurnEncoder:
    """Turns text into pieces as the model was trained; safe for use from several threads."""

    def __init__(self, tokenizer: Tokenizer, replacements: Mapping[int, str]) -> None:
        self._tokenizer = tokenizer
        self._replacements = replacements
        self._single = {char: row for char in MARKERS.values() if (row := tokenizer.token_to_id(char)) is not None}

    def encode(self, text: str, previous: str, party: str) -> EncodedTurn:
        """Never fails; unknown characters and empty text are fine."""
        shown, origin = self._replaced(text)
        encoding = self._tokenizer.encode(shown, add_special_tokens=False)
        skipped = max(0, len(encoding.ids) - MAX_PIECES)
        own = encoding.ids[skipped:]
        before = self.pieces(previous)[-MAX_PREVIOUS_PIECES:] if previous else []
        marker = self._single.get(MARKERS.get(party, ""), UNKNOWN)
        chars: list[int] = []
        piece_of: list[int] = []
        origins: list[int] = []
        known = 0
        for place, (start, end) in enumerate(encoding.offsets[skipped:]):
            # A lone "▁" claims the character after it, which has a piece of its own.
            for at in range(max(start, known), end if encoding.tokens[skipped + place] != _SPACE else start):
                known = at + 1
                if not shown[at].isspace():
                    chars.append(self._row_of(shown[at]))
                    piece_of.append(2 + place)
                    origins.append(origin[at])
        return EncodedTurn(
            pieces=[BEGIN, marker, *own, END, *before, END],
            is_turn=[False, True, *([True] * len(own)), *([False] * (len(before) + 2))],
            chars=chars,
            piece_of=piece_of,
            origin=origins,
        )

    def pieces(self, text: str) -> list[int]:
        """Word pieces of any text, without special ones."""
        return self._tokenizer.encode(self._replaced(text)[0], add_special_tokens=False).ids

    def _row_of(self, char: str) -> int:
        row = self._single.get(char)
        if row is None:
            row = self._tokenizer.token_to_id(char)
            self._single[char] = row = UNKNOWN if row is None else row
        return row

    def _replaced(self, text: str) -> tuple[str, Sequence[int]]:
        """The text with its code points replaced, and where each of its characters comes from."""
        shown: list[str] = []
        origin: list[int] = []
        for at, char in enumerate(text):
            for new in self._replacements.get(ord(char), char):
                shown.append(new)
                origin.append(at)
        return "".join(shown), origin


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """Padded on the right; the graph's inputs by name."""

    ids: Int64Array
    """(turns, pieces)"""
    mask: Int64Array
    is_turn: Int64Array
    chars: Int64Array
    """(turns, characters)"""
    piece_of: Int64Array

    def inputs(self) -> dict[str, Int64Array]:
        return {
            "ids": self.ids,
            "mask": self.mask,
            "is_turn": self.is_turn,
            "chars": self.chars,
            "piece_of": self.piece_of,
        }


def pad(turns: Sequence[EncodedTurn]) -> EncodedBatch:
    """One batch of all of them; at least one character wide."""
    return EncodedBatch(
        ids=padded([turn.pieces for turn in turns], PAD),
        mask=padded([[1] * len(turn.pieces) for turn in turns], 0),
        is_turn=padded([turn.is_turn for turn in turns], 0),
        chars=padded([turn.chars for turn in turns], PAD),
        piece_of=padded([turn.piece_of for turn in turns], 0),
    )


def load_encoder(directory: Path) -> TurnEncoder:
    """From ``tokenizer.json`` and ``replacements.json`` of a model directory."""
    replacements = json.loads((directory / "replacements.json").read_text(encoding="utf-8"))
    return TurnEncoder(
        Tokenizer.from_file(str(directory / "tokenizer.json")),
        {int(point): text for point, text in replacements.items()},
    )
