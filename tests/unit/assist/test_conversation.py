"""A conversation is measured from onsets and finals alone, and told only where there is news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.conversation import Conversation, Measured, measured
from assist.messages import (
    ConversationMeasures,
    Decided,
    EnergySignal,
    Event,
    Party,
    PartyMeasures,
    SpeechRateSignal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
    VoiceReading,
    Word,
)

SENTENCE = "这个月的流量又超了"
"""Nine spoken characters."""


def said(
    party: Party, start_ms: int, end_ms: int, text: str = SENTENCE, *, level_dbfs: float | None = None
) -> Utterance:
    voice = None
    if level_dbfs is not None:
        voice = VoiceReading(
            level_dbfs=level_dbfs, pitch_hz=None, pitch_range=None, chars_per_min=240, negative=0.1, neutral=0.8,
            positive=0.1, source="voice@1",
        )  # fmt: skip
    return Utterance(
        utterance_id=f"{party}{start_ms}", party=party, text=text, words=(), start_ms=start_ms, end_ms=end_ms,
        decided_ms=end_ms + 500, confidence=0.9, model="test@1", voice=voice,
    )  # fmt: skip


def onset(party: Party, start_ms: int) -> SpeechStarted:
    return SpeechStarted(utterance_id=f"{party}{start_ms}", party=party, start_ms=start_ms, decided_ms=start_ms + 100)


def news(*events: Decided) -> list[Measured]:
    conversation, told = Conversation(), list[Measured]()
    for event in events:
        conversation, signals = conversation.after(event)
        told += signals
    return told


def part(party: Party, *events: Event) -> PartyMeasures:
    measures = measured(events, 60_000)
    return next(one for one in measures.parties if one.party == party)


def responses(party: Party, *events: Event) -> tuple[int, int | None, int | None]:
    one = part(party, *events)
    return one.responses, one.response_p50_ms, one.response_max_ms


def test_nothing_said_is_one_silence_and_no_party() -> None:
    assert measured((), 9_000) == ConversationMeasures(
        parties=(), silences=1, silence_ms=9_000, longest_silence_ms=9_000
    )


def test_talk_ratio_is_a_partys_share_of_all_speech() -> None:
    log = said("agent", 0, 6_000), said("customer", 7_000, 9_000)
    assert [(one.party, one.speech_ms, one.talk_ratio) for one in measured(log, 9_000).parties] == [
        ("agent", 6_000, 0.75),
        ("customer", 2_000, 0.25),
    ]


def test_silences_are_summed_with_the_one_that_the_close_ends() -> None:
    measures = measured((said("agent", 6_000, 8_000), said("customer", 15_000, 16_000)), 21_500)
    assert (measures.silences, measures.silence_ms, measures.longest_silence_ms) == (3, 18_500, 7_000)


def test_rate_is_taken_between_the_first_word_and_the_last() -> None:
    words = (
        Word(text="这个月的", start_ms=500, end_ms=1_500, confidence=0.9),
        Word(text="流量又超了。", start_ms=1_500, end_ms=2_750, confidence=0.9),
    )
    spoken = said("customer", 0, 4_000).model_copy(update={"words": words})
    assert news(spoken) == [SpeechRateSignal(party="customer", start_ms=0, end_ms=4_000, chars_per_min=240.0)]


def test_rate_is_told_again_only_where_it_has_changed() -> None:
    log = (
        said("agent", 0, 2_250),
        said("agent", 3_000, 4_900),
        said("agent", 5_000, 6_500),
        said("customer", 7_000, 9_250),
        said("agent", 10_000, 11_550),
    )
    rates = [(one.party, one.chars_per_min) for one in news(*log) if isinstance(one, SpeechRateSignal)]
    assert rates == [("agent", 240.0), ("agent", 360.0), ("customer", 240.0)]


def test_level_is_told_again_only_where_it_has_changed() -> None:
    levels = (-26.0, -22.0, -20.0, -25.0, -26.5)
    log = [said("customer", 3_000 * at, 3_000 * at + 2_000, level_dbfs=level) for at, level in enumerate(levels)]
    told = [one.level_dbfs for one in news(*log) if isinstance(one, EnergySignal)]
    assert told == [-26.0, -20.0, -26.5]


def test_too_few_characters_have_neither_rate_nor_level() -> None:
    short = said("customer", 0, 400, "好的，可以。", level_dbfs=-20.0)
    assert news(short) == []
    assert (part("customer", short).chars_per_min, part("customer", short).level_dbfs) == (None, None)


def test_a_voice_that_is_not_judged_has_no_level() -> None:
    assert [one.type for one in news(said("agent", 0, 2_000))] == ["speech-rate-signal"]


def test_mean_level_is_that_of_the_power() -> None:
    log = said("agent", 0, 2_000, level_dbfs=-20.0), said("agent", 3_000, 5_000, level_dbfs=-40.0)
    assert part("agent", *log).level_dbfs == pytest.approx(-23.0, abs=0.05)


def test_response_runs_from_the_others_end_to_the_own_onset() -> None:
    log = (
        said("agent", 0, 2_000),
        said("customer", 2_600, 4_000),
        said("agent", 5_000, 6_000),
        said("customer", 9_000, 11_000),
        said("agent", 11_400, 12_000),
        said("customer", 13_000, 15_000),
    )
    assert responses("customer", *log) == (3, 1_000, 3_000)
    assert responses("agent", *log) == (2, 400, 1_000)


def test_going_on_after_a_pause_is_no_response() -> None:
    assert responses("agent", said("agent", 0, 2_000), said("agent", 4_000, 6_000)) == (0, None, None)


def test_acknowledgement_is_no_response_and_takes_no_turn() -> None:
    log = said("agent", 0, 2_000), said("customer", 2_300, 2_600, "嗯，好。"), said("agent", 3_000, 5_000)
    assert responses("customer", *log) == responses("agent", *log) == (0, None, None)


def test_answer_just_before_the_end_comes_at_once() -> None:
    assert responses("customer", said("agent", 0, 2_000), said("customer", 1_700, 4_000)) == (1, 0, 0)


def test_talking_over_the_other_is_no_response() -> None:
    log = said("agent", 0, 4_000), said("customer", 3_000, 6_000)
    assert responses("customer", *log) == (0, None, None)
    customer = part("customer", *log)
    assert (customer.overtalks, customer.overtalk_ms) == (1, 1_000)
    assert part("agent", *log).overtalks == 0


def test_turn_within_words_that_go_on_is_no_response() -> None:
    log = (
        said("agent", 0, 1_000),
        onset("agent", 1_500),
        said("customer", 2_000, 4_000),
        said("agent", 1_500, 9_000),
    )
    assert responses("customer", *log) == (0, None, None)
    assert part("customer", *log).overtalk_ms == 2_000


def test_noise_of_the_other_is_no_overtalk() -> None:
    noise = UtteranceDropped(
        utterance_id="agent1500", party="agent", start_ms=1_500, end_ms=1_700, decided_ms=1_900, reason="no-speech"
    )
    log = said("agent", 0, 1_000), onset("agent", 1_500), noise, said("customer", 2_000, 4_000)
    assert responses("customer", *log) == (1, 1_000, 1_000)


def test_monologue_is_speech_that_only_a_contribution_breaks() -> None:
    log = (
        said("customer", 0, 2_500),
        said("agent", 3_000, 5_000),
        said("customer", 5_200, 5_500, "嗯"),
        said("agent", 6_000, 9_000),
        said("customer", 9_500, 11_000),
        said("agent", 12_000, 16_000),
    )
    agent, customer = part("agent", *log), part("customer", *log)
    assert (agent.longest_monologue_ms, agent.longest_monologue_start_ms) == (5_000, 3_000)
    assert (customer.longest_monologue_ms, customer.longest_monologue_start_ms) == (2_500, 0)


def test_only_acknowledgements_are_no_monologue() -> None:
    one = part("customer", said("customer", 0, 400, "喂"))
    assert (one.longest_monologue_ms, one.longest_monologue_start_ms) == (0, None)


@st.composite
def calls(draw: st.DrawFn) -> list[Utterance]:
    """Finals of two parties, each party's own without overlap, in the order of decision."""
    spoken: list[Utterance] = []
    for party in ("agent", "customer"):
        at_ms = 0
        for pause_ms, length_ms in draw(st.lists(st.tuples(st.integers(1, 9_000), st.integers(1, 9_000)), max_size=9)):
            text = draw(st.sampled_from(("", "嗯", SENTENCE)))
            level_dbfs = draw(st.none() | st.floats(-90, 0))
            spoken.append(said(party, at_ms + pause_ms, at_ms + pause_ms + length_ms, text, level_dbfs=level_dbfs))
            at_ms = spoken[-1].end_ms
    return sorted(spoken, key=lambda utterance: utterance.decided_ms)


@given(calls())
def test_figures_of_any_call_fit_each_other(log: list[Utterance]) -> None:
    end_ms = max((utterance.decided_ms for utterance in log), default=0)
    measures = measured(log, end_ms)
    speech_ms = {one.party: one.speech_ms for one in measures.parties}
    assert sum(one.talk_ratio for one in measures.parties) == pytest.approx(1.0 if log else 0.0, abs=1e-3)
    assert measures.longest_silence_ms <= measures.silence_ms <= end_ms
    for one in measures.parties:
        assert one.longest_monologue_ms <= one.speech_ms
        assert one.overtalk_ms <= min(speech_ms.values())
        assert one.responses <= one.utterances
        assert (one.response_p50_ms or 0) <= (one.response_max_ms or 0)
