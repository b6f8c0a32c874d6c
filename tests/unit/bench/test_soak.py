"""What long work leaves behind."""

from __future__ import annotations

import pytest

from bench.load import STAGGER_S, Load, LoadSample
from bench.processes import ProcessUse
from bench.soak import PAUSE_S, SoakPlan, soak_figures

MB = 2**20


def memory(*rss_mb: float) -> Load:
    """A look every minute."""
    uses = [ProcessUse(0.0, round(rss * MB), 4) for rss in rss_mb]
    return Load([], [LoadSample(60.0 * minute, use, 0.0, 0.0, {}) for minute, use in enumerate(uses)])


def test_calls_of_a_line_follow_each_other_until_the_end() -> None:
    plan = SoakPlan(calls=2, seconds=700, call_s=300)
    first = [call for call in plan.planned_calls if call.first_recording < 3]
    assert [call.starts_s for call in first] == pytest.approx([0, 300 + PAUSE_S, 2 * (300 + PAUSE_S)])
    assert max(call.ends_s for call in plan.planned_calls) == pytest.approx(700 + STAGGER_S)
    assert all(call.duration_s > 0 for call in plan.planned_calls)


def test_memory_that_fills_at_first_and_stays_is_no_growth() -> None:
    found = soak_figures(memory(300, 600, 700, 750, 760, *[760.0, 761.0] * 12), SoakPlan(calls=1))
    assert "memory-grows" not in found["reasons"]
    assert found["max_mb"] == 761.0


def test_memory_that_grows_all_the_time_is_told() -> None:
    found = soak_figures(memory(*(500.0 + minute for minute in range(31))), SoakPlan(calls=1))
    assert "memory-grows" in found["reasons"]
    assert found["growth_mb_per_min"] == 1.0


def test_too_much_memory_is_told() -> None:
    assert "too-much-memory" in soak_figures(memory(300, 1_600, 1_600), SoakPlan(calls=1))["reasons"]
