"""Writes what a recogniser heard as an utterance: spoken form with names put right, words, and a form for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from asr.text import Character, Edit, HeardWord, Scribe, edited, respelled, text_of, words_of
from asr.writing.display import rewrites_of
from asr.writing.spoken import spoken_edits
from assist.messages import Correction, Rewrite


class Corrector(Protocol):
    """Knows the names that may come up in one call."""

    def find(self, text: str, confidences: Sequence[float] | None) -> Sequence[Correction]:
        """Names to put right in a text, in text order without overlap; positions are those of ``text`` as given.

        ``confidences`` are those of its characters, 0 to 1; None where they are not known.
        """
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a segment, in both forms; times in milliseconds since its first sample."""

    text: str
    """As it was said."""
    words: tuple[HeardWord, ...]
    """Of ``text``."""
    recognised: str
    """As the recogniser wrote it, in Livecue's script."""
    display_text: str | None
    """As people write it; None: just the same."""
    rewrites: tuple[Rewrite, ...]
    corrections: tuple[Correction, ...]


class Writer:
    """Writes the transcripts of one lane. Use it in one thread."""

    def __init__(self, scribe: Scribe, corrector: Corrector | None = None) -> None:
        self._scribe = scribe
        self._corrector = corrector

    def write(self, characters: Sequence[Character], *, is_scored: bool = True) -> Written:
        """The utterance that raw characters make; ``is_scored``: their confidences mean something."""
        simplified = self._scribe.simplified(characters)
        recognised = text_of(self._scribe.punctuated(simplified))
        spoken = self._scribe.punctuated(respelled(simplified, spoken_edits(text_of(simplified))))
        confidences = [character.confidence for character in spoken] if is_scored else None
        found = self._corrections(text_of(spoken), confidences)
        corrections, edits = _placed(found)
        spoken = respelled(spoken, edits)
        text = text_of(spoken)
        rewrites = rewrites_of(text)
        display_text = edited(text, (Edit(rewrite.start, rewrite.end, rewrite.written) for rewrite in rewrites))
        return Written(
            text=text,
            words=words_of(spoken),
            recognised=recognised,
            display_text=display_text if rewrites else None,
            rewrites=rewrites,
            corrections=corrections,
        )

    def preview(self, raw: str) -> str:
        """The text of an open utterance, without a closing mark; names are put right where they sound the same."""
        simplified = self._scribe.write(raw)
        text = self._scribe.write(edited(simplified, spoken_edits(simplified)))
        _, edits = _placed(self._corrections(text, None))
        return edited(text, edits).rstrip("，。？！；：、")

    def _corrections(self, text: str, confidences: Sequence[float] | None) -> Sequence[Correction]:
        return self._corrector.find(text, confidences) if self._corrector else ()


def _placed(found: Sequence[Correction]) -> tuple[tuple[Correction, ...], tuple[Edit, ...]]:
    """The corrections where they stand once all are made, and the edits that make them."""
    corrections: list[Correction] = []
    edits: list[Edit] = []
    shift = 0
    for correction in found:
        written = edited(correction.written, spoken_edits(correction.written))
        start = correction.start + shift
        edits.append(Edit(correction.start, correction.end, written))
        moved = {"start": start, "end": start + len(written), "written": written}
        corrections.append(correction.model_copy(update=moved))
        shift += len(written) - (correction.end - correction.start)
    return tuple(corrections), tuple(edits)
