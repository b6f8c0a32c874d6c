"""Whether an utterance means what some sentences mean."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages import Evidence, MeaningSignal
from assist.playbook.meaning import Meaning
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator


def labels_asked(operator: Operator) -> frozenset[str]:
    """The sets that a condition asks for, by label."""
    own = frozenset(operator.labels) if isinstance(operator, MeansLike) else frozenset[str]()
    return own.union(*(labels_asked(part) for part in operator.parts))


@dataclass(frozen=True, slots=True)
class MeansLike(Operator):
    """``means``: an utterance says what the sentences of one of some sets say, in whatever words."""

    who: Who
    min_confidence: float
    any_of: tuple[Meaning, ...]
    min_score: float
    """0 to 1"""

    def observe(self, moment: Moment) -> tuple[MeansLike, Finding]:
        utterance = moment.utterance
        if utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        labels = self.labels
        found = (one for one in moment.signals if isinstance(one, MeaningSignal))
        if not any(one.label in labels and one.score >= self.min_score for one in found):
            return self, NOTHING
        is_heard = utterance.confidence >= self.min_confidence
        return self, Finding(Truth.TRUE if is_heard else Truth.UNKNOWN, (Evidence.of(utterance),))

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(meaning.label for meaning in self.any_of)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS
