"""Turns as our recogniser wrote them once they were voiced: real damage, beside the invented one.

``heard.tsv`` in the corpus holds a turn's text and what was heard, a line each. The voice was synthetic, the telephone
line simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from models.train.scenes import EntitySpan, Turn
from models.train.splits import DATA

FILE = "heard.tsv"


def read_heard(directory: Path = DATA, *, least: float = 0.0) -> Mapping[str, str]:
    """By the text as it was written; none where the corpus has no such file.

    ``least``: likeness of both, 0 to 1, below which a turn is left out: what is garbled beyond that teaches nothing.
    """
    path = directory / FILE
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    pairs = (line.split("\t", 1) for line in lines)
    return {written: heard for written, heard in pairs if Levenshtein.normalized_similarity(written, heard) >= least}


def as_heard(turn: Turn, heard: str) -> Turn:
    """The turn with those words; entities move with theirs, and those of which nothing was heard go."""
    places = _places(turn.text, heard)
    moved = (replace(span, start=places[span.start], end=places[span.end]) for span in turn.entities)
    return replace(turn, text=heard, entities=tuple(span for span in moved if _is_there(span)))


def _is_there(span: EntitySpan) -> bool:
    return span.start < span.end


def _places(written: str, heard: str) -> list[int]:
    """For each gap between written characters, the ends included, the one in what was heard that it became."""
    places = [0] * (len(written) + 1)
    for step in Levenshtein.opcodes(written, heard):
        length = step.src_end - step.src_start
        for offset in range(length + 1):
            at = step.dest_start + (step.dest_end - step.dest_start) * offset // max(1, length)
            places[step.src_start + offset] = max(places[step.src_start + offset], at)
    return places
