"""Words to listen for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assist.messages import PhraseSignal, Utterance


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to listen for, as written and, unless switched off, as they sound."""

    text: str
    sounds_like: bool = True
    """Whether words that sound like it count too; recognition errors are often homophones."""
    min_score: int = 85
    """Least likeness of the sound, 0 to 100."""

    def widened(self, other: Phrase) -> Phrase:
        """One phrase that is heard wherever either is."""
        scores = [phrase.min_score for phrase in (self, other) if phrase.sounds_like]
        return Phrase(self.text, bool(scores), min(scores, default=self.min_score))


Listen = Callable[[Utterance], Sequence[PhraseSignal]]
"""Finds the phrases of one playbook in what was said."""
