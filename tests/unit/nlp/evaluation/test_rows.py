"""Labelled turns as files hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError
from nlp.evaluation.rows import MAX_NAMED, read_labelled
from nlp.evaluation.tasks import Task
from nlp.understanding.model import TurnText


def file_of(folder: Path, *rows: Mapping[str, object]) -> Path:
    path = folder / "turns.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", "utf-8")
    return path


def failure(path: Path, task: Task = "intent") -> InputError:
    with pytest.raises(InputError) as caught:
        read_labelled(path, task)
    assert caught.value.code == "bad-labelled-text"
    return caught.value


def test_a_row_has_a_turn_and_its_labels(tmp_path: Path) -> None:
    path = file_of(
        tmp_path, {"text": "太贵了", "previous": "办一个吧", "party": "customer", "labels": ["refuse", "hesitate"]}
    )
    (row,) = read_labelled(path, "intent")
    assert row.turn == TurnText("太贵了", "办一个吧", "customer")
    assert row.labels == ("refuse", "hesitate")
    assert row.line == 1


def test_one_file_may_hold_the_labels_of_every_task(tmp_path: Path) -> None:
    fields = {"intents": ["thank"], "emotion": "happy", "acts": ["thank", "close"], "entities": [["amount", 0, 2]]}
    path = file_of(tmp_path, {"text": "两块", **fields})
    assert read_labelled(path, "intent")[0].labels == ("thank",)
    assert read_labelled(path, "emotion")[0].labels == ("happy",)
    assert read_labelled(path, "act")[0].labels == ("thank", "close")
    assert read_labelled(path, "entity")[0].entities == (("amount", 0, 2),)


def test_another_field_may_hold_the_label(tmp_path: Path) -> None:
    path = file_of(tmp_path, {"text": "好", "label": "neutral", "da": "answer"})
    assert read_labelled(path, "act", label_field="da")[0].labels == ("answer",)


def test_labels_may_be_numbers(tmp_path: Path) -> None:
    assert read_labelled(file_of(tmp_path, {"text": "好", "label": 3}), "intent")[0].labels == ("3",)


def test_rows_without_a_label_stay_as_context(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        {"text": "您好", "labels": []},
        {"text": "查话费", "label": "query_bill"},
        {"text": "好", "label": None},
    )
    assert [row.labels for row in read_labelled(path, "intent")] == [None, ("query_bill",), None]


def test_the_turn_before_is_what_another_speaker_of_the_dialogue_said_last(tmp_path: Path) -> None:
    said = [("客服", "您好"), ("客户", "查话费"), ("客户", "快点"), ("客服", "还剩十块"), ("客户", "哦")]
    rows = [{"text": text, "speaker": who, "dialog_id": 7, "label": "other"} for who, text in said]
    path = file_of(tmp_path, *rows, {"text": "喂", "speaker": "客户", "dialog_id": 8, "label": "greet"})
    found = read_labelled(path, "intent")
    assert [row.turn.previous for row in found] == ["", "您好", "您好", "快点", "还剩十块", ""]
    assert [row.turn.party for row in found] == ["agent", "customer", "customer", "agent", "customer", "customer"]
    assert len({row.dialogue for row in found}) == 2


def test_speakers_with_names_of_their_own_are_the_given_party(tmp_path: Path) -> None:
    path = file_of(tmp_path, {"text": "走", "speaker": "刘梅", "label": "x"})
    assert read_labelled(path, "act", party="mixed")[0].turn.party == "mixed"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("not json", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is no object"),
        ('{"label": "thank"}', "there is no text"),
        ('{"text": 3, "label": "thank"}', "text is no string"),
        ('{"text": "好", "label": 3.5}', "a label is a string or a number"),
        ('{"text": "好", "labels": ["thank", ""]}', "a label is a string or a number"),
        ('{"text": "好", "label": "thank", "previous": []}', "previous is no string"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = file_of(tmp_path, {"text": "谢谢", "label": "thank"})
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    assert failure(path).message == f"turns.jsonl:3: {problem}."


@pytest.mark.parametrize(
    "entities", [3, [3], [["amount", 0]], [["amount", 0, 9]], [["amount", 1, 1]], [["amount", -1, 1]], [[1, 0, 1]]]
)
def test_an_entity_that_is_none_is_named(tmp_path: Path, entities: object) -> None:
    assert "turns.jsonl:1: " in failure(file_of(tmp_path, {"text": "两块", "entities": entities}), "entity").message


def test_every_bad_line_is_named_up_to_a_limit(tmp_path: Path) -> None:
    message = failure(file_of(tmp_path, *({"label": "thank"} for _ in range(MAX_NAMED + 5)))).message
    assert all(f"turns.jsonl:{line}: " in message for line in range(1, MAX_NAMED + 1))
    assert message.endswith("and 5 more.")


def test_a_file_without_any_label_is_no_perfect_score(tmp_path: Path) -> None:
    assert "no row with a label for emotion" in failure(file_of(tmp_path, {"text": "好"}), "emotion").message
    assert "no row" in failure(file_of(tmp_path, {"text": "好"}), "entity").message


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    assert "absent" in failure(tmp_path / "absent.jsonl").message
    (tmp_path / "sound.wav").write_bytes(b"RIFF\xff\xfe")
    assert "sound.wav" in failure(tmp_path / "sound.wav").message


def test_line_separators_inside_of_text_end_no_line(tmp_path: Path) -> None:
    path = tmp_path / "turns.jsonl"
    path.write_text('{"text": "好\u2028的\x85", "label": "agree"}\r\n', "utf-8", newline="")
    assert len(read_labelled(path, "intent")) == 1


def test_halves_of_surrogate_pairs_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "turns.jsonl"
    path.write_text('{"text": "好\\ud83d的", "label": "agree"}', "utf-8")
    assert read_labelled(path, "intent")[0].turn.text == "好?的"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from(
    ("text", "label", "labels", "previous", "party", "speaker", "dialog_id", "entities", "intents")
)


@given(st.dictionaries(FIELDS, JSON | st.just("好")), st.sampled_from(("intent", "emotion", "act", "entity")))
def test_any_row_is_read_or_refused_cleanly(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, object], task: Task
) -> None:
    path = tmp_path_factory.mktemp("rows") / "turns.jsonl"
    path.write_text(json.dumps(fields), "utf-8")
    with suppress(InputError):
        assert len(read_labelled(path, task)) == 1
