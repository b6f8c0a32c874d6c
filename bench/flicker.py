"""How much of what was shown is taken back; pure.

* flicker: characters replaced or taken away between successive texts of an utterance, its final included / characters
  of the finals (character form of the unstable partial word ratio, arXiv 2006.01416)
* churn: the same between partials only / characters that partials showed anew
* stable revised: characters called stable that a later partial or the final replaced or took away / characters called
  stable; a character that stays stable counts once

Marks do not count: a comma that comes late takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from assist.messages import Event, PartialTranscript, Utterance


@dataclass(frozen=True, slots=True)
class Flicker:
    """Counts of characters; add them up before dividing."""

    finals: int = 0
    revised: int = 0
    """By partials and by the final."""
    shown_anew: int = 0
    """By partials."""
    revised_by_partials: int = 0
    stable: int = 0
    stable_revised: int = 0
    """Every revision of them counts, but no more than there are."""

    def __add__(self, other: Flicker) -> Flicker:
        return Flicker(
            self.finals + other.finals,
            self.revised + other.revised,
            self.shown_anew + other.shown_anew,
            self.revised_by_partials + other.revised_by_partials,
            self.stable + other.stable,
            self.stable_revised + other.stable_revised,
        )

    def report(self) -> Mapping[str, float]:
        """In percent."""
        return {
            "flicker_percent": _percent(self.revised, self.finals),
            "churn_percent": _percent(self.revised_by_partials, self.shown_anew),
            "stable_revised_percent": _percent(self.stable_revised, self.stable),
        }


def flicker(events: Iterable[Event]) -> Flicker:
    """Of the utterances of one call that had partials and became finals; events in order."""
    partials: dict[str, list[PartialTranscript]] = {}
    total = Flicker()
    for event in events:
        if isinstance(event, PartialTranscript):
            partials.setdefault(event.utterance_id, []).append(event)
        elif isinstance(event, Utterance) and event.utterance_id in partials:
            total += _of_utterance(partials.pop(event.utterance_id), event)
    return total


def taken_back(earlier: str, later: str) -> int:
    """Characters of ``earlier`` that a minimal edit to ``later`` replaces or deletes."""
    return sum(operation.tag != "insert" for operation in Levenshtein.editops(earlier, later))


def _of_utterance(partials: list[PartialTranscript], final: Utterance) -> Flicker:
    shown = [_letters(partial.text) for partial in partials]
    words = _letters(final.text)
    by_partials = sum(taken_back(earlier, later) for earlier, later in pairwise(shown))
    stable = [_letters(partial.text[: partial.stable_chars]) for partial in partials]
    revised = [taken_back(prefix, later) for prefix, later in zip(stable, [*shown[1:], words], strict=True)]
    return Flicker(
        finals=len(words),
        revised=by_partials + taken_back(shown[-1], words),
        shown_anew=sum(
            sum(operation.tag != "delete" for operation in Levenshtein.editops(earlier, later))
            for earlier, later in pairwise(["", *shown])
        ),
        revised_by_partials=by_partials,
        stable=max(map(len, stable)),
        stable_revised=min(max(map(len, stable)), sum(revised)),
    )


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
