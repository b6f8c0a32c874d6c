"""Words that are said in calls for one reason clearly more often than in others.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008): a word that is rare everywhere has to be
far more frequent before it counts, and one that everybody says never does. A call has a word or has it not, so that
one customer who repeats it weighs no more than another.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

LEAST_Z = 1.96
LEAST_CALLS = 3
"""That have the word."""
MOST_WORDS = 8
"""Of one reason."""
MOST_TOLD = 4_000
"""Calls whose words are looked at, the newest."""
MOST_PRIOR_WORDS = 500.0
"""How many words of calls the prior is worth."""
PRIOR_SHARE = 0.1
"""Of all words, at most: few calls would not get a word through otherwise."""
JOINED = 0.7
"""Pairs of characters are one word where so much of the calls with either have both."""
MOST_TRIED = 48
"""Of the most telling tokens of a reason."""
FUNCTION_CHARACTERS = frozenset("的了是我你他她您们吗呢啊呀吧嘛哦噢就都也这那个一几有在给把跟和还很再某")
"""Pairs with one of them are grammar more often than words; 某 is also what a masked name reads as."""
NUMERALS = frozenset("零〇幺一二两三四五六七八九十百千万点")


@dataclass(frozen=True, slots=True)
class Word:
    """Something that customers say, and how clearly it tells their reason."""

    text: str
    calls: int
    """With this reason, that have it."""
    z: float


def distinctive_words(groups: Mapping[str, Sequence[Set[str]]]) -> Mapping[str, tuple[Word, ...]]:
    """The words of each group of calls, most telling first; a call is the set of its tokens."""
    counted = {group: _counted(calls) for group, calls in groups.items()}
    every = Counter[str]()
    for counts in counted.values():
        every.update(counts)
    all_words = every.total()
    prior_words = min(MOST_PRIOR_WORDS, PRIOR_SHARE * all_words)
    found: dict[str, tuple[Word, ...]] = {}
    for group, counts in counted.items():
        scored: list[Word] = []
        mine, others = counts.total(), all_words - counts.total()
        for token, calls in counts.items():
            if calls >= LEAST_CALLS and others > 0:
                prior = prior_words * every[token] / all_words
                z = _z((calls, mine), (every[token] - calls, others), (prior, prior_words))
                if z > LEAST_Z:
                    scored.append(Word(token, calls, round(z, 2)))
        scored.sort(key=lambda word: (-word.z, word.text))
        found[group] = _joined(scored, groups[group])
    return found


def _counted(calls: Sequence[Set[str]]) -> Counter[str]:
    """In how many calls each word is; all tokens are counted first, since each is looked at once then."""
    counts = Counter[str]()
    for call in calls:
        counts.update(call)
    return Counter({token: count for token, count in counts.items() if _is_told(token)})


def _is_told(token: str) -> bool:
    """Single characters say little, bare numbers are amounts and ends of private ones."""
    letters = frozenset(token)
    return len(token) > 1 and not token.isdigit() and not letters & FUNCTION_CHARACTERS and not letters <= NUMERALS


def _z(here: tuple[float, float], there: tuple[float, float], prior: tuple[float, float]) -> float:
    """Of the difference of log-odds; each is how often the word comes, and among how many words."""
    one, other = here[0] + prior[0], there[0] + prior[0]
    odds_here = one / (here[1] + prior[1] - one)
    odds_there = other / (there[1] + prior[1] - other)
    return (math.log(odds_here) - math.log(odds_there)) / math.sqrt(1 / one + 1 / other)


def _joined(scored: Sequence[Word], calls: Sequence[Set[str]]) -> tuple[Word, ...]:
    """Neighbouring pairs of characters put together where they nearly always come together; then the first few.

    A pair that only straddles two better words (带断 in 宽带断了) is left out.
    """
    candidates = [(word, _having(word.text, calls)) for word in scored[:MOST_TRIED]]
    told: list[Word] = []
    taken: list[tuple[str, Set[int]]] = []
    for word, have in candidates:
        if len(told) == MOST_WORDS:
            break
        if any(_straddles(word.text, have, text, there) for text, there in taken):
            continue
        text, have = _grown(word.text, have, candidates)
        taken.append((text, have))
        told.append(Word(text, len(have), word.z))
    return tuple(told)


def _grown(text: str, have: Set[int], candidates: Sequence[tuple[Word, Set[int]]]) -> tuple[str, Set[int]]:
    """The word with every pair at its ends that belongs to it, and the calls that have it then."""
    grows = True
    while grows:
        grows = False
        for other, there in candidates:
            longer = _chained(text, other.text)
            if longer is not None and len(have & there) >= JOINED * max(len(have), len(there)):
                text, have, grows = longer, have & there, True
    return text, have


def _having(token: str, calls: Sequence[Set[str]]) -> Set[int]:
    return frozenset(place for place, call in enumerate(calls) if token in call)


def _straddles(pair: str, have: Set[int], text: str, there: Set[int]) -> bool:
    """Whether a pair is part of a word that is told, or lies over its edge and mostly comes with it."""
    if pair in text:
        return True
    meets = not pair.isascii() and (pair[0] == text[-1] or pair[-1] == text[0])
    return meets and len(have & there) >= JOINED * len(have)


def _chained(text: str, pair: str) -> str | None:
    """The text with the pair at one of its ends, where they share a character; None where they do not fit."""
    if len(pair) != 2 or pair.isascii() or text.isascii() or pair in text:
        return None
    if text[-1] == pair[0]:
        return text + pair[1]
    return pair[0] + text if text[0] == pair[1] else None
