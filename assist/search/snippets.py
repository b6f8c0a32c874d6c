"""The words of a found call that show why it was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assist.messages import Party
from assist.search.document import Line
from assist.search.query import Said
from assist.search.tokens import Phrase, fold, phrase_of, spans_of, tokens

MAX_SNIPPETS = 3
"""Of one call."""
AROUND_CHARS = 40
"""Of a long utterance, on either side of the first words that were looked for."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """An utterance, or the part of it around what was looked for."""

    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    """Characters [from, to) of ``text`` that were looked for, in order without overlap."""
    is_cut: bool = False
    """It is not the whole utterance."""
    score: float | None = None
    """Likeness of its meaning, 0 to 1; None where it was found by its words."""


def snippets_of(lines: Iterable[Line], said: Iterable[Said]) -> tuple[Snippet, ...]:
    """At most MAX_SNIPPETS utterances that hold the words: those with the most different ones, in the call's order."""
    wanted = [(one.party, phrase) for one in said if (phrase := phrase_of(one.words)) is not None]
    found: list[tuple[int, int, Snippet]] = []
    for place, line in enumerate(lines):
        phrases = [phrase for party, phrase in wanted if party in (None, line.party)]
        for text in dict.fromkeys((line.text, line.spoken or line.text)):
            kinds, marks = _marks(text, phrases)
            if marks:
                found.append((kinds, place, cut(line, text, marks)))
                break
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:MAX_SNIPPETS]
    return tuple(snippet for _, _, snippet in sorted(best, key=lambda one: one[1]))


def cut(line: Line, text: str, marks: Sequence[tuple[int, int]], *, score: float | None = None) -> Snippet:
    """The part of a line's text around its first mark; all of it where that is short."""
    first = marks[0][0] if marks else 0
    start = max(0, first - AROUND_CHARS)
    end = min(len(text), (marks[0][1] if marks else 0) + 2 * AROUND_CHARS)
    shown = tuple((low - start, min(high, end) - start) for low, high in marks if low < end)
    is_cut = (start, end) != (0, len(text))
    return Snippet(line.utterance_id, line.party, line.start_ms, line.end_ms, text[start:end], shown, is_cut, score)


def _marks(text: str, phrases: Iterable[Phrase]) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How many of the phrases a text holds, and where."""
    folded = fold(text)
    likely = [phrase for phrase in phrases if all(token in folded for token in phrase.tokens)]
    if not likely:
        return 0, ()
    found = list(tokens(text))
    spans = [list(spans_of(phrase, found)) for phrase in likely]
    return sum(map(bool, spans)), tuple(_merged(sorted(span for some in spans for span in some)))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is None:
            last = start, end
        elif start <= last[1]:
            last = last[0], max(last[1], end)
        else:
            yield last
            last = start, end
    if last is not None:
        yield last
