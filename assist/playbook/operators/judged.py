"""What a model made of the whole call."""

from __future__ import annotations

from dataclasses import dataclass

from assist.playbook.moment import AT_CLOSE, NOTHING, Finding, Moment, MomentKind, Truth
from assist.playbook.operators.base import Operator
from assist.playbook.question import Question


def questions_in(operator: Operator) -> frozenset[Question]:
    """The questions that a condition asks."""
    own = frozenset((operator.question,)) if isinstance(operator, JudgedSo) else frozenset[Question]()
    return own.union(*(questions_in(part) for part in operator.parts))


@dataclass(frozen=True, slots=True)
class JudgedSo(Operator):
    """``judge``: a question about the call was answered so, known at its end alone.

    False where it was not asked; unknown where no answer came that can be used, or where it rests on words that were
    badly heard.
    """

    question: Question
    answers: tuple[str, ...]
    min_confidence: float

    def observe(self, moment: Moment) -> tuple[JudgedSo, Finding]:
        judgement = moment.judgements.get(self.question.label) if moment.kind == "close" else None
        if judgement is None:
            return self, NOTHING
        heard = (piece.confidence for piece in judgement.evidence if piece.confidence is not None)
        if judgement.answer is None or min(heard, default=1.0) < self.min_confidence:
            return self, Finding(Truth.UNKNOWN, judgement.evidence)
        is_so = judgement.answer in self.answers
        return self, Finding(Truth.TRUE, judgement.evidence) if is_so else NOTHING

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_CLOSE
