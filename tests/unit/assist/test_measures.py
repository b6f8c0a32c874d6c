"""Silences and overlaps are measured from speech positions alone."""

from __future__ import annotations

from assist.measures import Measures, spoken_chars
from assist.messages import OvertalkSignal, Party, SilenceSignal, SpeechStarted, Utterance, UtteranceDropped


def said(party: Party, start_ms: int, end_ms: int, text: str = "您好您好") -> Utterance:
    return Utterance(
        utterance_id=f"{party}{start_ms}", party=party, text=text, words=(), start_ms=start_ms, end_ms=end_ms,
        decided_ms=end_ms + 500, confidence=0.9, model="test@1",
    )  # fmt: skip


def onset(party: Party, start_ms: int) -> SpeechStarted:
    return SpeechStarted(utterance_id=f"{party}{start_ms}", party=party, start_ms=start_ms, decided_ms=start_ms + 100)


def test_a_silence_is_published_when_it_ends() -> None:
    measures, silences, _ = Measures().spoke(said("agent", 1_000, 3_000))
    assert silences == ()
    _, silences, _ = measures.spoke(said("customer", 9_000, 10_000))
    assert silences == (SilenceSignal(start_ms=3_000, end_ms=9_000),)


def test_a_short_pause_is_no_silence() -> None:
    measures, _, _ = Measures().spoke(said("agent", 0, 3_000))
    assert measures.spoke(said("customer", 7_900, 9_000))[1] == ()


def test_somebody_still_speaking_ends_a_silence_at_their_onset() -> None:
    measures, _, _ = Measures().spoke(said("agent", 0, 3_000))
    measures = measures.started(onset("agent", 4_000))
    assert measures.quiet_ms(20_000) == 0
    assert measures.spoke(said("customer", 20_000, 20_400))[1] == ()


def test_noise_leaves_the_silence_whole() -> None:
    measures, _, _ = Measures().spoke(said("agent", 0, 3_000))
    noise = UtteranceDropped(
        utterance_id="agent5000", party="agent", start_ms=5_000, end_ms=5_300, decided_ms=5_800, reason="no-speech"
    )
    measures = measures.started(onset("agent", 5_000)).dropped(noise)
    assert measures.quiet_ms(10_000) == 7_000
    assert measures.ended(12_000) == (SilenceSignal(start_ms=3_000, end_ms=12_000),)


def test_who_began_later_talks_over_the_other() -> None:
    measures, _, _ = Measures().spoke(said("agent", 2_000, 3_000))
    _, _, overtalks = measures.spoke(said("customer", 0, 4_000))
    assert [overtalk.signal() for overtalk in overtalks] == [
        OvertalkSignal(party="agent", start_ms=2_000, end_ms=3_000)
    ]


def test_a_short_overlap_or_ones_own_is_no_overtalk() -> None:
    measures, _, _ = Measures().spoke(said("agent", 0, 3_000))
    assert measures.spoke(said("customer", 2_600, 5_000))[2] == ()
    assert measures.spoke(said("agent", 1_000, 5_000))[2] == ()


def test_spoken_chars_leave_out_punctuation() -> None:
    assert spoken_chars("嗯，好的。 5G") == 5
