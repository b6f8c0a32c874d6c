"""One way an entity is said, and the entity it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.understanding.model import FoundEntity

CONTEXT_CHARS = 14
"""What stands further away says nothing about an entity."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of the words and of what stands around them; every part is bounded, for linear time."""

    label: str
    words: re.Pattern[str]
    score: float
    """Share of its finds that are right: (right + 1) / (found + 2), of those that overlap none longer or surer.

    Counted on the turns of the training and development splits.
    """
    before: re.Pattern[str] | None = None
    """Has to be found in what stands before."""
    after: re.Pattern[str] | None = None
    """Has to match what stands behind."""

    def find(self, text: str) -> Iterator[FoundEntity]:
        for found in self.words.finditer(text):
            start, end = found.span()
            if self.before and not self.before.search(text, max(0, start - CONTEXT_CHARS), start):
                continue
            if self.after and not self.after.match(text, end):
                continue
            yield FoundEntity(self.label, start, end, self.score)


def pattern(label: str, words: str, score: float, *, before: str = "", after: str = "") -> Pattern:
    """Compiled; ``before`` has to reach up to the words."""
    return Pattern(
        label,
        re.compile(words),
        score,
        re.compile(f"(?:{before})$") if before else None,
        re.compile(after) if after else None,
    )


def any_of(words: Sequence[str]) -> str:
    """Of a pattern: one of the words, the longest that fits."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
