"""What was probably said where a recogniser wrote words that only sound like it: a noisy channel over characters.

A character whose neighbours never stood beside it in the text that the model learnt from is suspected; the characters
that sound the same, without tones, are weighed against it by how well they follow the two before them. What people
see, and what rules read, stays as it was written: only the model reads the repaired text, character for character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from nlp.pinyin import Syllable, syllable_of

KEPT = 0.995
"""Probability that a character is the one that was said."""
CANDIDATES = 10
"""Characters of one sound that are weighed, the most frequent ones."""
_BEAM = 6
"""Readings of the text so far that are followed."""
_EDGE = "\x02"
"""Stands before and after every text."""
_PRIOR_OF_PAIR = 3.0
_PRIOR_OF_TRIPLE = 2.0
_PRIOR_OF_CHARACTER = 0.1
_POSSIBLE_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class CharacterCounts:
    """How often characters followed one another in some text, ``_EDGE`` at both ends."""

    singles: Mapping[str, int]
    pairs: Mapping[str, int]
    triples: Mapping[str, int]
    """Rare ones are left out."""


class HomophoneRepair:
    """Safe for use from several threads."""

    def __init__(self, counts: CharacterCounts) -> None:
        self._counts = counts
        self._all = sum(counts.singles.values())
        self._after_one = _contexts(counts.pairs)
        self._after_two = _contexts(counts.triples)
        self._sounding = _by_sound(counts.singles)
        self._kept = log(KEPT)
        self._replaced = log((1 - KEPT) / CANDIDATES)

    def repaired(self, text: str) -> str:
        """The most likely reading; as long as the text, and the same where nothing is suspicious."""
        framed = _EDGE + text + _EDGE
        is_known = [framed[at : at + 2] in self._counts.pairs for at in range(len(framed) - 1)]
        if all(is_known):
            return text
        readings = [_Reading(0.0, _EDGE + _EDGE, "")]
        for at, char in enumerate(text):
            options = [(char, self._kept)]
            if not (is_known[at] and is_known[at + 1]) and "一" <= char <= "鿿":
                options += [
                    (other, self._replaced) for other in self._sounding.get(syllable_of(char), ()) if other != char
                ]
            readings = self._extended(readings, options)
        return max(readings, key=lambda reading: reading.score + self._log_probability(reading.last, _EDGE)).text

    def _extended(self, readings: list[_Reading], options: list[tuple[str, float]]) -> list[_Reading]:
        """The best readings one character longer; of those that end alike only the best can win."""
        best: dict[str, _Reading] = {}
        for reading in readings:
            for char, cost in options:
                score = reading.score + cost + self._log_probability(reading.last, char)
                last = reading.last[1] + char
                if last not in best or score > best[last].score:
                    best[last] = _Reading(score, last, reading.text + char)
        return sorted(best.values(), key=lambda reading: -reading.score)[:_BEAM]

    def _log_probability(self, before: str, char: str) -> float:
        """Of a character after two others; the shorter the known context, the coarser."""
        counts = self._counts
        alone = (counts.singles.get(char, 0) + _PRIOR_OF_CHARACTER) / (
            self._all + _PRIOR_OF_CHARACTER * _POSSIBLE_CHARACTERS
        )
        last = before[1]
        pair = (counts.pairs.get(last + char, 0) + _PRIOR_OF_PAIR * alone) / (
            self._after_one.get(last, 0) + _PRIOR_OF_PAIR
        )
        seen = self._after_two.get(before, 0)
        if not seen:
            return log(pair)
        return log((counts.triples.get(before + char, 0) + _PRIOR_OF_TRIPLE * pair) / (seen + _PRIOR_OF_TRIPLE))


@dataclass(frozen=True, slots=True)
class _Reading:
    score: float
    last: str
    """Its last two characters."""
    text: str


def _contexts(runs: Mapping[str, int]) -> dict[str, int]:
    """How often something followed each run without its last character."""
    found: dict[str, int] = {}
    for run, count in runs.items():
        found[run[:-1]] = found.get(run[:-1], 0) + count
    return found


def _by_sound(singles: Mapping[str, int]) -> dict[Syllable, tuple[str, ...]]:
    found: dict[Syllable, list[str]] = {}
    for char in sorted(singles, key=lambda char: -singles[char]):
        if "一" <= char <= "鿿":
            found.setdefault(syllable_of(char), []).append(char)
    return {syllable: tuple(chars[:CANDIDATES]) for syllable, chars in found.items()}


def count_characters(texts: Iterable[str], least_of_triple: int) -> CharacterCounts:
    """From text that is written right; triples seen less often are left out."""
    runs: tuple[dict[str, int], ...] = ({}, {}, {})
    for text in texts:
        framed = _EDGE + _EDGE + text + _EDGE
        for at in range(2, len(framed)):
            for length, counts in enumerate(runs):
                run = framed[at - length : at + 1]
                counts[run] = counts.get(run, 0) + 1
    singles, pairs, triples = runs
    return CharacterCounts(singles, pairs, {run: count for run, count in triples.items() if count >= least_of_triple})


def load_counts(path: Path) -> CharacterCounts:
    """From the ``.npz`` file that ``save_counts`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return CharacterCounts(*(_runs_of(stored[name], stored[f"{name}_seen"]) for name in _PARTS))


def save_counts(counts: CharacterCounts, path: Path) -> None:
    """Compressed, as code points and counts."""
    arrays: dict[str, Any] = {}
    for name, runs in zip(_PARTS, (counts.singles, counts.pairs, counts.triples), strict=True):
        ordered = sorted(runs)
        arrays[name] = np.array([[ord(char) for char in run] for run in ordered], np.uint32)
        arrays[f"{name}_seen"] = np.array([runs[run] for run in ordered], np.uint32)
    np.savez_compressed(path, **arrays)


_PARTS = ("singles", "pairs", "triples")


def _runs_of(points: Any, seen: Any) -> dict[str, int]:
    return {"".join(map(chr, run)): int(count) for run, count in zip(points.tolist(), seen.tolist(), strict=True)}
