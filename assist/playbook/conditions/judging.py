"""Questions to a model: the section ``questions``, the operator ``judge``, and where it may stand."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from assist.playbook.conditions.reading import Scope, read_texts
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import FactDated, FactHolds, TagHolds
from assist.playbook.operators.hours import ClockShows
from assist.playbook.operators.judged import JudgedSo
from assist.playbook.operators.logic import AtLeast, all_of
from assist.playbook.operators.timing import CallLength, TurnCount
from assist.playbook.operators.window import InEnding, Within
from assist.playbook.question import UNCLEAR, Question
from assist.playbook.reader import Reader

MAX_QUESTIONS = 16
"""Of one playbook; all of a call are asked at once."""
MAX_QUESTION_CHARS = 200
MAX_ANSWER_CHARS = 20
MAX_ANSWERS = 8

_CIRCUMSTANCES = (FactHolds, FactDated, TagHolds, ClockShows, CallLength, TurnCount)
"""What tells nothing of what was said or done."""


def read_questions(node: yaml.Node, reader: Reader) -> dict[str, Question]:
    """The section ``questions`` of a playbook, in the order of the file."""
    questions: dict[str, Question] = {}
    entries = reader.entries(node, "questions")
    if len(entries) > MAX_QUESTIONS:
        raise reader.error(node, f"questions: {len(entries)} of them, {MAX_QUESTIONS} at most")
    for name, (key, value) in entries.items():
        with reader.part():
            questions[name] = _read_question(name, key, value, reader)
        questions.setdefault(name, Question(name, "", ()))
    return questions


def _read_question(name: str, key: yaml.Node, node: yaml.Node, reader: Reader) -> Question:
    what = f"question {name!r}"
    reader.name(key, what)
    fields = reader.fields(node, what, required=("ask", "answers"), optional=("sample_percent",))
    items = reader.items(fields["answers"], f"{what}: answers", least=2, most=MAX_ANSWERS)
    answers = tuple(reader.text(item, f"{what}: answers", most=MAX_ANSWER_CHARS) for item in items)
    if len(set(answers)) < len(answers):
        raise reader.error(fields["answers"], f"{what}: answers: one stands here twice")
    if UNCLEAR in answers:
        raise reader.error(fields["answers"], f"{what}: answers: {UNCLEAR!r} is always possible; leave it out")
    percent = 100
    if "sample_percent" in fields:
        percent = reader.integer(fields["sample_percent"], f"{what}: sample_percent", least=1, most=100)
    return Question(name, reader.text(fields["ask"], f"{what}: ask", most=MAX_QUESTION_CHARS), answers, percent)


def read_judge(node: yaml.Node, scope: Scope) -> Operator:
    """``judge``"""
    what = scope.named("judge")
    entries = scope.reader.entries(node, what)
    if not entries:
        raise scope.reader.error(node, f"{what}: needs a question and its answer, as `callback: 否`")
    asked: list[Operator] = []
    for name, (key, value) in entries.items():
        question = scope.questions.get(name)
        if question is None:
            known = ", ".join(sorted(scope.questions)) or "none"
            raise scope.reader.error(key, f"{what}: no question {name!r}; known are {known}")
        answers = read_texts(value, scope.reader, f"{what}: {name}")
        for answer in answers:
            if question.answers and answer not in question.answers:
                known = ", ".join(question.answers)
                raise scope.reader.error(value, f"{what}: {name}: no answer {answer!r}; known are {known}")
        asked.append(JudgedSo(question, answers, scope.min_confidence))
        scope.judges_asked.append((asked[-1], node, what))
    return asked[0] if len(asked) == 1 else all_of(tuple(asked))


def check_judges(scope: Scope, condition: Operator | None, *, is_critical: bool = False) -> None:
    """Where judges may stand: in the ``condition`` of a rule, and not as all that makes a critical flag.

    ``scope`` knows all that were read; None: none of them may stand there.
    """
    standing = [] if condition is None else list(_decided_at_close(condition))
    for operator, node, what in scope.judges_asked:
        if not any(one is operator for one in standing):
            raise scope.reader.error(
                node,
                f"{what}: is answered when the call is over; it stands in the condition of a rule, by "
                "itself or in all, any and at_least (instead of `not`, list the other answers)",
            )
    if is_critical and standing and condition is not None and not _has_other(condition):
        _, node, what = scope.judges_asked[0]
        raise scope.reader.error(
            node,
            f"{what}: may not be the only evidence of a critical flag; join it with what was said or "
            "done (`fired`, `state`, `count`, `absent`), or lower the severity",
        )


def _decided_at_close(operator: Operator) -> Iterator[JudgedSo]:
    """The judges of a condition that stand where their answer is waited for."""
    match operator:
        case JudgedSo():
            yield operator
        case AtLeast():
            for part in operator.of:
                yield from _decided_at_close(part)
        case Within() | InEnding():
            yield from _decided_at_close(operator.what)
        case _:
            pass


def _has_other(operator: Operator) -> bool:
    """Whether a condition cannot be true without something that was said or done."""
    match operator:
        case JudgedSo():
            return False
        case AtLeast():
            others = sum(map(_has_other, operator.of))
            return others > len(operator.of) - operator.least
        case Within() | InEnding():
            return _has_other(operator.what)
        case _:
            return not isinstance(operator, _CIRCUMSTANCES)
