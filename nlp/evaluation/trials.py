"""Runs of systems over labelled turns, and their scores."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assist.errors import InputError
from nlp.evaluation.mapping import LabelMapping
from nlp.evaluation.rows import LabelledTurn
from nlp.evaluation.scores import Mark
from nlp.evaluation.systems import Majority, System
from nlp.evaluation.tasks import NOTHING, Claim, Report, Task, report_labels, report_spans
from nlp.understanding.model import Scored, TurnText, Understanding

WARM_UP_TURNS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of one turn."""

    found: Understanding
    took_ms: float


@dataclass(frozen=True, slots=True)
class Examination:
    """The rows of a file that a task is judged on."""

    task: Task
    rows: Sequence[LabelledTurn]
    mapping: LabelMapping
    unlabelled: int
    """Rows without a label of this task."""
    left_out: int
    """Rows whose labels stand for nothing, and agents' turns where intents are wanted."""

    def truth(self, row: LabelledTurn) -> tuple[str, ...]:
        """The labels of a row that stand for something, in the words of the file."""
        return self.mapping.truth(row.labels or ())

    def claim(self, row: LabelledTurn, found: Understanding) -> Claim:
        """What was found, in the words of the file."""
        truth, claim = self.truth(row), claim_of(self.task, found)
        return Claim(
            self.mapping.said(claim.label, truth),
            claim.score,
            tuple(dict.fromkeys(self.mapping.said(label, truth) for label in claim.labels)),
            claim.is_sure,
        )

    def entities(self, row: LabelledTurn, found: Understanding) -> tuple[list[Mark], list[Mark]]:
        """True and found, in the words of the file; what it leaves out or does not mark is no mistake."""
        marked = row.entities or ()
        true = [mark for mark in marked if self.mapping.ours[mark[0]]]
        ignored = [mark for mark in marked if not self.mapping.ours[mark[0]]]
        kept = [
            (one.label, one.start, one.end)
            for one in found.entities
            if self.mapping.listing(one.label)
            and not any(one.start < end and start < one.end for _, start, end in ignored)
        ]
        return true, self.mapping.marks_said(kept, true)

    def majority(self) -> Majority:
        """The answer to beat: the most frequent label, by the code that fewest other labels list."""
        if self.task == "entity":
            return Majority(self.task)
        ((label, count),) = Counter(self.truth(row)[0] for row in self.rows).most_common(1)
        code = min(self.mapping.ours[label], key=lambda code: len(self.mapping.listing(code)))
        return Majority(self.task, code, count / len(self.rows))

    def primary_codes(self) -> list[frozenset[str]]:
        """Ours that the first label of each row stands for."""
        truths = [self.truth(row) for row in self.rows]
        return [self.mapping.true_codes(truth[:1]) for truth in truths]


def examine(task: Task, rows: Sequence[LabelledTurn], mapping: LabelMapping) -> Examination:
    """All labels must be in the mapping. Raises InputError "bad-labelled-text" when no row is left to judge."""
    labelled = [row for row in rows if (row.entities if task == "entity" else row.labels) is not None]
    kept = [row for row in labelled if _is_judged(task, row, mapping)]
    if not kept:
        raise InputError("No row is left to judge: no label stands for one of ours.", code="bad-labelled-text")
    return Examination(task, kept, mapping, len(rows) - len(labelled), len(labelled) - len(kept))


def _is_judged(task: Task, row: LabelledTurn, mapping: LabelMapping) -> bool:
    if task == "entity":
        return True
    return bool(mapping.truth(row.labels or ())) and (task != "intent" or row.turn.party != "agent")


def answer_all(
    system: System, turns: Sequence[TurnText], *, progress: Callable[[int], None] = lambda done: None
) -> list[Answer]:
    """One turn after the other, as a call brings them; the first ones also beforehand, which counts for nothing."""
    for turn in turns[:WARM_UP_TURNS]:
        system.understand(turn)
    answers: list[Answer] = []
    for turn in turns:
        answers.append(answer(system, turn))
        progress(len(answers))
    return answers


def answer(system: System, turn: TurnText) -> Answer:
    """With the time that it took."""
    began_s = time.perf_counter()
    found = system.understand(turn)
    return Answer(found, 1_000 * (time.perf_counter() - began_s))


def judge(examination: Examination, answers: Sequence[Answer]) -> Report:
    """Scores in the labels of the file."""
    groups = [row.dialogue for row in examination.rows]
    pairs = list(zip(examination.rows, answers, strict=True))
    if examination.task != "entity":
        claims = [examination.claim(row, answer.found) for row, answer in pairs]
        return report_labels(examination.task, [examination.truth(row) for row in examination.rows], claims, groups)
    both = [examination.entities(row, answer.found) for row, answer in pairs]
    certainty = [{(one.start, one.end): one.score for one in answer.found.entities} for answer in answers]
    return report_spans(
        [true for true, _ in both],
        [found for _, found in both],
        [[score[start, end] for _, start, end in found] for score, (_, found) in zip(certainty, both, strict=True)],
        groups,
    )


def claim_of(task: Task, found: Understanding) -> Claim:
    """What is said of one task, in our labels."""
    said: Mapping[Task, tuple[Scored, ...]] = {"intent": found.intents, "emotion": (found.emotion,), "act": found.acts}
    scored = said[task]
    if not scored:
        return Claim(NOTHING, 0.0, (), is_sure=False)
    return Claim(scored[0].label, scored[0].score, tuple(one.label for one in scored), scored[0].is_sure)
