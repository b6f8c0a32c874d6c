"""Latencies from what was heard when."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assist.errors import InputError
from assist.messages import Envelope, Event, PartialTranscript, Party, UtteranceDropped
from bench.timing import Arrival, TurnTiming, latency_report, partial_lags_ms, percentiles, time_turns
from bench.truth import Turn, read_turns
from tests.support.fakes import utterance

TURN = Turn("customer", 1000, 3000, "我想查一下流量")


def arrival(at_ms: float, event: Event) -> Arrival:
    return Arrival(at_ms, Envelope(call_id="c1", seq=1, at=datetime(2026, 1, 1, tzinfo=UTC), event=event))


def partial(party: Party, start_ms: int, end_ms: int, text: str = "我想") -> PartialTranscript:
    return PartialTranscript(
        utterance_id=f"{party}-1", party=party, revision=1, text=text, stable_chars=0, start_ms=start_ms, end_ms=end_ms
    )


def dropped(reason: str) -> UtteranceDropped:
    return UtteranceDropped(
        utterance_id="customer-1", party="customer", start_ms=1000, end_ms=3000, decided_ms=3600, reason=reason
    )


def timed(*arrivals: Arrival) -> TurnTiming:
    (timing,) = time_turns([TURN], arrivals)
    return timing


def test_latencies_are_counted_from_the_true_edges_of_the_turn() -> None:
    timing = timed(
        arrival(1500, partial("agent", 1000, 1400)),
        arrival(1600, partial("customer", 1050, 1500, text="")),
        arrival(1900, partial("customer", 1050, 1800)),
        arrival(2500, partial("customer", 1050, 2400)),
        arrival(4000, utterance("customer", 1, "我想查一下流量", 1050, 2950)),
    )
    assert (timing.first_partial_ms, timing.first_text_ms) == (900, 900)
    assert timing.final_ms == 1000
    assert timing.final_after_decision_ms == 450
    assert timing.outcome == "heard"


def test_text_gap_is_the_longest_time_in_a_turn_without_new_text() -> None:
    timing = timed(
        arrival(990, partial("customer", 0, 900)),
        arrival(1900, partial("customer", 1050, 1800)),
        arrival(2500, partial("customer", 1050, 2400)),
        arrival(3100, partial("customer", 1050, 2900)),
    )
    assert timing.text_gap_ms == 900
    assert timing.text_intervals_ms == (600,)
    assert timed().text_gap_ms == 2000


def test_final_is_the_first_text_of_a_turn_without_partials() -> None:
    timing = timed(arrival(3900, utterance("customer", 1, "我想", 1000, 3000)))
    assert (timing.first_partial_ms, timing.first_text_ms) == (None, 2900)


def test_turn_that_was_joined_or_missed_is_counted_and_not_timed() -> None:
    report = latency_report([timed(arrival(9000, utterance("customer", 1, "我想", 0, 6000)))])
    assert (report["turns"], report["turns_without_start"], report["turns_without_end"]) == (1, 1, 1)
    assert report["final_ms"] == {"n": 0, "p50": 0, "p95": 0, "p99": 0, "max": 0}


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([], "missed"),
        ([utterance("agent", 1, "我想", 1000, 3000)], "missed"),
        ([utterance("customer", 1, "我想", 3000, 4000)], "missed"),
        ([dropped("no-words")], "dropped"),
        ([dropped("recogniser-failed")], "failed"),
        ([dropped("lane-failed"), dropped("tone")], "dropped"),
        ([dropped("recogniser-failed"), utterance("customer", 2, "我想", 2000, 3000)], "heard"),
    ],
)
def test_outcome_of_a_turn_is_the_best_that_came_of_its_sound(events: list[Event], outcome: str) -> None:
    assert timed(*(arrival(4000, event) for event in events)).outcome == outcome


def test_partials_lag_behind_the_position_they_heard() -> None:
    heard = [arrival(1900, partial("customer", 1050, 1800)), arrival(4000, utterance("customer", 1, "我", 1050, 2950))]
    assert partial_lags_ms(heard) == [100]


def test_percentiles_leave_out_what_could_not_be_measured() -> None:
    assert percentiles([None, 3.0, 1.0]) == {"n": 2, "p50": 1, "p95": 3, "p99": 3, "max": 3}


@pytest.mark.parametrize(
    "content",
    [
        {"turns": [{"party": "agent", "start_ms": 500, "end_ms": 900, "text": "您好"}]},
        [{"speaker": "agent", "start": 0.5, "end": 0.9, "text": "您好"}],
    ],
)
def test_both_forms_of_ground_truth_are_read(tmp_path: Path, content: object) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_turns(tmp_path / "a.flac") == [Turn("agent", 500, 900, "您好")]


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", '[{"speaker": "x"}]', '[{"speaker": "agent", "text": ""}]'])
def test_broken_ground_truth_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_turns(tmp_path / "a.flac")
    assert raised.value.code == "bad-ground-truth"
