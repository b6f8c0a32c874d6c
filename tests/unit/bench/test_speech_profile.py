"""How much is said in a load."""

from __future__ import annotations

from bench.speech_profile import SpeechProfile, speech_profile
from bench.truth import Turn


def test_overlap_is_spoken_time_of_both_and_counts_once_for_anybody() -> None:
    turns = [
        Turn("agent", 0, 2_000, "您好。"),
        Turn("customer", 1_500, 3_000, "你好"),
        Turn("agent", 5_000, 6_000, "再见"),
    ]
    assert speech_profile(turns, 10_000) == SpeechProfile(
        call_ms=10_000, turns=3, chars=6, turn_ms=4_500, agent_ms=3_000, customer_ms=1_500, any_ms=4_000, both_ms=500
    )


def test_calls_are_added_up_before_they_are_divided() -> None:
    quiet = speech_profile([], 10_000)
    busy = speech_profile([Turn("agent", 0, 10_000, "一二三四五六七八九十")], 10_000)
    assert (quiet + busy).report() == {
        "somebody_speaks_percent": 50.0,
        "agent_speaks_percent": 50.0,
        "customer_speaks_percent": 0.0,
        "both_speak_percent": 0.0,
        "mean_turn_s": 10.0,
        "turns_per_call_minute": 3.0,
        "chars_per_speech_s": 1.0,
    }
    assert quiet.report()["mean_turn_s"] == 0.0
