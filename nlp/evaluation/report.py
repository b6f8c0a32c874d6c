"""What ``livecue eval nlu`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.load import percentile
from nlp.evaluation.mapping import intent_groups
from nlp.evaluation.scores import binary_score
from nlp.evaluation.tasks import NOTHING, Claim, report_labels, rounded
from nlp.evaluation.trials import Answer, Examination, claim_of, judge

ANGRY = frozenset({"angry"})
NEGATIVE = frozenset({"angry", "anxious", "disappointed"})
"""Emotions that matter as one thing."""

_COMPARED = ("accuracy", "accuracy_interval", "macro_f1", "macro_f1_interval", "any_accuracy", "any_micro_f1")


@dataclass(frozen=True, slots=True)
class Trial:
    """One system's answers, one for each row of an examination."""

    system: str
    answers: Sequence[Answer]


def evaluation_report(
    examination: Examination, ours: Trial, baselines: Sequence[Trial] = (), *, worst: int = 10
) -> dict[str, Any]:
    """For ``--json``; shares from 0 to 1, ``worst`` mistakes listed."""
    dialogues = {row.dialogue for row in examination.rows}
    return {
        "task": examination.task,
        "model": ours.system,
        "unlabelled": examination.unlabelled,
        "left_out": examination.left_out,
        "dialogues": len(dialogues),
        "shared_codes": examination.mapping.shared_codes,
        **judge(examination, ours.answers).figures(),
        **_coarser(examination, ours.answers),
        "latency_ms": latency_ms(ours.answers),
        "baselines": {trial.system: _compared(examination, trial) for trial in baselines},
        "mistakes": _mistakes(examination, ours.answers, worst),
    }


def latency_ms(answers: Sequence[Answer]) -> Mapping[str, float]:
    """Of one turn after the other."""
    took_ms = [answer.took_ms for answer in answers]
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(took_ms)} | {name: round(percentile(took_ms, share), 2) for name, share in shares.items()}


def _compared(examination: Examination, trial: Trial) -> dict[str, Any]:
    figures = judge(examination, trial.answers).figures()
    return {**{name: figures[name] for name in _COMPARED}, "latency_ms": latency_ms(trial.answers)}


def _coarser(examination: Examination, answers: Sequence[Answer]) -> dict[str, Any]:
    """Groups of intents where the file has our own, and the emotions that matter."""
    match examination.task:
        case "intent":
            return _by_group(examination, answers)
        case "emotion":
            return {
                "angry_against_rest": _against_rest(ANGRY, examination, answers),
                "negative_against_rest": _against_rest(NEGATIVE, examination, answers),
            }
        case "act" | "entity":
            return {}


def _by_group(examination: Examination, answers: Sequence[Answer]) -> dict[str, Any]:
    group_of = {code: group for group, codes in intent_groups().ours.items() for code in codes}
    if not all(label in group_of for row in examination.rows for label in examination.truth(row)):
        return {}
    true = [[group_of[label] for label in examination.truth(row)] for row in examination.rows]
    claims = [claim_of("intent", answer.found) for answer in answers]
    coarse = [Claim(group_of.get(claim.label, NOTHING), claim.score, ()) for claim in claims]
    figures = report_labels("intent", true, coarse, [row.dialogue for row in examination.rows]).figures()
    return {"groups": {name: figures[name] for name in _COMPARED[:-1]}}


def _against_rest(codes: frozenset[str], examination: Examination, answers: Sequence[Answer]) -> dict[str, float]:
    """Rows whose label stands for some of the codes and for others too say nothing and are left out."""
    pairs = [
        (truth <= codes, answer.found.emotion.label in codes)
        for truth, answer in zip(examination.primary_codes(), answers, strict=True)
        if truth <= codes or not truth & codes
    ]
    return rounded(binary_score([wanted for wanted, _ in pairs], [given for _, given in pairs]))


def _mistakes(examination: Examination, answers: Sequence[Answer], limit: int) -> list[dict[str, Any]]:
    """Rows whose first label is none of the true ones, the surest first; of entities, rows with anything wrong."""
    found: list[dict[str, Any]] = []
    for row, answer in zip(examination.rows, answers, strict=True):
        said = {"line": row.line, "text": row.turn.text}
        if examination.task == "entity":
            true, given = examination.entities(row, answer.found)
            if set(true) != set(given):
                found.append({**said, "true": [list(mark) for mark in true], "found": [list(mark) for mark in given]})
            continue
        truth, claim = examination.truth(row), examination.claim(row, answer.found)
        if claim.label not in truth:
            found.append({**said, "true": list(truth), "found": claim.label, "score": round(claim.score, 3)})
    return sorted(found, key=lambda mistake: -mistake.get("score", 0.0))[:limit]
