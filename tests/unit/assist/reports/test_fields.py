"""The dictionary of fields: nothing is told that it does not define."""

from __future__ import annotations

from typing import get_args

import pytest

from assist.messages import Event
from assist.reports.fields import FIELDS, Field
from assist.reports.figures import COUNTS, MEANS, SHARES, TIMES, WEIGHTED, cell_of
from assist.reports.report import LAYOUTS
from gateway.archive import Question

EVENT_TYPES = {one.model_fields["type"].default for one in get_args(get_args(Event)[0])}


def test_every_column_of_every_report_is_defined_and_every_definition_is_told() -> None:
    columns = {column for layout in LAYOUTS.values() for column in layout.columns}
    assert columns == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.field_id)
def test_a_definition_is_whole_in_both_languages(field: Field) -> None:
    for wording in (field.zh, field.en):
        assert wording.name
        assert wording.formula
    assert bool(field.zh.left_out) == bool(field.en.left_out)
    assert field.sources
    assert set(field.sources) <= EVENT_TYPES


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.field_id)
def test_what_finds_the_calls_of_a_figure_can_be_asked(field: Field) -> None:
    assert set(field.asked or {}) <= set(Question.model_fields)
    Question.model_validate(
        {
            name: values[0] if name in ("repeat", "called_again") else list(values)
            for name, values in (field.asked or {}).items()
        }
    )


def test_every_figure_is_worked_out_one_way_as_its_unit_says() -> None:
    figures = [*SHARES, *MEANS, *TIMES, *COUNTS, *WEIGHTED, "calls_share", "audited_score"]
    assert sorted(figures) == sorted(one for one in FIELDS if one != "words")
    for one in (*SHARES, *TIMES, *WEIGHTED, "calls_share"):
        assert FIELDS[one].unit == "share"
    assert all(cell_of(one, {}, {}).value in (0, None) for one in figures)
