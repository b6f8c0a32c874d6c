"""From scores per character to spans: an entity goes on only where it began."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nlp.understanding.tags import best_tags, tagged_spans

Table = np.ndarray[tuple[int, int], np.dtype[np.float32]]
OUT, A_BEGINS, A_GOES_ON, B_BEGINS, B_GOES_ON = range(5)


def scores(*tags: int) -> Table:
    table = np.full((len(tags), 5), -4.0, np.float32)
    table[np.arange(len(tags)), tags] = 4.0
    return table


def test_runs_of_one_entity_are_spans() -> None:
    spans = tagged_spans(scores(OUT, A_BEGINS, A_GOES_ON, OUT, B_BEGINS, A_BEGINS))
    assert [(span.entity, span.start, span.end) for span in spans] == [(0, 1, 3), (1, 4, 5), (0, 5, 6)]
    assert all(0.99 < span.score <= 1 for span in spans)


def test_nothing_goes_on_that_did_not_begin() -> None:
    assert best_tags(scores(A_GOES_ON, A_GOES_ON)) != [A_GOES_ON, A_GOES_ON]
    assert best_tags(scores(A_BEGINS, B_GOES_ON)) not in ([A_BEGINS, B_GOES_ON],)
    assert tagged_spans(np.zeros((0, 5), np.float32)) == []


@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 12), st.just(5)), elements=st.floats(-20, 20, width=32)))
def test_any_scores_give_spans_in_order_without_overlap(
    table: Table,
) -> None:
    spans = tagged_spans(table)
    assert all(0 <= span.start < span.end <= len(table) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.score == pytest.approx(span.score) and 0 <= span.score <= 1.0001 for span in spans)


@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 5), st.just(5)), elements=st.floats(-9, 9, width=32)))
def test_the_best_allowed_sequence_is_found(table: Table) -> None:
    def is_allowed(tags: tuple[int, ...]) -> bool:
        before = (OUT, *tags)
        return all(tag not in (2, 4) or last in (tag - 1, tag) for last, tag in zip(before, tags, strict=False))

    def total(tags: tuple[int, ...] | list[int]) -> float:
        return float(sum(table[at, tag] for at, tag in enumerate(tags)))

    best = max((tags for tags in product(range(5), repeat=len(table)) if is_allowed(tags)), key=total)
    found = best_tags(table)
    assert is_allowed(tuple(found))
    assert total(found) == pytest.approx(total(best), abs=1e-3)
