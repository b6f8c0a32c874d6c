"""What a listener of any system saw, laid beside what was said."""

from __future__ import annotations

import numpy as np
import pytest

from asr.text import Scribe
from bench.peers.streams import Screen, Shown, Stream, interleave, screen_figures, split
from bench.programme import Recorded
from bench.truth import Turn
from gateway.call_audio import CallAudio
from gateway.sources.native_messages import Media

TURNS = [Turn("agent", 0, 2_000, "您好。"), Turn("agent", 4_000, 6_000, "请问贵姓？")]


def figures(*shown: Shown) -> dict[str, object]:
    return dict(screen_figures([Screen(Stream(b"", TURNS), list(shown), is_complete=True)], Scribe()))


def test_turn_is_settled_when_its_last_understood_character_can_no_longer_change() -> None:
    found = figures(
        Shown(1_500, "", "您"),
        Shown(2_500, "您好，"),
        Shown(5_500, "您好，", "请问"),
        Shown(6_800, "您好，请问贵性", ""),
    )
    assert found["settled_ms"] == {"n": 2, "p50": 500, "p95": 800, "p99": 800, "max": 800}
    assert (found["cer_percent"], found["substitutions"], found["turns_not_settled"]) == (16.67, 1, 0)


def test_character_is_shown_when_it_first_stands_in_its_place() -> None:
    found = figures(Shown(1_500, "", "您"), Shown(2_500, "您好", ""), Shown(6_500, "您好请问贵姓", ""))
    # 您 ends at 1000, 好 at 2000, 请问贵姓 at 4500, 5000, 5500, 6000
    assert found["shown_delay_ms"] == {"n": 6, "p50": 500, "p95": 2000, "p99": 2000, "max": 2000}


def test_text_that_was_never_settled_is_counted() -> None:
    found = figures(Shown(2_500, "您好", "请问贵姓"))
    assert found["turns_not_settled"] == 1
    assert found["cer_percent"] == 0.0


def test_text_that_was_taken_back_settles_only_afterwards() -> None:
    found = figures(Shown(2_100, "您好"), Shown(2_200, "你"), Shown(6_500, "您好请问贵姓"))
    assert found["settled_ms"] == {"n": 2, "p50": 500, "p95": 4500, "p99": 4500, "max": 4500}


def test_nothing_shown_is_all_deleted() -> None:
    found = figures()
    assert (found["cer_percent"], found["turns_not_settled"], found["own_lag_ms"]) == (100.0, 2, None)


def test_lag_that_a_system_reports_is_told_apart() -> None:
    found = figures(Shown(1_000, "", own_lag_ms=200.0), Shown(2_000, "您好", own_lag_ms=900.0))
    assert found["own_lag_ms"] == {"n": 2, "p50": 200, "p95": 900, "p99": 900, "max": 900}


def test_parties_of_a_call_become_streams_of_16_khz_and_back() -> None:
    media = Media(encoding="pcm_s16le", rate_hz=8_000, channels=("agent", "customer"))
    samples = np.zeros((8_000, 2), "<i2")
    samples[:, 1] = 1_000
    turns = [Turn("agent", 0, 500, "您好"), Turn("customer", 500, 900, "你好")]
    agent, customer = split(Recorded(CallAudio(media, samples.tobytes()), turns))
    assert (agent.duration_ms, customer.duration_ms) == (1_000, 1_000)
    assert ([turn.text for turn in agent.turns], [turn.text for turn in customer.turns]) == (["您好"], ["你好"])
    both = np.frombuffer(interleave([agent, customer]), "<i2").reshape(-1, 2)
    assert both[8_000, 0] == pytest.approx(0, abs=2)
    assert both[8_000, 1] == pytest.approx(1_000, abs=2)
