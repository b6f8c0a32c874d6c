"""The finished lines of a call, in order, and the sentences in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assist.view import CallView, Line, LineEntity

MAX_QUOTE_CHARS = 80
MAX_TRANSCRIPT_CHARS = 40_000
"""Of a longer call a model is sent the beginning and the end."""

_SENTENCE = re.compile(r"[^。！？!?；;]+[。！？!?；;]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Part of a line, up to a full stop."""

    text: str
    """As spoken."""
    quote: str
    """As people write it, not longer than MAX_QUOTE_CHARS."""
    start: int
    """Its first character in the line's text."""
    entities: tuple[LineEntity, ...]
    """Those that stand in it; their spans are those of the line."""


def finals(view: CallView) -> tuple[Line, ...]:
    """What was said, in the order in which it began."""
    return tuple(line for line in view.lines if line.final and line.text.strip())


def transcript(lines: Sequence[Line]) -> str:
    """The call as a model reads it, one utterance a line with its id."""
    text = "\n".join(f"[{line.utterance_id}] {line.party}: {line.shown_text}" for line in lines)
    if len(text) <= MAX_TRANSCRIPT_CHARS:
        return text
    half = MAX_TRANSCRIPT_CHARS // 2
    return f"{text[:half]}\n…\n{text[-half:]}"


def is_customer(line: Line) -> bool:
    """Whether the customer may have said it; of a mixed leg nobody knows."""
    return line.party != "agent"


def is_agent(line: Line) -> bool:
    """Whether the agent may have said it; of a mixed leg nobody knows."""
    return line.party != "customer"


def sentences(line: Line) -> Iterator[Sentence]:
    """The sentences of a line."""
    spoken = list(_SENTENCE.finditer(line.text))
    shown = _SENTENCE.findall(line.shown_text)
    for place, found in enumerate(spoken):
        quote = shown[place] if len(shown) == len(spoken) else found.group()
        inside = (one for one in line.entities if found.start() <= one.span[0] < found.end())
        yield Sentence(found.group(), clipped(quote.strip()), found.start(), tuple(inside))


def quote_of(line: Line) -> str:
    """The line's words, as people write them."""
    return clipped(line.shown_text.strip())


def clipped(text: str) -> str:
    """A text that is not too long to quote."""
    return text if len(text) <= MAX_QUOTE_CHARS else text[: MAX_QUOTE_CHARS - 1] + "…"
