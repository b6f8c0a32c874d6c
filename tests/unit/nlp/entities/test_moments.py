"""Days, times, periods, deadlines and lengths of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.calendar import resolved
from assist.numerals import read_quantity
from nlp.entities.durations import read_length
from nlp.entities.moments import read_deadline, read_moment, read_period

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("said", "symbol", "on_sunday"),
    [
        ("今天", "D+0", "2026-11-22"),
        ("昨儿", "D-1", "2026-11-21"),
        ("大前天", "D-3", "2026-11-19"),
        ("下周三", "W+1-3", "2026-11-25"),
        ("周三", "-W-3", "2026-11-25"),
        ("礼拜天", "-W-7", "2026-11-22"),
        ("周末", "-W-6", "2026-11-21"),
        ("月底", "M+0-last", "2026-11-30"),
        ("五月底", "--05-last", "2026-05-31"),
        ("年底", "Y+0-12", "2026-12"),
        ("下月一号", "M+1-01", "2026-12-01"),
        ("上个月十五号", "M-1-15", "2026-10-15"),
        ("三月", "--03", "2027-03"),
        ("三月八号", "--03-08", "2027-03-08"),
        ("六月十八", "--06-18", "2026-06-18"),
        ("十五号", "---15", "2026-11-15"),
        ("去年", "Y-1", "2025"),
        ("明年六月", "Y+1-06", "2027-06"),
        ("国庆", "--10-01", "2026-10-01"),
        ("零八年", "2008", "2008"),
        ("九八年", None, None),
        ("二零二六年五月二号", "2026-05-02", "2026-05-02"),
        ("两千零二十年", "2020", "2020"),
        ("昨晚", "D-1/evening", "2026-11-21/evening"),
        ("今晚八点", "D+0T20:00", "2026-11-22T20:00"),
        ("明天下午三点一刻", "D+1T15:15", "2026-11-23T15:15"),
        ("明天下班", "D+1/closing", "2026-11-23/closing"),
        ("下午三点半", "15:30", "15:30"),
        ("晚上八九点", "20:00", "20:00"),
        ("晚上十二点", "24:00", "24:00"),
        ("半夜一点", "01:00", "01:00"),
        ("半夜十一点", "23:00", "23:00"),
        ("中午一点", "13:00", "13:00"),
        ("八点零五", "08:05", "08:05"),
        ("四点四十", "04:40", "04:40"),
        ("15:30", "15:30", "15:30"),
        ("今天三十号", "D+0", "2026-11-22"),
        ("下月中旬", "M+1-11", "2026-12-11"),
        ("第二天", "E+1D", "E+1D"),
        ("早上九点到晚上六点", "09:00..18:00", "09:00..18:00"),
        ("明天下午三点到五点", "D+1T15:00..17:00", "2026-11-23T15:00..17:00"),
        ("周一到周五", "-W-1..-W-5", "-W-1..-W-5"),
        ("九点到", None, None),
        ("上午", "morning", "morning"),
        ("三十二号", None, None),
        ("十三月", None, None),
        ("二十五点", None, None),
        ("前年过年", None, None),
        ("三", None, None),
        ("", None, None),
    ],
)
def test_moments_are_symbols_until_the_day_of_the_call_is_known(
    said: str, symbol: str | None, on_sunday: str | None
) -> None:
    assert read_moment(said) == symbol
    assert read_moment(said, SUNDAY) == on_sunday


@pytest.mark.parametrize(
    ("said", "symbol", "on_sunday"),
    [
        ("上个月", "M-1", "2026-10"),
        ("这周", "W+0", "2026-W47"),
        ("下礼拜", "W+1", "2026-W48"),
        ("上季度", "Q-1", "2026-Q3"),
        ("四月", "--04", "2027-04"),
        ("三个月", "P3M", "P3M"),
        ("近两个月", "P2M", "P2M"),
        ("最近半年", "P6M", "P6M"),
        ("首月", "E+0M", "E+0M"),
        ("第三年", "E+2Y", "E+2Y"),
        ("这几天", None, None),
    ],
)
def test_periods_are_months_weeks_quarters_or_lengths(said: str, symbol: str | None, on_sunday: str | None) -> None:
    assert read_period(said) == symbol
    assert read_period(said, SUNDAY) == on_sunday


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ("二十四小时内", "PT24H"),
        ("三个工作日", "P3B"),
        ("一刻钟内", "PT15M"),
        ("明天下班前", "2026-11-23/closing"),
        ("今晚八点前", "2026-11-22T20:00"),
        ("月底之前", "2026-11-30"),
        ("今天之内", "2026-11-22"),
        ("尽快", None),
    ],
)
def test_deadlines_are_lengths_or_moments(said: str, by: str | None) -> None:
    assert read_deadline(said, SUNDAY) == by


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("三天", "P3D"),
        ("半个小时", "PT30M"),
        ("两个半小时", "PT2H30M"),
        ("一个半月", "P1M15D"),
        ("两年半", "P2Y6M"),
        ("大半年", "P6M"),
        ("三个季度", "P9M"),
        ("俩礼拜", "P2W"),
        ("十来天", "P10D"),
        ("两个点", "PT2H"),
        ("四月", None),
        ("几个月", None),
        ("一上午", None),
        ("零天", None),
    ],
)
def test_lengths_of_time_are_iso_durations(said: str, length: str | None) -> None:
    assert read_length(said) == length


@given(st.integers(1, 999))
def test_days_that_are_said_are_the_same_days(count: int) -> None:
    assert read_length(f"{read_quantity(str(count))}天") == f"P{count}D"


@given(st.integers(0, 23), st.integers(0, 59))
def test_hours_and_minutes_that_are_said_are_the_same(hour: int, minute: int) -> None:
    minutes = ("零" if 0 < minute < 10 else "") + (read_quantity(str(minute)) + "分" if minute else "")
    assert read_moment(f"{read_quantity(str(hour))}点{minutes}") == f"{hour:02}:{minute:02}"


@given(DAYS, st.integers(1, 31))
def test_a_bare_day_is_the_nearest_one(today: date, day: int) -> None:
    found = date.fromisoformat(resolved(f"---{day:02}", today))
    assert found.day == day
    assert abs(found - today) <= timedelta(31)


@given(DAYS, st.integers(1, 7))
def test_a_bare_weekday_is_at_most_three_days_away(today: date, weekday: int) -> None:
    found = date.fromisoformat(resolved(f"-W-{weekday}", today))
    assert found.isoweekday() == weekday
    assert abs(found - today) <= timedelta(3)


@given(DAYS, st.integers(-12, 12))
def test_the_last_day_of_a_month_is_followed_by_a_first(today: date, away: int) -> None:
    last = date.fromisoformat(resolved(f"M{away:+}-last", today))
    assert (last + timedelta(1)).day == 1
    assert resolved(f"M{away:+}", today) == last.isoformat()[:7]


@pytest.mark.parametrize("symbol", ["--02-30", "M+0-31", "2026-05-02", "nonsense"])
def test_what_is_no_day_stays_as_it_is(symbol: str) -> None:
    assert resolved(symbol, SUNDAY.date()) == symbol


@pytest.mark.parametrize(
    ("symbol", "today"),
    [
        ("M+0-last", date(9999, 12, 1)),
        ("D+1", date(9999, 12, 31)),
        ("W-2-1", date(1, 1, 1)),
        ("-W-7", date(1, 1, 1)),
    ],
)
def test_a_day_beyond_the_calendar_stays_a_symbol(symbol: str, today: date) -> None:
    assert resolved(symbol, today) == symbol
