"""Places of utterances among meanings: what an archive is asked by, beside words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assist.measures import spoken_chars
from assist.messages import Party
from assist.search.document import Line
from assist.search.query import Said

MIN_CHARS = 4
"""Spoken characters below which an utterance means too little to be found by: 嗯, 好的, 可以."""
LEAST_LIKENESS = 0.4
"""Of two places, from which on one is found by the other; -1 to 1."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is to be placed."""

    text: str
    party: Party


class Placer(Protocol):
    """Puts sentences where they lie by what they mean."""

    @property
    def source(self) -> str:
        """What of the model decides where sentences lie: places of different ones cannot be compared."""
        ...

    @property
    def width(self) -> int:
        """Bytes of a place."""
        ...

    async def places(self, sentences: Sequence[Sentence], *, is_awaited: bool) -> Sequence[bytes]:
        """A vector of ``width`` signed bytes each, of length 127: the cosine of two is their product by 127².

        ``is_awaited``: somebody waits for it; otherwise it gives way to all calls. Raises UnavailableError.
        """
        ...


def sentence_of(line: Line) -> Sentence | None:
    """What an utterance is placed by, in the words in which it was said; None where it means too little."""
    text = line.spoken or line.text
    return Sentence(text, line.party) if spoken_chars(text) >= MIN_CHARS else None


def asked_sentences(said: Iterable[Said]) -> dict[Party | None, Sentence]:
    """The words that are wanted as one sentence for each party that has to have said them; None: anybody."""
    words: dict[Party | None, list[str]] = {}
    for one in said:
        words.setdefault(one.party, []).append(one.words)
    return {party: Sentence(" ".join(texts), party or "mixed") for party, texts in words.items()}
