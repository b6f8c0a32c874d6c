"""Systems over labelled turns, and what is printed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from assist.errors import InputError
from nlp.evaluation import Answer, Trial, answer_all, evaluation_report, examine, judge
from nlp.evaluation.mapping import LabelMapping, intent_groups, own_labels
from nlp.evaluation.rows import LabelledTurn
from nlp.evaluation.scores import Mark
from nlp.evaluation.tasks import Task
from nlp.evaluation.trials import WARM_UP_TURNS
from nlp.understanding.model import FoundEntity, Scored, TurnText, Understanding

CALM = Scored("neutral", 0.9)


def row(line: int, *labels: str, party: str = "customer", entities: Sequence[Mark] | None = None) -> LabelledTurn:
    marks = None if entities is None else tuple(entities)
    return LabelledTurn(TurnText(f"第{line}句", "", party), labels or None, marks, f"d{line}", line)


def said(
    *intents: str, emotion: str = "neutral", act: str = "inform", entities: Sequence[FoundEntity] = ()
) -> Understanding:
    scored = tuple(Scored(label, 0.8 - place / 10) for place, label in enumerate(intents))
    return Understanding(scored, Scored(emotion, 0.6), 1, (Scored(act, 0.7),), tuple(entities))


def report(
    task: Task, rows: Sequence[LabelledTurn], found: Sequence[Understanding], mapping: LabelMapping
) -> dict[str, Any]:
    examination = examine(task, rows, mapping)
    return evaluation_report(examination, Trial("ours@1", [Answer(one, 5.0) for one in found]))


@dataclass
class Recorder:
    """A system that says one thing and remembers what it was asked."""

    asked: list[TurnText]
    name: str = "recorder"

    def understand(self, turn: TurnText) -> Understanding:
        self.asked.append(turn)
        return said("thank")


def test_turns_are_answered_one_by_one_after_a_warm_up() -> None:
    system, turns, done = Recorder([]), [TurnText(str(place), "", "customer") for place in range(5)], list[int]()
    answers = answer_all(system, turns, progress=done.append)
    assert system.asked == [*turns[:WARM_UP_TURNS], *turns]
    assert done == [1, 2, 3, 4, 5]
    assert all(answer.took_ms >= 0 for answer in answers)


def test_rows_without_label_with_nothing_to_stand_for_and_intents_of_agents_are_not_judged() -> None:
    rows = [row(1, "no"), row(2), row(3, "闲聊"), row(4, "no", party="agent")]
    mapping = LabelMapping({"no": ("refuse",), "闲聊": ()})
    examination = examine("intent", rows, mapping)
    assert [one.line for one in examination.rows] == [1]
    assert (examination.unlabelled, examination.left_out) == (1, 2)
    with pytest.raises(InputError, match="No row is left") as caught:
        examine("intent", rows[2:], mapping)
    assert caught.value.code == "bad-labelled-text"


def test_scores_are_in_the_labels_of_the_file() -> None:
    mapping = LabelMapping({"不要": ("refuse", "price_objection"), "要": ("agree",)})
    found = [said("price_objection"), said("hesitate"), said("agree")]
    result = judge(
        examine("intent", [row(1, "不要"), row(2, "要"), row(3, "要")], mapping), [Answer(one, 1.0) for one in found]
    )
    assert result.accuracy == pytest.approx(2 / 3)
    assert result.confusion == {"不要": {"不要": 1}, "要": {"hesitate": 1, "要": 1}}


def test_a_model_that_says_nothing_is_wrong() -> None:
    found = report("intent", [row(1, "refuse")], [said()], own_labels("intent"))
    assert (found["accuracy"], found["abstained_share"]) == (0.0, 1.0)


def test_intents_are_also_judged_by_group_where_the_file_has_ours() -> None:
    rows, found = [row(1, "query_bill"), row(2, "refuse")], [said("query_usage"), said("agree")]
    assert report("intent", rows, found, own_labels("intent"))["groups"] == {
        "accuracy": 0.5,
        "accuracy_interval": [0.0, 1.0],
        "macro_f1": 0.5,
        "macro_f1_interval": [0.0, 1.0],
        "any_accuracy": 0.5,
    }
    assert "groups" not in report("intent", [row(1, "query_account")], found[:1], intent_groups())


def test_anger_and_negative_feelings_are_each_judged_against_the_rest() -> None:
    rows = [row(1, "angry"), row(2, "anxious"), row(3, "happy"), row(4, "mixed")]
    mapping = LabelMapping({**own_labels("emotion").ours, "mixed": ("angry", "neutral")})
    found = report("emotion", rows, [said(emotion=e) for e in ("angry", "angry", "neutral", "angry")], mapping)
    assert found["angry_against_rest"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1}
    assert found["negative_against_rest"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 2}


def test_entities_that_a_file_does_not_mark_are_no_mistakes() -> None:
    mapping = LabelMapping({"钱": ("amount",), "号": ()})
    rows = [row(1, entities=[("钱", 0, 2), ("号", 3, 5)])]
    found = said(
        entities=[FoundEntity("amount", 0, 2, 0.9), FoundEntity("amount", 4, 6, 0.5), FoundEntity("plan", 6, 8, 0.9)]
    )
    assert report("entity", rows, [found], mapping)["accuracy"] == 1.0


def test_mistakes_are_listed_with_their_line_the_surest_first() -> None:
    rows = [row(3, "angry"), row(7, "happy"), row(9, "neutral")]
    found = [
        Understanding((), Scored(label, score), 1, (), ())
        for label, score in (("happy", 0.4), ("angry", 0.9), ("neutral", 1.0))
    ]
    listed = report("emotion", rows, found, own_labels("emotion"))["mistakes"]
    assert listed == [
        {"line": 7, "text": "第7句", "true": ["happy"], "found": "angry", "score": 0.9},
        {"line": 3, "text": "第3句", "true": ["angry"], "found": "happy", "score": 0.4},
    ]


def test_rows_with_wrong_entities_are_listed() -> None:
    listed = report("entity", [row(1, entities=[("amount", 0, 1)])], [said()], own_labels("entity"))["mistakes"]
    assert listed == [{"line": 1, "text": "第1句", "true": [["amount", 0, 1]], "found": []}]


def test_the_majority_is_called_by_the_code_that_fewest_other_labels_list() -> None:
    mapping = LabelMapping({"问": ("request", "ask"), "求": ("request",), "办": ("instruct", "request")})
    examination = examine("act", [row(1, "问"), row(2, "求"), row(3, "问")], mapping)
    found = examination.majority().understand(TurnText("", "", "customer"))
    assert (found.acts[0].label, round(found.acts[0].score, 2)) == ("ask", 0.67)
    answers = answer_all(examination.majority(), [one.turn for one in examination.rows])
    assert judge(examination, answers).accuracy == pytest.approx(2 / 3)


def test_baselines_stand_beside_the_model() -> None:
    rows = [row(1, "ask"), row(2, "answer"), row(3, "ask")]
    examination = examine("act", rows, own_labels("act"))
    majority = examination.majority()
    answers = answer_all(majority, [one.turn for one in rows])
    found = evaluation_report(
        examination,
        Trial("ours@1", [Answer(said(act=a), 5.0) for a in ("ask", "answer", "ask")]),
        [Trial(majority.name, answers)],
    )
    assert found["accuracy"] == 1.0
    assert found["baselines"]["majority"]["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["latency_ms"] == {"n": 3, "p50": 5.0, "p95": 5.0, "p99": 5.0, "max": 5.0}
