"""How the customer's feelings went over a call."""

from __future__ import annotations

from collections.abc import Sequence

from assist.messages import EmotionSummary, FeltMoment
from assist.view import Feeling


def course_of(feelings: Sequence[Feeling]) -> EmotionSummary | None:
    """Where it began, where it was worst, where it ended; None where nothing is known of the customer."""
    felt = sorted((one for one in feelings if one.party != "agent"), key=lambda one: one.at_ms)
    if not felt:
        return None
    worst = min(felt, key=lambda one: (one.valence, -one.intensity))
    return EmotionSummary(start=_moment(felt[0]), worst=_moment(worst), end=_moment(felt[-1]))


def _moment(feeling: Feeling) -> FeltMoment:
    return FeltMoment(
        label=feeling.label, intensity=feeling.intensity, at_ms=feeling.at_ms, utterance_id=feeling.utterance_id
    )
