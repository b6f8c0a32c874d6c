"""Finds a playbook's phrases in what was said: as written, and as it sounds where the recogniser misheard."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assist.messages import PhraseSignal, Signal, Utterance
from assist.playbook import Phrase, Playbook
from assist.spoken import Spoken, spoken
from nlp.pinyin import (
    CONFUSED,
    EVERY_SYLLABLE,
    WHOLE,
    Syllable,
    number_of,
    syllable_costs,
    syllable_of,
    syllables_in_context,
)
from nlp.signals import times_of

NAME = "phrases@1"

MAX_COST_OF_SHORT = {1: 0, 2: CONFUSED, 3: 2 * CONFUSED}
"""Most that short phrases may differ in sound, whatever their ``min_score``: there are too many near-homophones."""
MAX_COST_OF_EDGE = 50
"""Most that a first or last syllable may differ: beyond that the words are not there, only their neighbours."""
WITHIN_CLAUSE_SYLLABLES = 3
"""Phrases of at most so many syllables do not sound across a comma."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase in a text; positions count spoken characters."""

    phrase: Phrase
    start: int
    end: int
    match: Literal["exact", "pinyin"]
    score: float
    """0 to 1"""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way a phrase sounds, as columns of the cost matrix."""

    phrase: Phrase
    columns: tuple[int, ...]
    max_cost: int


class PhraseFinder:
    """The phrases of one playbook, compiled; immutable."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._written = _compile_written(phrases)
        self._sounds = _compile_sounds(phrases)

    def find(self, text: str) -> list[tuple[Hit, tuple[int, int]]]:
        """Hits in text order, the longer first, each with its characters [from, to) of the text."""
        said = spoken(text)
        if not said.chars:
            return []
        exact = list(self._find_written(said))
        alike = () if self._sounds is None else self._sounds.find(said)
        hits = [*exact, *_resolve(alike, exact)]
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.phrase.text))
        return [(hit, said.span(hit.start, hit.end)) for hit in hits]

    def _find_written(self, said: Spoken) -> Iterator[Hit]:
        if self._written is None:
            return
        for last, phrases in self._written.iter(said.chars):
            for phrase, length in phrases:
                yield Hit(phrase, last + 1 - length, last + 1, "exact", 1.0)


class _Sounds:
    """How phrases sound, all patterns in one table, the short ones filled up with a syllable that costs nothing.

    What each syllable costs where each other is expected is known beforehand, and so are the patterns that may begin
    with a syllable: a text is only looked at where a pattern may begin and end.
    """

    def __init__(self, syllables: Sequence[Syllable], patterns: Sequence[_Pattern]) -> None:
        self._phrases = tuple(pattern.phrase for pattern in patterns)
        self._lengths = np.array([len(pattern.columns) for pattern in patterns])
        self._max_costs = np.array([pattern.max_cost for pattern in patterns])
        self._columns = np.full((len(patterns), int(self._lengths.max())), len(syllables))
        for row, pattern in zip(self._columns, patterns, strict=True):
            row[: len(pattern.columns)] = pattern.columns
        costs = syllable_costs(np.array(syllables), EVERY_SYLLABLE)
        self._costs = np.vstack((costs, np.zeros_like(costs[:1])))
        """Shape (expected, heard); the last row fills up."""
        self._is_near = self._costs <= MAX_COST_OF_EDGE
        self._last = self._columns[np.arange(len(patterns)), self._lengths - 1]
        begins = self._is_near[self._columns[:, 0]]
        self._beginning: tuple[NDArray[np.int32], ...] = tuple(
            np.flatnonzero(begins[:, heard]).astype(np.int32) for heard in range(len(EVERY_SYLLABLE))
        )
        """Patterns that may begin with a syllable, by its number."""

    def find(self, said: Spoken) -> Iterator[Hit]:
        """Windows of the text whose summed cost a pattern allows."""
        numbers = [number_of(char) for char in said.sounds]
        heard = np.array(numbers)
        found = [self._beginning[number] for number in numbers]
        rows: NDArray[np.int32] = np.concatenate(found)
        starts = np.repeat(np.arange(len(heard)), [len(one) for one in found])
        ends = starts + self._lengths[rows]
        is_open = ends <= len(heard)
        rows, starts, ends = rows[is_open], starts[is_open], ends[is_open]
        is_open = self._is_near[self._last[rows], heard[ends - 1]]
        rows, starts = rows[is_open], starts[is_open]
        places = (starts[:, None] + np.arange(self._columns.shape[1])).clip(max=len(heard) - 1)
        totals = self._costs[self._columns[rows], heard[places]].sum(axis=1)
        allowed = totals <= self._max_costs[rows]
        breaks = np.cumsum(said.starts_clause)
        hits = zip(rows[allowed].tolist(), starts[allowed].tolist(), totals[allowed].tolist(), strict=True)
        for row, start, total in hits:
            length = int(self._lengths[row])
            end = start + length
            if length <= WITHIN_CLAUSE_SYLLABLES and breaks[start] != breaks[end - 1]:
                continue
            yield Hit(self._phrases[int(row)], start, end, "pinyin", round(1 - total / (WHOLE * length), 3))


class PhraseAnalyser:
    """Analyser (``assist.ports``) that keeps the compiled phrases of the playbooks in use."""

    def __init__(self, *, max_playbooks: int = 8) -> None:
        """``max_playbooks``: how many compiled playbooks are kept; the least recently used goes first."""
        if max_playbooks < 1:
            raise ValueError("max_playbooks must be at least 1")
        self._max_playbooks = max_playbooks
        self._finders: OrderedDict[str, PhraseFinder] = OrderedDict()

    @property
    def name(self) -> str:
        return NAME

    @property
    def kind(self) -> str:
        return "phrases"

    def prepare(self, playbook: Playbook) -> PhraseFinder:
        """Compile a playbook's phrases, unless that is done; worth doing before its first call.

        Takes about 100 ms for a large playbook; may be called in another thread, which at worst compiles twice.
        """
        finder = self._finders.pop(playbook.digest, None) or PhraseFinder(playbook.phrases)
        self._finders[playbook.digest] = finder
        if len(self._finders) > self._max_playbooks:
            self._finders.popitem(last=False)
        return finder

    def open_call(self, playbook: Playbook) -> CallPhrases:
        return CallPhrases(self.prepare(playbook))


@dataclass(frozen=True, slots=True)
class CallPhrases:
    """The phrases of one call's playbook; remembers nothing."""

    finder: PhraseFinder

    def find(self, utterance: Utterance) -> Sequence[PhraseSignal]:
        """A PhraseSignal for every phrase of the playbook, in text order."""
        return [_signal(utterance, hit, span) for hit, span in self.finder.find(utterance.text)]

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        return self.find(utterance)

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return self.find(heard)


def _signal(utterance: Utterance, hit: Hit, span: tuple[int, int]) -> PhraseSignal:
    start_ms, end_ms = times_of(utterance, span)
    return PhraseSignal(
        utterance_id=utterance.utterance_id,
        party=utterance.party,
        label=hit.phrase.text,
        score=hit.score,
        start_ms=start_ms,
        end_ms=end_ms,
        span=span,
        quote=utterance.text[span[0] : span[1]],
        source=NAME,
        match=hit.match,
    )


def _resolve(sounds: Iterable[Hit], exact: Sequence[Hit]) -> list[Hit]:
    """The hits by sound that say something new.

    Not where the phrase itself, or a phrase that covers the place, stands written: those words were heard well. Of
    overlapping places for one phrase the likest, of phrases that sound alike in one place the likest ones.
    """
    kept: list[Hit] = []
    for hit in sorted(sounds, key=lambda hit: (-hit.score, hit.start, hit.phrase.text)):
        is_written = any(
            other.start < hit.end and hit.start < other.end
            if other.phrase.text == hit.phrase.text
            else other.start <= hit.start and hit.end <= other.end
            for other in exact
        )
        is_beaten = any(
            other.start < hit.end and hit.start < other.end
            if other.phrase.text == hit.phrase.text
            else (other.start, other.end) == (hit.start, hit.end) and other.score > hit.score
            for other in kept
        )
        if not is_written and not is_beaten:
            kept.append(hit)
    return kept


def _compile_written(phrases: Sequence[Phrase]) -> Any:
    """An automaton over spoken characters; None without phrases. The only place that touches the native library."""
    automaton: Any = import_module("ahocorasick").Automaton()
    by_chars: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase in phrases:
        chars = spoken(phrase.text).chars
        if chars:
            by_chars.setdefault(chars, []).append((phrase, len(chars)))
    if not by_chars:
        return None
    for chars, entries in by_chars.items():
        automaton.add_word(chars, tuple(entries))
    automaton.make_automaton()
    return automaton


def _compile_sounds(phrases: Sequence[Phrase]) -> _Sounds | None:
    """Phrases as columns over the syllables of all of them; None without phrases that may sound otherwise.

    A phrase is listened for as its characters read in context and as they read alone, because what was heard is read
    character by character.
    """
    columns: dict[Syllable, int] = {}
    patterns: list[_Pattern] = []
    for phrase in phrases:
        if not phrase.sounds_like:
            continue
        sounds = spoken(phrase.text).sounds
        allowed = (100 - phrase.min_score) * WHOLE * len(sounds) // 100
        max_cost = min(allowed, MAX_COST_OF_SHORT.get(len(sounds), allowed))
        alone = tuple(syllable_of(char) for char in sounds)
        for syllables in dict.fromkeys((syllables_in_context(sounds), alone)):
            places = tuple(columns.setdefault(syllable, len(columns)) for syllable in syllables)
            patterns.append(_Pattern(phrase, places, max_cost))
    return _Sounds(tuple(columns), patterns) if patterns else None
