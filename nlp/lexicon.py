"""Names that may come up in a call, found by sound where the recogniser wrote something else, and put right.

A recogniser writes what it has seen most: 唱响套餐 for 畅享套餐. A name replaces a stretch of text that sounds like it,
but never a word that stands on its own: the shorter the name, the stricter the guard. The same text and confidences
always give the same corrections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import rjieba
from numpy.typing import NDArray

from assist.messages import Correction, Term
from nlp.pinyin import CONFUSED, SIMILAR, WHOLE, Syllable, syllable_costs, syllable_of, syllables_in_context
from nlp.spoken import Spoken, spoken

MIN_SYLLABLES = 2
"""Shorter names sound like too much else."""
MAX_SYLLABLES = 16
GUARDED_SYLLABLES = 3
"""Names up to this length must fit between words."""
MAX_COST_OF_SHORT = {2: 0, 3: CONFUSED}
"""Of all syllables together, by number of syllables; longer names may differ by a quarter of SIMILAR per syllable."""
COST_OF_GAP = 40
"""Of a syllable too many or too few, which only names of five and more can afford."""
DOUBTED_BELOW = 0.75
"""What was written with more confidence stays, unless it sounds exactly the same."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    term: Term
    chars: str
    """The term's spoken characters."""
    columns: tuple[int, ...]
    """Its syllables, as columns of the cost matrix."""
    max_cost: int


@dataclass(frozen=True, slots=True)
class _Hit:
    term: Term
    start: int
    """Spoken characters [start, end)."""
    end: int
    score: float
    is_right: bool = False
    """The name stands there as it should."""


class Lexicon:
    """The terms of one call, ready to be looked for."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Of terms that are written alike the first counts."""
        columns: dict[Syllable, int] = {}
        patterns: list[_Pattern] = []
        self._misheard: dict[str, Term] = {}
        self._right: dict[str, Term] = {}
        for term in terms:
            said = spoken(term.text)
            if not MIN_SYLLABLES <= len(said.chars) <= MAX_SYLLABLES or said.chars in self._right:
                continue
            self._right[said.chars] = term
            for variant in term.heard_as:
                chars = spoken(variant).chars
                if len(chars) >= MIN_SYLLABLES:
                    self._misheard.setdefault(chars, term)
            alone = tuple(syllable_of(char) for char in said.sounds)
            for syllables in dict.fromkeys((syllables_in_context(said.sounds), alone)):
                places = tuple(columns.setdefault(syllable, len(columns)) for syllable in syllables)
                patterns.append(_Pattern(term, said.chars, places, _max_cost(len(places))))
        self._patterns = tuple(patterns)
        self._syllables = np.array(tuple(columns), np.int_).reshape(-1, 2)

    def find(self, text: str, confidences: Sequence[float] | None) -> tuple[Correction, ...]:
        """Names to put right, in text order without overlap.

        ``confidences`` are those of the characters of ``text``, 0 to 1; without them a name has to sound exactly like
        what stands there, and to have three syllables.
        """
        said = spoken(text)
        if not self._right or len(said.chars) < MIN_SYLLABLES:
            return ()
        hits = sorted(self._hits(said), key=lambda hit: (not hit.is_right, -hit.score, hit.start - hit.end, hit.start))
        guard = _Guard(text, said, confidences)
        taken: list[_Hit] = []
        for hit in hits:
            if any(hit.start < other.end and other.start < hit.end for other in taken):
                continue
            if hit.is_right or guard.allows(hit):
                taken.append(hit)
        return tuple(
            _correction(text, said, hit) for hit in sorted(taken, key=lambda hit: hit.start) if not hit.is_right
        )

    def _hits(self, said: Spoken) -> Iterator[_Hit]:
        for written, is_right in ((self._right, True), (self._misheard, False)):
            for chars, term in written.items():
                at = said.chars.find(chars)
                while at >= 0:
                    yield _Hit(term, at, at + len(chars), 1.0, is_right)
                    at = said.chars.find(chars, at + 1)
        heard = np.array([syllable_of(char) for char in said.sounds], np.int_)
        costs = syllable_costs(self._syllables, heard)
        for pattern in self._patterns:
            for start, end, cost in _alike(costs[list(pattern.columns)], pattern.max_cost):
                yield _Hit(pattern.term, start, end, round(1 - cost / (WHOLE * len(pattern.columns)), 3))


def _max_cost(syllables: int) -> int:
    return MAX_COST_OF_SHORT.get(syllables, syllables * SIMILAR // 4)


def _alike(costs: NDArray[np.int16], max_cost: int) -> Iterator[tuple[int, int, int]]:
    """Stretches [start, end) that sound like a pattern, and at what cost; ``costs`` has shape (expected, heard).

    The first and the last syllable must be close; a gap lies between them.
    """
    size, heard = costs.shape
    for gap in (0, 1, -1) if size > GUARDED_SYLLABLES else (0,):
        windows = heard - (size + gap) + 1
        if windows < 1:
            continue
        is_open = (costs[0, :windows] <= SIMILAR) & (costs[-1, size + gap - 1 :] <= SIMILAR)
        for start in np.flatnonzero(is_open).tolist():
            window = costs[:, start : start + size + gap]
            cost = int(np.trace(window)) if gap == 0 else COST_OF_GAP + _cost_with_gap(window, gap)
            if cost <= max_cost:
                yield start, start + size + gap, cost


def _cost_with_gap(window: NDArray[np.int16], gap: int) -> int:
    """Of the best place for one heard (gap 1) or expected (gap -1) syllable to be passed over."""
    size = window.shape[0]
    before = np.cumsum([window[place, place] for place in range(size - 1)])
    after = np.cumsum([window[place, place + gap] for place in range(size - 1, 0, -1)])[::-1]
    if gap == 1:
        return int((before + after).min())
    return int((before[: size - 2] + after[1:]).min())


class _Guard:
    """Keeps names from replacing what was heard well."""

    def __init__(self, text: str, said: Spoken, confidences: Sequence[float] | None) -> None:
        self._text = text
        self._said = said
        self._confidences = confidences
        self._words = tuple(_words(text))

    def allows(self, hit: _Hit) -> bool:
        """Whether the stretch may be replaced by the name."""
        if any(self._said.starts_clause[hit.start + 1 : hit.end]):
            return False
        if hit.score < 1 and not self._is_doubted(hit):
            return False
        size = hit.end - hit.start
        if size > GUARDED_SYLLABLES:
            return True
        if size == MIN_SYLLABLES and not self._is_doubted(hit):
            return False
        start, end = self._said.span(hit.start, hit.end)
        return all(
            end <= first or last <= start or (start <= first and last <= end and last - first < end - start)
            for first, last in self._words
        )

    def _is_doubted(self, hit: _Hit) -> bool:
        """Whether the recogniser was unsure of a character that would change."""
        if self._confidences is None:
            return False
        start, end = self._said.span(hit.start, hit.end)
        kept = set(hit.term.text)
        changed = [place for place in range(start, end) if self._text[place] not in kept] or range(start, end)
        return min(self._confidences[place] for place in changed) < DOUBTED_BELOW


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where the dictionary words of more than one character stand."""
    at = 0
    for word in rjieba.cut(text, False):
        if len(word) > 1:
            yield at, at + len(word)
        at += len(word)


def _correction(text: str, said: Spoken, hit: _Hit) -> Correction:
    start, end = said.span(hit.start, hit.end)
    return Correction(
        start=start,
        end=end,
        heard=text[start:end],
        written=hit.term.text,
        term=hit.term.text,
        source=hit.term.source,
        score=hit.score,
    )
