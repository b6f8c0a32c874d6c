"""Periods of reports, and how they are put together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assist.errors import InputError
from assist.reports.report import DEFAULT_DAYS, MOST_DAYS, MOST_ROWS, Period, by_of, group_of, period_of, report_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 9, 17, tzinfo=UTC)
"""One in the morning of the tenth in China."""


def test_a_period_is_whole_days_of_the_zone_both_included() -> None:
    found = period_of(date(2026, 3, 1), date(2026, 3, 2), zone=ZONE, now=NOW)
    assert found.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert found.before == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_a_period_that_nobody_names_ends_today() -> None:
    found = period_of(None, None, zone=ZONE, now=NOW)
    assert found.before == datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert found.before - found.since == timedelta(days=DEFAULT_DAYS)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2026, 3, 2) - timedelta(days=MOST_DAYS), date(2026, 3, 2)),
        (date.max, date.max),
        (date.min, date.min),
        (None, date.min),
    ],
)
def test_a_period_that_is_none_is_refused(first: date | None, last: date) -> None:
    with pytest.raises(InputError) as caught:
        period_of(first, last, zone=ZONE, now=NOW)
    assert caught.value.code == "report-bad-period"


def test_rows_that_a_report_does_not_have_are_refused() -> None:
    assert by_of("service", None) == "agent"
    with pytest.raises(InputError) as caught:
        by_of("service", "rule")
    assert caught.value.code == "report-bad-rows"


def test_weeks_keep_whole_days_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    period = period_of(date(2026, 3, 25), date(2026, 4, 7), zone=berlin, now=NOW)
    weeks = period.weeks(berlin)
    assert [week.since.astimezone(berlin).isoformat() for week in weeks] == [
        "2026-03-25T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
        "2026-04-06T00:00:00+02:00",
    ]
    assert weeks[0].before == weeks[1].since
    assert weeks[-1].before == period.before


def test_rows_beyond_the_bound_are_cut_and_said_to_be() -> None:
    period = Period(NOW, NOW + timedelta(days=1))
    groups = [group_of("agent", str(number), "", {"calls": 1}) for number in range(MOST_ROWS + 1)]
    found = report_of("quality", "agent", period, {}, total={}, groups=groups, words={}, words_of=0)
    assert (len(found.rows), found.is_cut) == (MOST_ROWS, True)


def test_a_row_without_an_agent_is_found_by_nothing() -> None:
    period = Period(NOW, NOW + timedelta(days=1))
    groups = [group_of("agent", None, "", {}), group_of("agent", "8001", "", {})]
    found = report_of("quality", "agent", period, {"team": ("t",)}, total={}, groups=groups, words={}, words_of=0)
    assert found.rows[0].asked is None
    assert found.rows[1].asked == {
        "team": ("t",),
        "since": ("2026-03-09T17:00:00+00:00",),
        "before": ("2026-03-10T17:00:00+00:00",),
        "agent": ("8001",),
    }
