"""Counting what is found of marked private words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import InputError
from nlp.evaluation import private_report
from nlp.evaluation.private import read_marked

MARKED = Path(__file__).parents[4] / "bench" / "private" / "pii.txt"


def test_marks_are_read_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "marked.txt"
    file.write_text("# 说明\n\nc: 我叫[王小明](person)，电话[一三八](phone_number)\n\na: 好的\n", "utf-8")
    first, second = read_marked(file)
    assert first[0].text == "我叫王小明，电话一三八"
    assert [(mark.start, mark.end, mark.kind) for mark in first[0].marks] == [(2, 5, "person"), (8, 11, "phone_number")]
    assert (second[0].party, second[0].marks) == ("agent", ())


@pytest.mark.parametrize("line", ["王小明", "c: [王小明](nobody)"])
def test_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "marked.txt"
    file.write_text(f"c: 你好\n{line}\n", "utf-8")
    with pytest.raises(InputError, match=r"marked\.txt:2"):
        read_marked(file)


def test_halves_are_every_other_dialogue() -> None:
    both = read_marked(MARKED)
    assert read_marked(MARKED, "tuning") == both[::2]
    assert read_marked(MARKED, "held-out") == both[1::2]


def test_marked_dialogues_are_as_many_as_the_document_says() -> None:
    turns = [turn for dialogue in read_marked(MARKED) for turn in dialogue]
    assert (len(turns), sum(bool(turn.marks) for turn in turns)) == (577, 307)


def test_tuning_half_stays_found() -> None:
    report = private_report(MARKED, "tuning")
    assert report["all"]["recall"] >= 0.97
    assert report["all"]["precision"] >= 0.97
    assert report["turns_without_marks_masked"] <= 1
