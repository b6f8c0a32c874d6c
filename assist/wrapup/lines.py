"""The finished lines of a call, in order, and the sentences in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assist.view import CallView, Line, LineEntity

MAX_QUOTE_CHARS = 80

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
