"""Text as the tokens of a full-text index: pairs of neighbouring Han characters, whole words of other scripts.

An index that knows words misses those its lexicon lacks, and one of three characters misses most Chinese words, which
have two. With pairs a word of two characters is one token, a longer one is a phrase, and no lexicon is needed. The last
character of a run stands alone as well, so that a single character is found as the beginning of a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BREAK = "¶"
"""The token between two utterances: no phrase goes over it, and nobody can ask for it."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Token:
    """Characters [start, end) of the text it comes from."""

    text: str
    start: int
    end: int
    is_tail: bool = False
    """The last character of a run of Han characters."""


def tokens(text: str) -> Iterator[Token]:
    """In the order of the text; letters are small and of half width, all else is left out."""
    folded = fold(text)
    for run in _RUN.finditer(folded):
        start, end = run.span()
        if run.lastgroup is None:
            yield Token(run.group(), start, end)
            continue
        for at in range(start, end - 1):
            yield Token(folded[at : at + 2], at, at + 2)
        yield Token(folded[end - 1], end - 1, end, is_tail=True)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand one after the other."""

    tokens: tuple[str, ...]
    is_prefix: bool
    """The last of them is the beginning of a token: a phrase of a single Han character at its end."""


def phrase_of(text: str) -> Phrase | None:
    """What an index is asked for words in this order; None where there is nothing to ask for."""
    found = list(tokens(text))
    if not found:
        return None
    follows = len(found) > 1 and found[-2].end == found[-1].end
    if found[-1].is_tail and follows:
        return Phrase(tuple(token.text for token in found[:-1]), is_prefix=False)
    return Phrase(tuple(token.text for token in found), is_prefix=found[-1].is_tail)


def spans_of(phrase: Phrase, found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Characters [start, end) of a text, given as its tokens, at which the phrase stands; in order."""
    wanted = phrase.tokens
    for at in range(len(found) - len(wanted) + 1):
        here = found[at : at + len(wanted)]
        if all(token.text == one for token, one in zip(here[:-1], wanted[:-1], strict=True)):
            last = here[-1]
            if last.text == wanted[-1]:
                yield here[0].start, last.end
            elif phrase.is_prefix and last.text.startswith(wanted[-1]):
                yield here[0].start, last.start + len(wanted[-1])


def fold(text: str) -> str:
    """Small letters of half width; one character for one, so that positions stay those of the text."""
    narrow = text.translate(_HALF_WIDTH)
    small = narrow.lower()
    if len(small) == len(text):
        return small
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in narrow)
