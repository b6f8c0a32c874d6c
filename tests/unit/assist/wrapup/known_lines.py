"""Finished lines of a call, as the view keeps them."""

from __future__ import annotations

from assist.messages import Party
from assist.view import Line, LineEntity

LINE_MS = 5_000


def line(
    number: int,
    party: Party,
    text: str,
    *,
    intents: tuple[str, ...] = (),
    acts: tuple[str, ...] = (),
    **entities: tuple[str, str],
) -> Line:
    """Line u{number}; ``entities``: by label the words and their normal form."""
    return Line(
        utterance_id=f"u{number}",
        party=party,
        text=text,
        stable_chars=len(text),
        final=True,
        revision=0,
        start_ms=number * LINE_MS,
        end_ms=number * LINE_MS + 4_000,
        intents=intents,
        acts=acts,
        entities=tuple(
            LineEntity(label=label, value=value, span=(text.index(words), text.index(words) + len(words)))
            for label, (words, value) in entities.items()
        ),
    )
