"""The load numbers, on an invented clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backlog import Priority
from models.load import LoadMeter, percentile

FINAL, PARTIAL = Priority.FINAL, Priority.PARTIAL


def utilisation(meter: LoadMeter, now_s: float) -> float:
    return sum(meter.shares(now_s).values())


def test_percentile_is_the_nearest_rank() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([], 0.95) == 0.0


def test_idle_engine_has_no_load() -> None:
    meter = LoadMeter(workers=2)
    assert utilisation(meter, 100.0) == 0.0
    assert meter.final_wait_p95_s(100.0, []) == 0.0


def test_utilisation_is_the_busy_share_of_all_workers() -> None:
    meter = LoadMeter(workers=2, window_s=10.0)
    meter.started(0.0, FINAL, 1, [])
    meter.finished(4.0, FINAL)
    assert utilisation(meter, 8.0) == pytest.approx(0.2)


def test_the_first_batch_does_not_make_a_young_engine_look_full() -> None:
    meter = LoadMeter(workers=1, window_s=10.0)
    meter.started(0.0, FINAL, 1, [])
    meter.finished(1.0, FINAL)
    assert utilisation(meter, 1.0) == pytest.approx(0.1)


def test_a_running_batch_counts_as_busy() -> None:
    meter = LoadMeter(workers=1, window_s=10.0)
    meter.started(0.0, FINAL, 1, [])
    assert utilisation(meter, 20.0) == pytest.approx(1.0)


def test_what_lies_before_the_window_is_forgotten() -> None:
    meter = LoadMeter(workers=1, window_s=10.0)
    meter.started(0.0, FINAL, 1, [7.0])
    meter.finished(5.0, FINAL)
    assert utilisation(meter, 30.0) == pytest.approx(0.0)
    assert meter.final_wait_p95_s(30.0, []) == 0.0


def test_shares_and_costs_are_told_apart_by_priority() -> None:
    meter = LoadMeter(workers=2, window_s=10.0)
    meter.started(0.0, FINAL, 1, [])
    meter.started(0.0, PARTIAL, 4, [])
    meter.finished(2.0, PARTIAL)
    meter.finished(3.0, FINAL)
    assert meter.shares(10.0)[FINAL] == pytest.approx(3.0 / 20)
    assert meter.shares(10.0)[PARTIAL] == pytest.approx(2.0 / 20)
    assert meter.costs_s(10.0)[FINAL] == pytest.approx(3.0)
    assert meter.costs_s(10.0)[PARTIAL] == pytest.approx(0.5)
    assert meter.costs_s(10.0)[Priority.SIGNAL] == 0.0


def test_finals_that_still_wait_count_into_the_percentile() -> None:
    meter = LoadMeter(workers=1)
    meter.started(0.0, FINAL, 1, [0.1])
    assert meter.final_wait_p95_s(9.0, [9.0]) == 9.0


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.floats(0.01, 20.0)), max_size=80))
def test_utilisation_stays_a_share_and_memory_stays_bounded(pauses: list[tuple[float, float]]) -> None:
    meter = LoadMeter(workers=1, window_s=10.0, sample_limit=5)
    now_s = 0.0
    for idle_s, busy_s in pauses:
        now_s += idle_s
        meter.started(now_s, FINAL, 1, [idle_s])
        now_s += busy_s
        meter.finished(now_s, FINAL)
        assert 0.0 <= utilisation(meter, now_s) <= 1.0
    assert len(vars(meter)["_checkpoints"]) <= 62
    assert len(vars(meter)["_final_waits"]) <= 5


@pytest.mark.parametrize("bounds", [{"workers": 0}, {"workers": 1, "window_s": 0.0}, {"workers": 1, "sample_limit": 0}])
def test_bounds_are_checked(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        LoadMeter(**bounds)
