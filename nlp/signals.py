"""What signals of an utterance have in common, whichever analyser they come from."""

from __future__ import annotations

from typing import TypedDict

from assist.messages import Party, Utterance
from assist.playbook.spans import words_in

CERTAIN_WORDS = 0.6
"""Confidence of an utterance's words below which its signals are worth less, in proportion."""


class Said(TypedDict):
    """The fields that every signal of a whole utterance has."""

    utterance_id: str
    party: Party
    label: str
    score: float
    start_ms: int
    end_ms: int
    source: str


def said(utterance: Utterance, label: str, probability: float, source: str) -> Said:
    """Of a label of the utterance; words that are hardly certain count less."""
    return {
        "utterance_id": utterance.utterance_id,
        "party": utterance.party,
        "label": label,
        "score": round(probability * min(1.0, utterance.confidence / CERTAIN_WORDS), 3),
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": source,
    }


def times_of(utterance: Utterance, span: tuple[int, int]) -> tuple[int, int]:
    """When characters [from, to) of the text were spoken; the whole utterance where no word says."""
    words = words_in(utterance, span)
    return (words[0].start_ms, words[-1].end_ms) if words else (utterance.start_ms, utterance.end_ms)
