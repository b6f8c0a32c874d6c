"""A load turned into figures, and the verdict on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from assist.messages import CallDegraded, Envelope, Event, LegLedger, PartialTranscript
from bench.figures import MB, Targets, Window, call_figures, failings, memory_figures, timed_turns, window_figures
from bench.load import Load, LoadSample, PlannedCall, PlayedCall
from bench.processes import ProcessUse
from bench.timing import Arrival
from bench.truth import Turn
from gateway.client import CallResult
from tests.support.fakes import utterance

CALL_S = 120.0
WINDOW = Window(0.0, CALL_S)
TURN_EVERY_MS = 10_000


def ledger(**changes: int) -> LegLedger:
    whole = {"received_ms": 120_000, "transcribed_ms": 24_000, "silence_ms": 96_000, "gaps_ms": 0}
    return LegLedger.model_validate({"party": "customer", **whole, **changes})


def result(**changes: int) -> CallResult:
    return CallResult("c1", "hangup", (ledger(**changes),), 0, 0, 1, ())


def sample(at_s: float, *, rss_mb: float = 500.0, server_s: float = 0.0, busy_s: float = 0.0) -> LoadSample:
    return LoadSample(at_s, ProcessUse(server_s, round(rss_mb * MB), 4), at_s / 100, busy_s, {})


def arrival(at_ms: float, event: Event) -> Arrival:
    return Arrival(at_ms, Envelope(call_id="c1", seq=1, at=datetime(2026, 1, 1, tzinfo=UTC), event=event))


def said(number: int, final_ms: float) -> tuple[Turn, Sequence[Arrival]]:
    """A turn of two seconds with one partial in its middle, its final so long after its end."""
    start_ms = number * TURN_EVERY_MS
    partial = PartialTranscript(
        utterance_id=f"customer-{number}",
        party="customer",
        revision=1,
        text="你",
        stable_chars=1,
        start_ms=start_ms,
        end_ms=start_ms + 900,
    )
    final = utterance("customer", number, "你好", start_ms, start_ms + 2_000)
    arrivals = [arrival(start_ms + 1_000, partial), arrival(start_ms + 2_000 + final_ms, final)]
    return Turn("customer", start_ms, start_ms + 2_000, "你好"), arrivals


def load(finals_ms: Sequence[float], **changes: int) -> Load:
    """One call of two minutes that began at once."""
    said_turns = [said(number, final_ms) for number, final_ms in enumerate(finals_ms)]
    call = PlayedCall(
        PlannedCall(0, 0.0, CALL_S, 0),
        turns=[turn for turn, _ in said_turns],
        arrivals=[arrival for _, arrivals in said_turns for arrival in arrivals],
        result=result(**changes),
    )
    samples = [sample(at_s, server_s=at_s / 2, busy_s=at_s) for at_s in range(0, 121, 5)]
    return Load([call], samples, [(1.0, 2.0), (200.0, 900.0)])


def judged(made: Load, targets: Targets | None = None) -> tuple[Any, Any, Sequence[str]]:
    targets = targets or Targets()
    figures, calls = window_figures(made, WINDOW, timed_turns(made), targets), call_figures(made)
    return figures, calls, failings(figures, calls, targets)


def test_steady_quick_finals_pass() -> None:
    figures, calls, reasons = judged(load([500.0] * 12))
    assert reasons == []
    assert figures["final_ms"]["p95"] == 500
    assert figures["outcomes"] == {"heard": 12}
    assert (calls["calls_refused"], calls["ledger"]["adds_up"]) == (0, True)


def test_processor_time_is_told_apart_by_who_used_it() -> None:
    figures, _, _ = judged(load([500.0] * 12))
    assert figures["cpu"] == {"server_cores": 0.5, "clients_cores": 0.01, "others_cores": 0.49}
    assert figures["client_delay_ms"]["max"] == 2


@pytest.mark.parametrize(
    ("finals_ms", "reasons"),
    [
        ([1_600.0] * 12, ["finals-late"]),
        ([300.0 + 100 * number for number in range(12)], ["finals-later-and-later"]),
        ([], ["no-finals"]),
    ],
)
def test_late_finals_fail(finals_ms: list[float], reasons: list[str]) -> None:
    assert judged(load(finals_ms))[2] == reasons


def test_turns_without_new_text_for_too_long_fail() -> None:
    figures, _, reasons = judged(load([500.0] * 12), Targets(text_gap_p95_ms=900))
    assert reasons == ["text-gaps"]
    assert figures["text_gap_over_target_percent"] == 100.0


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"silence_ms": 95_000, "gaps_ms": 1_000, "shed_ms": 1_000}, ["audio-shed"]),
        ({"silence_ms": 95_000, "gaps_ms": 1_000, "failed_ms": 1_000}, ["finals-failed"]),
        ({"silence_ms": 95_000}, ["ledger-wrong"]),
        ({"received_ms": 100_000, "silence_ms": 76_000}, ["ledger-wrong"]),
    ],
)
def test_sound_that_was_not_heard_fails(changes: dict[str, int], reasons: list[str]) -> None:
    assert judged(load([500.0] * 12, **changes))[2] == reasons


def test_refused_and_broken_calls_fail_and_refused_ones_are_not_timed() -> None:
    made = load([500.0] * 12)
    plan = PlannedCall(1, 0.0, CALL_S, 0)
    turns = made.calls[0].turns
    made.calls.append(PlayedCall(plan, turns=turns, failure="overloaded", is_refused=True))
    made.calls.append(PlayedCall(plan, result=replace(result(), resumes=1)))
    figures, calls, reasons = judged(made)
    assert reasons == ["calls-refused", "calls-broken"]
    assert (calls["calls_refused"], calls["calls_broken"]) == (1, {"incomplete": 1})
    assert figures["turns"] == 12


def test_turn_of_which_nothing_came_is_told() -> None:
    made = load([500.0] * 12)
    del made.calls[0].arrivals[4:6]
    figures, _, _ = judged(made)
    assert figures["outcomes"] == {"heard": 11, "missed": 1}


def test_impairments_are_counted_by_code() -> None:
    made = load([500.0] * 12)
    impaired = CallDegraded(at_ms=1, part="partials", code="partials-thinned", reason="busy")
    made.calls[0].arrivals += [
        arrival(1.0, impaired),
        arrival(2.0, impaired.model_copy(update={"restored": True})),
    ]
    assert call_figures(made)["degraded"] == {"partials-thinned": 1}


def test_memory_is_told_at_start_after_a_minute_at_the_end_and_as_growth_after_the_first_minute() -> None:
    rss_mb = [300.0, 500.0, 510.0, 520.0]
    found = memory_figures([sample(60.0 * minute, rss_mb=rss) for minute, rss in enumerate(rss_mb)])
    assert found == {
        "start_mb": 300.0,
        "after_1_min_mb": 500.0,
        "end_mb": 520.0,
        "max_mb": 520.0,
        "growth_mb_per_min": 10.0,
    }


def test_profile_is_of_what_was_said_within_the_window() -> None:
    made = load([500.0] * 12)
    figures = window_figures(made, Window(11.0, 21.0), timed_turns(made), Targets())
    assert figures["turns"] == 1
    assert figures["profile"]["somebody_speaks_percent"] == 20.0
