"""Latencies from what was heard when."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assist.errors import InputError
from assist.messages import Envelope, Event, PartialTranscript, Party
from bench.timing import Arrival, Latencies
from bench.truth import Turn, read_turns
from tests.support.fakes import utterance

TURN = Turn("customer", 1000, 3000, "我想查一下流量")


def arrival(at_ms: float, event: Event) -> Arrival:
    return Arrival(at_ms, Envelope(call_id="c1", seq=1, at=datetime(2026, 1, 1, tzinfo=UTC), event=event))


def partial(party: Party, start_ms: int, end_ms: int, text: str = "我想") -> PartialTranscript:
    return PartialTranscript(
        utterance_id=f"{party}-1", party=party, revision=1, text=text, stable_chars=0, start_ms=start_ms, end_ms=end_ms
    )


def test_latencies_are_counted_from_the_true_edges_of_the_turn() -> None:
    latencies = Latencies()
    latencies.add(
        [TURN],
        [
            arrival(1500, partial("agent", 1000, 1400)),
            arrival(1600, partial("customer", 1050, 1500, text="")),
            arrival(1900, partial("customer", 1050, 1800)),
            arrival(2500, partial("customer", 1050, 2400)),
            arrival(4000, utterance("customer", 1, "我想查一下流量", 1050, 2950)),
        ],
    )
    assert (latencies.first_partial, latencies.first_text) == ([900], [900])
    assert latencies.final == [1000]
    assert latencies.final_after_decision == [450]
    assert (latencies.turns_without_start, latencies.turns_without_end) == (0, 0)


def test_final_is_the_first_text_of_a_turn_without_partials() -> None:
    latencies = Latencies()
    latencies.add([TURN], [arrival(3900, utterance("customer", 1, "我想", 1000, 3000))])
    assert (latencies.first_partial, latencies.first_text) == ([], [2900])


def test_turn_that_was_joined_or_missed_is_counted_and_not_timed() -> None:
    latencies = Latencies()
    latencies.add([TURN], [arrival(9000, utterance("customer", 1, "我想", 0, 6000))])
    assert (latencies.turns, latencies.turns_without_start, latencies.turns_without_end) == (1, 1, 1)
    assert latencies.summary()["final_ms"]["n"] == 0


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
