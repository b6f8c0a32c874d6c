"""Names that may come up in a call, found by sound where the recogniser wrote something else, and put right.

A recogniser writes what it has seen most: 唱响套餐 for 畅享套餐. A name replaces a stretch of text that sounds like it,
but never a word that stands on its own: the shorter the name, the stricter the guard. The same text and confidences
always give the same corrections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import rjieba
from numpy.typing import NDArray

from assist.messages import Correction, Term
from assist.spoken import Spoken, spoken
from nlp.pinyin import CONFUSED, SIMILAR, WHOLE, Syllable, syllable_costs, syllable_of, syllables_in_context

MIN_SYLLABLES = 2
"""Shorter names sound like too much else."""
MAX_SYLLABLES = 16
GUARDED_SYLLABLES = 3
"""Names up to this length must fit between words."""
MAX_COST_OF_SHORT = {2: CONFUSED, 3: SIMILAR}
"""Of all syllables together, by number of syllables; longer names may differ by half of SIMILAR per syllable."""
COST_OF_GAP = 40
"""Of a syllable too many or too few, which only names of four and more can afford."""
DOUBTED_BELOW = 0.75
"""What was written with more confidence stays, unless it sounds exactly the same."""

MAX_KNOWN_NAMES = 4_096
"""Whose readings are kept."""
MAX_KEPT = 128
"""Lexicons; the least recently used goes first."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    term: Term
    rows: tuple[int, ...]
    """Its syllables, as rows of the cost matrix."""


@dataclass(frozen=True, slots=True)
class _Hit:
    term: Term
    start: int
    """Spoken characters [start, end)."""
    end: int
    score: float
    is_right: bool = False
    """The name stands there as it should."""
    is_known: bool = False
    """A known mishearing stands there."""


class Lexicon:
    """The terms of one call, ready to be looked for."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Of terms that are written alike the first counts."""
        rows: dict[Syllable, int] = {}
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
            patterns += (
                _Pattern(term, tuple(rows.setdefault(syllable, len(rows)) for syllable in syllables))
                for syllables in _readings(said.sounds)
            )
        self._syllables = np.array(tuple(rows), np.int_).reshape(-1, 2)
        sizes = sorted({len(pattern.rows) for pattern in patterns})
        self._groups = tuple(_Group([one for one in patterns if len(one.rows) == size]) for size in sizes)

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
            if hit.is_right or hit.is_known or guard.allows(hit):
                taken.append(hit)
        return tuple(
            _correction(text, said, hit) for hit in sorted(taken, key=lambda hit: hit.start) if not hit.is_right
        )

    def _hits(self, said: Spoken) -> Iterator[_Hit]:
        for written, is_right in ((self._right, True), (self._misheard, False)):
            for chars, term in written.items():
                at = said.chars.find(chars)
                while at >= 0:
                    yield _Hit(term, at, at + len(chars), 1.0, is_right, not is_right)
                    at = said.chars.find(chars, at + 1)
        heard = np.array([syllable_of(char) for char in said.sounds], np.int_)
        costs = syllable_costs(self._syllables, heard)
        for group in self._groups:
            yield from group.find(costs)


@lru_cache(maxsize=MAX_KEPT)
def lexicon_of(terms: tuple[Term, ...]) -> Lexicon:
    """The lexicon of some terms; the legs of a call, and calls without names of their own, share one."""
    return Lexicon(terms)


@lru_cache(maxsize=MAX_KNOWN_NAMES)
def _readings(sounds: str) -> tuple[tuple[Syllable, ...], ...]:
    """A name's characters as they read in context and as they read alone, as those of a text are."""
    return tuple(dict.fromkeys((syllables_in_context(sounds), tuple(syllable_of(char) for char in sounds))))


class _Group:
    """All patterns of one length, laid side by side."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        self._terms = tuple(pattern.term for pattern in patterns)
        self._rows = np.array([pattern.rows for pattern in patterns])
        self._size = len(patterns[0].rows)
        self._max_cost: int = MAX_COST_OF_SHORT.get(self._size, self._size * SIMILAR // 2)

    def find(self, costs: NDArray[np.int16]) -> Iterator[_Hit]:
        """Stretches of the text that sound like a pattern; ``costs`` has shape (syllables, heard)."""
        gaps = (0, 1, -1) if self._max_cost >= COST_OF_GAP else (0,)
        for gap in gaps:
            for row, start, cost in self._alike(costs, gap):
                end = start + self._size + gap
                yield _Hit(self._terms[row], start, end, round(1 - cost / (WHOLE * self._size), 3))

    def _alike(self, costs: NDArray[np.int16], gap: int) -> Iterator[tuple[int, int, int]]:
        """Pattern, start and cost. The first and the last syllable must be close; a gap lies between them."""
        windows = costs.shape[1] - (self._size + gap) + 1
        if windows < 1:
            return
        limit = CONFUSED if gap else SIMILAR
        is_open = costs[self._rows[:, 0], :windows] <= limit
        is_open &= costs[self._rows[:, -1], self._size + gap - 1 :] <= limit
        if not gap:
            totals = np.zeros(is_open.shape, np.int16)
            for place in range(self._size):
                totals += costs[self._rows[:, place], place : place + windows]
            for row, start in np.argwhere(is_open & (totals <= self._max_cost)).tolist():
                yield row, start, int(totals[row, start])
            return
        for row, start in np.argwhere(is_open).tolist():
            cost = COST_OF_GAP + _cost_with_gap(costs[self._rows[row], start : start + self._size + gap], gap)
            if cost <= self._max_cost:
                yield row, start, cost


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
            end <= first
            or last <= start
            or (start <= first and last <= end and self._text[first:last] in hit.term.text)
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
