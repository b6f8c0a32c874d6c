"""Labelled text is read as docs/labelling.md says, and what is wrong with it is told with file and line."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from assist.errors import InputError
from models.train.scenes import EntitySpan, Turn, read_corpus, read_scenes
from models.train.splits import split
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes

DATA = Path(__file__).parents[4] / "models" / "train" / "data"
GUIDE = Path(__file__).parents[4] / "docs" / "labelling.md"

SCENES = """\
# a remark
@ x-bill-01 | telecom | 多扣了钱
a  | - | neutral | greet,ask | 您好请讲
c  | complain_billing,repeat_call | angry2 | complain | 怎么又扣我[二十块](amount)，[上个月](period)就问过
c~ | query_bill | neutral | ask | 我这个月扣了多少
a  | - | neutral | hold | 您稍等

c  | other | confused1 | other | 啊
"""


def read(directory: Path, text: str) -> tuple[Turn, ...]:
    path = directory / "01-bill.scenes"
    path.write_text(text, encoding="utf-8")
    return read_scenes(path, writer="x")


def test_a_turn_knows_its_labels_and_what_the_other_party_said_last(tmp_path: Path) -> None:
    greeting, complaint, question, hold, alone = read(tmp_path, SCENES)
    assert (greeting.party, greeting.intents, greeting.acts) == ("agent", (), ("greet", "ask"))
    assert complaint.text == "怎么又扣我二十块，上个月就问过"
    assert complaint.entities == (EntitySpan("amount", 5, 8), EntitySpan("period", 9, 12))
    assert (complaint.emotion, complaint.intensity) == ("angry", 2)
    assert complaint.previous_text == question.previous_text == "您好请讲"
    assert hold.previous_text == complaint.text, "another wording is not what was said"
    assert alone.previous_text == "", "an empty line forgets"
    assert {turn.scene for turn in (greeting, alone)} == {"x-bill-01"}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("c | query_bill | neutral | ask", "5 cells"),
        ("x | query_bill | neutral | ask | 好", "begins with"),
        ("c | nonsense | neutral | ask | 好", "'nonsense'"),
        ("c | query_bill,query_bill | neutral | ask | 好", "different"),
        ("c | query_bill | neutral2 | ask | 好", "'neutral2'"),
        ("c | query_bill | angry | ask | 好", "'angry'"),
        ("c | query_bill | neutral | ask,check,ack | 好", "1 to 2"),
        ("a | query_bill | neutral | ask | 好", "agents have no intents"),
        ("c | query_bill | neutral | ask | [十块](money)", "'money'"),
        ("c | query_bill | neutral | ask | [十块](amount", "marks"),
        ("c | query_bill | neutral | ask |", "text is missing"),
        ("a~ | - | neutral | ask | 好", "same party"),
        ("@ y | space | 题", "'space'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(InputError, match=rf"01-bill\.scenes:9: .*{re.escape(what)}") as caught:
        read(tmp_path, SCENES + line + "\n")
    assert caught.value.code == "scenes-malformed"


def test_scene_names_are_not_used_twice(tmp_path: Path) -> None:
    for writer in ("x", "y"):
        (tmp_path / writer).mkdir()
        (tmp_path / writer / f"{writer}.scenes").write_text(SCENES, encoding="utf-8")
    with pytest.raises(InputError, match="x-bill-01"):
        read_corpus(tmp_path)


def test_the_guide_and_the_label_set_name_the_same_codes() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    titles = ["## Customer intents", "## Emotion", "## Dialogue acts", "## Entities", "## Splits"]
    for labels, begin, end in zip((INTENTS, EMOTIONS, ACTS, ENTITIES), titles, titles[1:], strict=False):
        section = guide[guide.index(begin) : guide.index(end)].partition("Between neighbours")[0]
        rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        assert {code for row in rows for code in re.findall(r"`(\w+)`", row)} == set(codes(labels))


def test_the_corpus_is_large_enough_and_splits_by_writer_and_scene() -> None:
    splits = split(read_corpus(DATA), DATA)
    turns = [*splits.train, *splits.development, *splits.test]
    assert len(turns) >= 5_000
    scenes = [{turn.scene for turn in part} for part in (splits.train, splits.development, splits.test)]
    assert not any(one & other for one, other in combinations(scenes, 2))
    assert not {turn.writer for turn in splits.test} & {turn.writer for turn in (*splits.train, *splits.development)}
    for code in codes(INTENTS):
        assert len({turn.text for turn in turns if turn.intents[:1] == (code,)}) >= 60, code
    for code in codes(ACTS):
        assert len({turn.text for turn in turns if code in turn.acts}) >= 60, code
    for code in codes(EMOTIONS):
        assert sum(turn.emotion == code for turn in turns) >= 60, code
