"""By when a promise is due, from the normal forms of times."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.wrapup.due import MOST_DAYS, due_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("PT24H", "2026-11-24T10:00:00"),
        ("PT30M", "2026-11-23T10:30:00"),
        ("P3D", "2026-11-26T23:59:59"),
        ("P1DT12H", "2026-11-24T23:59:59"),
        ("P5B", "2026-11-30T23:59:59"),
        ("P1W", "2026-11-30T23:59:59"),
        ("P1M", "2026-12-23T23:59:59"),
        ("D+1", "2026-11-24T23:59:59"),
        ("D+1/closing", "2026-11-24T18:00:00"),
        ("D+1T15:30", "2026-11-24T15:30:00"),
        ("D+0/morning", "2026-11-23T12:00:00"),
        ("15:00", "2026-11-23T15:00:00"),
        ("04:00", "2026-11-23T16:00:00"),
        ("24:00", "2026-11-23T23:59:59"),
        ("15:00..17:00", "2026-11-23T17:00:00"),
        ("D+1T15:00..17:00", "2026-11-24T17:00:00"),
        ("evening", "2026-11-23T23:59:59"),
        ("-W-3", "2026-11-25T23:59:59"),
        ("-W-1", "2026-11-23T23:59:59"),
        ("W+1", "2026-12-06T23:59:59"),
        ("W+1-3", "2026-12-02T23:59:59"),
        ("M+0-last", "2026-11-30T23:59:59"),
        ("M+1", "2026-12-31T23:59:59"),
        ("---15", "2026-12-15T23:59:59"),
        ("---31", "2026-12-31T23:59:59"),
        ("--03-08", "2027-03-08T23:59:59"),
        ("--02-last", "2027-02-28T23:59:59"),
        ("--11", "2026-11-30T23:59:59"),
        ("Q+0", "2026-12-31T23:59:59"),
        ("Y+1", "2027-12-31T23:59:59"),
        ("2026-12-01", "2026-12-01T23:59:59"),
    ],
)
def test_a_time_to_come_is_a_moment_in_the_hotlines_zone(value: str, expected: str) -> None:
    due = due_at(value, MONDAY)
    assert due is not None
    assert due.replace(tzinfo=None).isoformat() == expected
    assert due.tzinfo is SHANGHAI


@pytest.mark.parametrize(
    "value", ["D-1", "M-1", "2026-11-22", "E+1D", "P", "P99Y", "gibberish", "", "25:99", "2026-13-01"]
)
def test_what_is_over_unknown_or_no_time_is_never_due(value: str) -> None:
    assert due_at(value, MONDAY) is None


def test_a_clock_that_was_passed_means_the_next_day() -> None:
    evening = datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI)
    assert due_at("15:00", evening) == datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)


@given(
    st.one_of(
        st.from_regex(r"P(\d{1,3}[YMWDB])?(T\d{1,3}[HMS])?", fullmatch=True),
        st.from_regex(r"([DWMQY][+-]\d{1,2}|--\d\d(-\d\d)?|---\d\d|-W-\d)([T/](\d\d:\d\d|morning))?", fullmatch=True),
        st.text(max_size=12),
    ),
    st.integers(0, 10_000).map(lambda hours: MONDAY + timedelta(hours=hours)),
)
def test_a_due_time_is_never_past_and_never_absurdly_far(value: str, said_at: datetime) -> None:
    due = due_at(value, said_at)
    assert due is None or said_at <= due <= said_at + timedelta(MOST_DAYS)
