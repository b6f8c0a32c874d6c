"""The figures of a trained model on a split, beside those of the simplest baselines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.train.scenes import Turn
from models.train.understanding.run import as_text, raw_scores
from nlp.evaluation.tasks import Claim, Report, Task, report_labels, report_spans
from nlp.understanding.fusion import Float32Array
from nlp.understanding.model import Scored, Understanding, UnderstandingModel

_BATCH = 32


def understand_all(model: UnderstandingModel, turns: Sequence[Turn]) -> list[Understanding]:
    """In order."""
    return [
        found
        for at in range(0, len(turns), _BATCH)
        for found in model.understand([as_text(turn) for turn in turns[at : at + _BATCH]])
    ]


def reports(model: UnderstandingModel, turns: Sequence[Turn]) -> dict[str, Report]:
    """All four tasks; intents of customers only."""
    found = list(zip(turns, understand_all(model, turns), strict=True))
    customers = [(turn, one) for turn, one in found if turn.intents]
    return {
        "intent": report_labels(
            "intent", [t.intents for t, _ in customers], [_claim(one.intents) for _, one in customers]
        ),
        "emotion": report_labels(
            "emotion", [(t.emotion,) for t, _ in found], [_claim((one.emotion,)) for _, one in found]
        ),
        "act": report_labels("act", [t.acts for t, _ in found], [_claim(one.acts) for _, one in found]),
        "entity": report_spans(
            [[(span.label, span.start, span.end) for span in t.entities] for t, _ in found],
            [[(span.label, span.start, span.end) for span in one.entities] for _, one in found],
        ),
    }


def halves(model: UnderstandingModel, turns: Sequence[Turn]) -> dict[str, dict[str, Report]]:
    """Each half of the model alone: "encoder" and "linear" (n-grams of characters and sounds), three tasks."""
    scores = raw_scores(model, turns)
    intents, emotions, acts = model.fusion.linear_parts(scores["linear"])
    customers = np.array([bool(turn.intents) for turn in turns])
    heads = model.fusion
    wanted = [turn.intents for turn in turns if turn.intents]
    tasks: tuple[tuple[Task, tuple[str, ...], tuple[Float32Array, Float32Array], list[tuple[str, ...]]], ...] = (
        ("intent", heads.intent.labels, (scores["intent"][customers], intents[customers]), wanted),
        ("emotion", heads.emotion.labels, (scores["emotion"], emotions), [(turn.emotion,) for turn in turns]),
        ("act", heads.act.labels, (scores["act"], acts), [turn.acts for turn in turns]),
    )
    return {
        name: {task: report_labels(task, true, _bare(labels, both[half])) for task, labels, both, true in tasks}
        for half, name in enumerate(("encoder", "linear"))
    }


def _bare(labels: Sequence[str], scores: Float32Array) -> list[Claim]:
    return [Claim(labels[int(row.argmax())], 0.0, (labels[int(row.argmax())],)) for row in scores]


def _claim(scored: Sequence[Scored]) -> Claim:
    return Claim(scored[0].label, scored[0].score, tuple(one.label for one in scored), scored[0].is_sure)
