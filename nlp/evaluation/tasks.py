"""One task at a time against the truth: what ``livecue eval nlu`` and the model card report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from nlp.evaluation.scores import ClassScore, Interval, Mark, calibration_error, mean, of_text, tally
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes

Task = Literal["intent", "emotion", "act", "entity"]

CODES: Mapping[Task, tuple[str, ...]] = {
    "intent": codes(INTENTS),
    "emotion": codes(EMOTIONS),
    "act": codes(ACTS),
    "entity": codes(ENTITIES),
}
MAX_CONFUSIONS = 20
NOTHING = "-"
"""Stands for the label of what is silent."""

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """What was found in one item."""

    label: str
    """The first label."""
    score: float
    """Its probability, 0 to 1."""
    labels: tuple[str, ...]
    """All labels that were said, the first included."""
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Of one task; shares are 0 to 1."""

    task: Task
    items: int
    accuracy: float
    """First label against the first true one; of entities the micro F1 of label and span."""
    accuracy_interval: Interval
    macro_f1: float
    """Of the first label; of entities over their labels."""
    macro_f1_interval: Interval
    any_accuracy: float
    """Items whose first label is among all that are true."""
    any_micro_f1: float
    """Of all labels of an item."""
    calibration_error: float
    sure_share: float
    """Items whose first label was said without abstaining."""
    sure_accuracy: float
    per_class: dict[str, ClassScore]
    confusion: dict[str, dict[str, int]]
    """How often each first label was found where each was true; of entities, on the same characters."""

    @property
    def confusions(self) -> tuple[tuple[str, str, int], ...]:
        """True label, label found, how often; the most frequent mistakes first."""
        mistakes = Counter(
            {
                (true, found): count
                for true, others in self.confusion.items()
                for found, count in others.items()
                if true != found
            }
        )
        return tuple((*pair, count) for pair, count in mistakes.most_common(MAX_CONFUSIONS))

    def figures(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "items": self.items,
            "accuracy": round(self.accuracy, _DIGITS),
            "accuracy_interval": [round(end, _DIGITS) for end in self.accuracy_interval],
            "macro_f1": round(self.macro_f1, _DIGITS),
            "macro_f1_interval": [round(end, _DIGITS) for end in self.macro_f1_interval],
            "any_accuracy": round(self.any_accuracy, _DIGITS),
            "any_micro_f1": round(self.any_micro_f1, _DIGITS),
            "calibration_error": round(self.calibration_error, _DIGITS),
            "abstained_share": round(1 - self.sure_share, _DIGITS),
            "sure_accuracy": round(self.sure_accuracy, _DIGITS),
            "per_class": {label: rounded(score) for label, score in self.per_class.items()},
            "confusions": [list(pair) for pair in self.confusions],
            "confusion": self.confusion,
        }


def rounded(score: ClassScore) -> dict[str, float]:
    """For ``--json``."""
    return {name: round(value, _DIGITS) for name, value in asdict(score).items()}


def report_labels(
    task: Task,
    true: Sequence[Sequence[str]],
    found: Sequence[Claim],
    groups: Sequence[Hashable] | None = None,
) -> Report:
    """``true``: all labels of each item, the primary one first; ``groups``: what each belongs to, by default itself."""
    first = [labels[0] for labels in true]
    claimed = [claim.label for claim in found]
    counts = tally([of_text([label]) for label in first], [of_text([label]) for label in claimed])
    accuracy_interval, macro_interval = counts.intervals(range(len(true)) if groups is None else groups)
    is_right = [wanted == given for wanted, given in zip(first, claimed, strict=True)]
    is_sure = [claim.is_sure for claim in found]
    return Report(
        task=task,
        items=len(true),
        accuracy=mean(is_right),
        accuracy_interval=accuracy_interval,
        macro_f1=counts.macro_f1,
        macro_f1_interval=macro_interval,
        any_accuracy=mean([given in wanted for wanted, given in zip(true, claimed, strict=True)]),
        any_micro_f1=tally([of_text(labels) for labels in true], [of_text(claim.labels) for claim in found]).overall.f1,
        calibration_error=_calibration_error([claim.score for claim in found], is_right),
        sure_share=mean(is_sure),
        sure_accuracy=mean([right for right, sure in zip(is_right, is_sure, strict=True) if sure]),
        per_class=counts.per_class,
        confusion=_confusion(zip(first, claimed, strict=True)),
    )


def report_spans(
    true: Sequence[Collection[Mark]],
    found: Sequence[Sequence[Mark]],
    scores: Sequence[Sequence[float]] | None = None,
    groups: Sequence[Hashable] | None = None,
) -> Report:
    """A span counts if its label and both its ends are right; ``scores``: the probability of each one found."""
    counts = tally(true, found)
    micro_interval, macro_interval = counts.intervals(range(len(true)) if groups is None else groups)
    overall = counts.overall
    certainties = [score for several in scores or () for score in several]
    is_right = [mark in wanted for wanted, given in zip(true, found, strict=True) for mark in given]
    return Report(
        task="entity",
        items=len(true),
        accuracy=overall.f1,
        accuracy_interval=micro_interval,
        macro_f1=counts.macro_f1,
        macro_f1_interval=macro_interval,
        any_accuracy=mean([set(wanted) == set(given) for wanted, given in zip(true, found, strict=True)]),
        any_micro_f1=overall.f1,
        calibration_error=_calibration_error(certainties, is_right) if scores is not None else 0.0,
        sure_share=1.0,
        sure_accuracy=overall.precision,
        per_class=counts.per_class,
        confusion=_confusion(
            pair for wanted, given in zip(true, found, strict=True) for pair in _same_characters(wanted, given)
        ),
    )


def _same_characters(true: Collection[Mark], found: Collection[Mark]) -> list[tuple[str, str]]:
    """True label, label found, character by character of equal spans; NOTHING on the side that is silent there."""
    wanted = {(start, end): label for label, start, end in true}
    given = {(start, end): label for label, start, end in found}
    return [(wanted.get(place, NOTHING), given.get(place, NOTHING)) for place in sorted({*wanted, *given})]


def _confusion(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    table: dict[str, Counter[str]] = {}
    for wanted, given in pairs:
        table.setdefault(wanted, Counter())[given] += 1
    return {wanted: dict(sorted(table[wanted].items())) for wanted in sorted(table)}


def _calibration_error(scores: Sequence[float], is_right: Sequence[bool]) -> float:
    return calibration_error(np.array(scores, np.float64), np.array(is_right, bool))
