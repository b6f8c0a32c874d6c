"""What too many calls did to the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from assist.messages import CallDegraded, Envelope
from bench.figures import TimedTurn, Window
from bench.load import STAGGER_S, Load, PlannedCall, PlayedCall
from bench.overload import OverloadPlan, overload_failings, recovery_s, stages_seen
from bench.timing import Arrival, TurnTiming
from bench.truth import Turn

AFTER = Window(100.0, 200.0)
PLAN = OverloadPlan(calls=8)


def finals(latency_ms: dict[range, float]) -> list[TimedTurn]:
    """One turn a second, its final so long after it."""
    return [
        TimedTurn(float(at_s), TurnTiming(Turn("agent", 0, 1, "好"), "heard", None, None, ms, ms, 0.0, ()))
        for seconds, ms in latency_ms.items()
        for at_s in seconds
    ]


def phase(**changes: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "final_ms": {"n": 10, "p95": 900},
        "final_growth_least": -5.0,
        "text_gap_ms": {"p95": 1_500},
        "outcomes": {"heard": 10},
    }
    return good | changes


def phases(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"before": phase(), "overload": phase(), "after": phase()} | changes


CALLS: dict[str, Any] = {
    "calls_refused": 0,
    "calls_broken": {},
    "finals_lost": 0,
    "ledger": {"adds_up": True, "shed_ms": 0, "failed_ms": 0},
}


def test_extra_calls_are_live_during_the_overload_only() -> None:
    begin_s = 7 * STAGGER_S
    assert PLAN.extra_calls == 3
    extra = PLAN.planned_calls[8:]
    assert {(call.starts_s, call.ends_s) for call in extra} == {(begin_s + 120, begin_s + 300)}
    assert {round(call.ends_s, 6) for call in PLAN.planned_calls[:8]} == {round(begin_s + 420, 6)}
    assert [call.number for call in PLAN.planned_calls] == list(range(11))


@pytest.mark.parametrize(
    ("latency_ms", "expected_s"),
    [
        ({range(90, 200): 500.0}, 0.0),
        ({range(80, 100): 9_000.0, range(100, 200): 500.0}, 8.0),
        ({range(100, 115): 3_000.0, range(115, 200): 500.0}, 17.0),
        ({range(100, 200): 3_000.0}, None),
    ],
)
def test_recovery_lasts_until_finals_stay_quick(latency_ms: dict[range, float], expected_s: float | None) -> None:
    assert recovery_s(finals(latency_ms), AFTER, 1_500) == expected_s


def test_stages_are_told_with_their_first_time() -> None:
    def impaired(at_ms: float, code: str, *, restored: bool = False) -> Arrival:
        event = CallDegraded(at_ms=0, part="partials", code=code, reason="busy", restored=restored)
        return Arrival(at_ms, Envelope(call_id="c", seq=1, at=datetime(2026, 1, 1, tzinfo=UTC), event=event))

    first = PlayedCall(PlannedCall(0, 0, 9, 0), arrivals=[impaired(5_000, "partials-thinned")])
    second = PlayedCall(
        PlannedCall(1, 0, 9, 0),
        zero_s=1.0,
        arrivals=[
            impaired(1_000, "partials-thinned", restored=True),
            impaired(3_000, "partials-thinned"),
            impaired(7_000, "endpoint-waits"),
        ],
    )
    refused = PlayedCall(PlannedCall(2, 8.5, 9, 0), failure="overloaded", is_refused=True)
    assert stages_seen(Load([first, second, refused])) == {
        "partials-thinned": 4.0,
        "endpoint-waits": 8.0,
        "calls-refused": 8.5,
    }


def test_overload_may_slow_finals_down_and_refuse_calls() -> None:
    slow = phase(final_ms={"n": 10, "p95": 4_000}, text_gap_ms={"p95": 9_000})
    seen = {"calls-refused": 0.5, "partials-thinned": 1.0, "endpoint-waits": 2.0}
    assert overload_failings(phases(overload=slow), CALLS | {"calls_refused": 3}, 12.0, seen, PLAN) == []


@pytest.mark.parametrize(
    ("figures", "calls", "recovered_s", "seen", "reasons"),
    [
        (phases(before=phase(final_ms={"n": 10, "p95": 4_000})), {}, 0.0, {}, ["not-carried-before"]),
        (phases(after=phase(outcomes={"heard": 9, "missed": 1})), {}, 0.0, {}, ["turns-missed"]),
        (phases(), {"finals_lost": 1}, 0.0, {}, ["finals-lost"]),
        (phases(), {}, None, {}, ["not-recovered"]),
        (phases(), {}, 31.0, {}, ["not-recovered"]),
        (phases(), {}, 0.0, {"endpoint-waits": 1.0, "partials-thinned": 2.0}, ["stages-out-of-order"]),
    ],
)
def test_what_an_overload_must_not_do(
    figures: dict[str, Any],
    calls: dict[str, Any],
    recovered_s: float | None,
    seen: dict[str, float],
    reasons: list[str],
) -> None:
    assert overload_failings(figures, CALLS | calls, recovered_s, seen, PLAN) == reasons
