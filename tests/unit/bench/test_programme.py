"""What a bench call consists of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assist.messages import Agent
from bench.programme import PAUSE_MS, Recorded, compose
from bench.truth import Turn
from gateway.call_audio import CallAudio
from gateway.sources.native_messages import Media

MEDIA = Media(encoding="pcm_s16le", rate_hz=8_000, channels=("agent", "customer"))
MS_BYTES = 8 * 4


def recorded(fill: int, *turns: Turn) -> Recorded:
    """Two seconds."""
    return Recorded(CallAudio(MEDIA, bytes([fill]) * 2_000 * MS_BYTES), turns)


A = recorded(1, Turn("agent", 200, 900, "您好"), Turn("customer", 1_000, 1_800, "你好"))
B = recorded(2, Turn("customer", 300, 1_900, "再见"))


def test_recordings_follow_each_other_from_the_wanted_one_on() -> None:
    made = compose([A, B], first=1, duration_ms=6_000)
    assert made.duration_ms == 6_000
    assert [(turn.text, turn.start_ms, turn.end_ms) for turn in made.turns] == [
        ("再见", 300, 1_900),
        ("您好", 2_200 + PAUSE_MS, 2_900 + PAUSE_MS),
        ("你好", 3_000 + PAUSE_MS, 3_800 + PAUSE_MS),
    ]
    assert {made.audio.data[at_ms * MS_BYTES] for at_ms in (0, 1_999)} == {2}
    assert made.audio.data[2_500 * MS_BYTES] == 0
    assert made.audio.data[3_500 * MS_BYTES] == 1


def test_turn_that_the_end_would_cut_is_silenced_with_everything_after_it() -> None:
    made = compose([A], first=0, duration_ms=1_500)
    assert [turn.text for turn in made.turns] == ["您好"]
    assert made.duration_ms == 1_500
    assert made.audio.data[999 * MS_BYTES] == 1
    assert set(made.audio.data[1_000 * MS_BYTES :]) == {0}


def test_turn_that_overlaps_a_cut_one_goes_with_it() -> None:
    overlapping = recorded(1, Turn("agent", 100, 1_200, "甲"), Turn("customer", 1_000, 1_800, "乙"))
    made = compose([overlapping], first=0, duration_ms=1_500)
    assert made.turns == []
    assert set(made.audio.data[100 * MS_BYTES :]) == {0}


def test_call_is_between_the_parties_of_its_first_recording() -> None:
    agent = Agent(agent_id="1001", name="林晓")
    assert compose([A, replace(B, agent=agent)], first=3, duration_ms=5_000).agent == agent


@pytest.mark.parametrize("duration_ms", [1, 2_999, 3_001, 60_000])
def test_call_is_as_long_as_wanted(duration_ms: int) -> None:
    assert compose([A, B], first=0, duration_ms=duration_ms).duration_ms == duration_ms
