"""Label sets of others."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError
from nlp.evaluation.mapping import intent_groups, own_labels, read_mapping, require_known
from nlp.evaluation.rows import LabelledTurn
from nlp.evaluation.tasks import CODES
from nlp.understanding.model import TurnText

MAPPING = """\
# of a bot
账单: [query_bill, complain_billing]
no: refuse
投诉: [complain_billing, complain_attitude]
闲聊: null
其余:
"""


def mapping_of(folder: Path, text: str = MAPPING) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_label_stands_for_one_of_ours_or_several_or_nothing(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_of(tmp_path), "intent")
    assert mapping.ours == {
        "账单": ("query_bill", "complain_billing"),
        "no": ("refuse",),
        "投诉": ("complain_billing", "complain_attitude"),
        "闲聊": (),
        "其余": (),
    }
    assert mapping.truth(["闲聊", "no"]) == ("no",)
    assert mapping.true_codes(["账单", "no"]) == {"query_bill", "complain_billing", "refuse"}


def test_what_is_said_is_called_as_the_row_calls_it_if_it_can_be(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_of(tmp_path), "intent")
    assert mapping.said("complain_billing", ["投诉"]) == "投诉"
    assert mapping.said("complain_billing", ["no"]) == "账单"
    assert mapping.said("greet", ["no"]) == "greet"
    assert mapping.listing("complain_billing") == ["账单", "投诉"]
    assert mapping.listing("greet") == []
    assert mapping.shared_codes == ["complain_billing"]
    assert own_labels("intent").shared_codes == []


def test_entities_are_called_as_the_same_characters_are(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_of(tmp_path, "价格: amount\n钱: [amount, discount]\n"), "entity")
    assert mapping.marks_said([("amount", 0, 2), ("amount", 4, 6)], [("钱", 0, 2)]) == [("钱", 0, 2), ("价格", 4, 6)]


def test_our_own_labels_stand_for_themselves() -> None:
    assert own_labels("emotion").said("angry", ["happy"]) == "angry"
    assert set(own_labels("act").ours) == set(CODES["act"])


def test_groups_hold_every_intent_once() -> None:
    members = [code for codes in intent_groups().ours.values() for code in codes]
    assert sorted(members) == sorted(CODES["intent"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a: refuse\nb: nonsense\nc: bad",
            "map.yaml:2: there is no intent 'nonsense'; map.yaml:3: there is no intent 'bad'",
        ),
        ("a: refuse\na: agree", "map.yaml:2: 'a' is here twice"),
        ("a: {b: c}", "map.yaml:1: a label stands for"),
        ("a: [[refuse]]", "map.yaml:1: a label stands for"),
        ("[a]: refuse", "map.yaml:1: a label stands for"),
        ("- refuse", "map.yaml:1: write one line"),
        ("", "map.yaml:1: write one line"),
        ("{}", "map.yaml:1: write one line"),
        ("a: refuse\nb: [", "not YAML: line 2"),
        ("a: *b", "not YAML: line 1"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        read_mapping(mapping_of(tmp_path, text), "intent")
    assert caught.value.code == "bad-label-mapping"
    assert problem in caught.value.message


def test_a_missing_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.yaml"):
        read_mapping(tmp_path / "absent.yaml", "intent")


@given(st.text(alphabet="ab:[]{}-&*!#\"'?|>%@, \n\t退", max_size=40))
def test_any_text_is_read_or_refused_cleanly(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = mapping_of(tmp_path_factory.mktemp("mapping"), text)
    with suppress(InputError):
        assert read_mapping(path, "intent").ours


def test_every_line_with_an_unknown_label_is_named(tmp_path: Path) -> None:
    rows = [
        LabelledTurn(TurnText("", "", "customer"), labels, None, "", line)
        for line, labels in enumerate([("refuse",), ("no", "refuse"), None, ("nope",)], 1)
    ]
    with pytest.raises(InputError) as caught:
        require_known(tmp_path / "turns.jsonl", rows, own_labels("intent"))
    assert caught.value.code == "unknown-label"
    assert caught.value.message == (
        "turns.jsonl:2: there is no label 'no'; turns.jsonl:4: there is no label 'nope'. "
        "Give a --mapping that names every label."
    )
    require_known(tmp_path / "turns.jsonl", rows[:1], own_labels("intent"))


def test_labels_of_entities_are_checked_too(tmp_path: Path) -> None:
    row = LabelledTurn(TurnText("两块", "", "customer"), None, (("money", 0, 2),), "", 5)
    with pytest.raises(InputError, match=r"turns\.jsonl:5: there is no label 'money'"):
        require_known(tmp_path / "turns.jsonl", [row], own_labels("entity"))
