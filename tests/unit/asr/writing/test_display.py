"""The form people read, against a table judged by hand."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.text import Edit, edited
from asr.writing.display import rewrites_of

TABLE = Path(__file__).parents[3] / "fixtures" / "writing" / "display.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def displayed(text: str) -> str:
    return edited(text, (Edit(rewrite.start, rewrite.end, rewrite.written) for rewrite in rewrites_of(text)))


def test_the_table_is_large_enough_to_judge_by() -> None:
    assert len(ROWS) >= 150


@pytest.mark.parametrize(("spoken", "shown"), ROWS)
def test_spoken_text_is_shown_as_people_write_it(spoken: str, shown: str) -> None:
    assert displayed(spoken) == shown


@pytest.mark.parametrize(
    ("spoken", "kind"),
    [
        ("一百二十八元", "amount"),
        ("二十G", "number"),
        ("百分之二十", "percent"),
        ("三月份", "date"),
        ("两点半", "time"),
        ("幺三八零零一三八零零零", "phone"),
        ("尾号八二一三", "digits"),
    ],
)
def test_a_rewrite_says_what_kind_of_thing_it_is(spoken: str, kind: str) -> None:
    assert [rewrite.kind for rewrite in rewrites_of(spoken)] == [kind]


numerals = st.text(st.sampled_from("零一二两三四五六七八九十百千万亿点半幺元块兆G个月号年分之第几多，的"), max_size=24)


@given(numerals)
def test_rewrites_lie_in_order_without_overlap_and_change_something(text: str) -> None:
    rewrites = rewrites_of(text)
    ends = [0, *(rewrite.end for rewrite in rewrites)]
    for rewrite, last_end in zip(rewrites, ends, strict=False):
        assert last_end <= rewrite.start < rewrite.end <= len(text)
        assert rewrite.written != text[rewrite.start : rewrite.end]


@given(numerals)
def test_numbers_never_run_together(text: str) -> None:
    rewrites = rewrites_of(text)
    for rewrite, following in pairwise(rewrites):
        if rewrite.end == following.start:
            assert following.written.startswith(" ")
