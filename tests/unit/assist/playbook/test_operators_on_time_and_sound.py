"""What conditions on gaps, hang-ups, speed, loudness and shares of the talk mean."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Flag
from tests.support.dialogue import Dialogue, only, rule_of

BREACH = [("r", "breach")]
TEN = "一二三四五六七八九十"


def test_a_slow_answer_is_a_reply_gap() -> None:
    slow = rule_of("reply_gap: {min_ms: 4000}")
    assert Dialogue(slow).customer("在吗").waits(5_000).agent("在的").flags() == BREACH
    assert Dialogue(slow).customer("在吗").waits(1_000).agent("在的").flags() == []
    assert Dialogue(slow).agent("在吗").waits(5_000).agent("在的").flags() == []
    assert Dialogue(rule_of("reply_gap: {max_ms: 600}")).customer("在吗").agent("在的").flags() == BREACH


def test_somebody_has_to_begin_in_time() -> None:
    late = rule_of("first_words: {max_ms: 3000}")
    assert Dialogue(late).waits(5_000).agent("您好").flags() == BREACH
    assert Dialogue(late).waits(1_000).agent("您好").waits(6_000).flags() == []
    assert Dialogue(late).customer("喂").waits(6_000).flags() == BREACH


def test_the_call_may_end_long_after_the_last_words_or_right_after_them() -> None:
    late = rule_of("hang_up: {min_ms: 5000}")
    assert Dialogue(late).agent("再见").waits(8_000).flags() == BREACH
    assert Dialogue(late).agent("再见").flags() == []
    cut = rule_of("hang_up: {after_party: customer, max_ms: 1000}")
    assert Dialogue(cut).agent("您请说").customer("我还没说完").flags() == BREACH
    assert Dialogue(cut).customer("好").agent("再见").flags() == []
    assert Dialogue(cut).customer("我还没说完").flags("source-lost") == []


def test_a_condition_that_lasts_is_held() -> None:
    playbook = rule_of("held_for: {what: {turn_count: {party: agent, min: 1}}, min_ms: 5000}")
    assert Dialogue(playbook).agent("您好").waits(8_000).flags(None) == BREACH
    assert Dialogue(playbook).agent("您好").waits(3_000).flags(None) == []
    with pytest.raises(PlaybookError, match="last"):
        rule_of("held_for: {what: {phrase: 您好}, min_ms: 5000}")


def test_speaking_too_fast_is_told_per_utterance_or_for_the_call() -> None:
    fast = rule_of("speech_rate: {above: 360}")
    assert Dialogue(fast).agent(TEN, char_ms=150).flags() == BREACH
    assert Dialogue(fast).agent(TEN, char_ms=250).flags() == []
    assert Dialogue(fast).agent("三个字", char_ms=100).flags() == []
    twice = rule_of("speech_rate: {above: 360, for_utterances: 2}")
    assert Dialogue(twice).agent(TEN, char_ms=150).agent(TEN, char_ms=250).agent(TEN, char_ms=150).flags() == []
    assert Dialogue(twice).agent(TEN, char_ms=150).customer(TEN).agent(TEN, char_ms=150).flags() == BREACH
    mean = rule_of("speech_rate: {below: 200, over: call}\n    when: close")
    assert Dialogue(mean).agent(TEN, char_ms=400).agent(TEN, char_ms=300).flags() == BREACH
    assert Dialogue(mean).agent(TEN, char_ms=400).agent(TEN, char_ms=100).flags() == []


def test_loudness_is_measured_against_the_speakers_own_beginning() -> None:
    playbook = rule_of("loudness: {above_own_db: 9}", party="any")
    call = Dialogue(playbook)
    for _ in range(4):
        call.customer(TEN * 4, level_dbfs=-30.0).agent(TEN, level_dbfs=-10.0)
    assert call.customer(TEN, level_dbfs=-25.0).flags() == []
    assert call.customer(TEN, level_dbfs=-20.0).flags() == BREACH
    assert Dialogue(playbook).customer(TEN, level_dbfs=-40.0).customer(TEN, level_dbfs=-10.0).flags() == []


def test_speed_may_be_the_mean_of_a_while() -> None:
    lately = rule_of("speech_rate: {above: 360, over: window, window_ms: 10000}")
    call = Dialogue(lately).agent(TEN * 4, char_ms=250)
    assert call.agent(TEN, char_ms=120).flags(None) == []
    assert call.agent(TEN * 3, char_ms=120).agent(TEN * 4, char_ms=120).flags(None) == BREACH


def test_speed_is_compared_with_the_speakers_own_beginning() -> None:
    def call(condition: str, char_ms: int) -> list[tuple[str, str]]:
        own = Dialogue(rule_of(condition)).agent(TEN * 15, char_ms=200).customer(TEN, char_ms=100)
        return own.agent(TEN, char_ms=char_ms).flags()

    assert call("speech_rate: {change_ratio: 1.3}", 150) == BREACH
    assert call("speech_rate: {change_ratio: 1.3}", 170) == []
    assert call("speech_rate: {change_ratio: 0.7}", 300) == BREACH
    assert call("speech_rate: {change_ratio: 0.7}", 150) == []
    assert Dialogue(rule_of("speech_rate: {change_ratio: 1.3}")).agent(TEN).agent(TEN, char_ms=100).flags() == []


def test_loudness_may_have_to_last() -> None:
    def call(condition: str) -> Dialogue:
        own = Dialogue(rule_of(condition, party="customer")).customer(TEN * 15, level_dbfs=-30.0)
        return own.customer(TEN, level_dbfs=-15.0)

    lasting = "loudness: {above_own_db: 9, for_ms: 4000}"
    assert call(lasting).flags() == []
    assert call(lasting).customer(TEN, level_dbfs=-15.0).flags() == BREACH
    assert call(lasting).customer(TEN, level_dbfs=-28.0).customer(TEN, level_dbfs=-15.0).flags() == []


def test_loudness_is_compared_from_one_utterance_to_the_next() -> None:
    step = rule_of("loudness: {step_db: 10}", party="any")
    assert Dialogue(step).agent(TEN, level_dbfs=-30.0).customer(TEN, level_dbfs=-15.0).flags() == []
    assert Dialogue(step).agent(TEN, level_dbfs=-30.0).customer("嗯").agent(TEN, level_dbfs=-19.0).flags() == BREACH
    assert Dialogue(step).agent(TEN, level_dbfs=-15.0).agent(TEN, level_dbfs=-26.0).flags() == BREACH
    assert Dialogue(step).agent(TEN, level_dbfs=-30.0).agent("好", level_dbfs=-15.0).flags() == []


def test_loudness_is_compared_between_the_quietest_and_the_loudest() -> None:
    span = rule_of("loudness: {span_db: 20}")
    rising = Dialogue(span).agent(TEN, level_dbfs=-40.0).agent(TEN, level_dbfs=-30.0)
    assert rising.flags() == []
    flags = only(Flag, rising.agent(TEN, level_dbfs=-19.0).agent(TEN, level_dbfs=-30.0).advice())
    assert [[piece.start_ms for piece in flag.because.evidence] for flag in flags] == [[500, 5_500]]


def test_overlaps_that_lie_near_are_one() -> None:
    long = "我话还没有说完你先听我说好不好" * 2

    def call(condition: str) -> Dialogue:
        cut_in = Dialogue(rule_of(condition)).customer(long, start_ms=0).agent("您先听我说", start_ms=1_200)
        return cut_in.agent("我说完您再说", start_ms=2_350)

    assert call("overtalk: {min_ms: 2000}").flags() == BREACH
    assert call("overtalk: {min_ms: 2000, merge_gap_ms: 0}").flags() == []
    assert call("overtalk: {min_ms: 1000, count: 2}").flags() == []
    assert call("overtalk: {min_ms: 1000, count: 2, merge_gap_ms: 0}").flags() == BREACH


def test_the_share_of_the_talk_is_judged_once_the_call_is_long_enough() -> None:
    playbook = rule_of("talk_share: {min_percent: 70, after_ms: 10000}")
    assert Dialogue(playbook).agent(TEN * 4).customer(TEN).waits(2_000).flags(None) == BREACH
    assert Dialogue(playbook).customer(TEN * 4).agent(TEN * 2).waits(2_000).flags(None) == []
    assert Dialogue(playbook).agent(TEN).waits(2_000).flags(None) == []


def test_the_share_of_silence_is_what_nobody_speaks_for() -> None:
    quiet = rule_of("talk_share: {party: any, max_percent: 40, after_ms: 10000}")
    assert Dialogue(quiet).agent(TEN).waits(5_000).customer(TEN).waits(4_000).flags(None) == BREACH
    assert Dialogue(quiet).agent(TEN).customer(TEN * 3).agent(TEN).flags(None) == []
    assert Dialogue(quiet).waits(9_000).agent(TEN).flags(None) == BREACH


@pytest.mark.parametrize(
    "condition",
    [
        "reply_gap: {}",
        "speech_rate: {}",
        "speech_rate: {above: 300, below: 100}",
        "speech_rate: {above: 300, over: call, for_utterances: 2}",
        "speech_rate: {above: 300, window_ms: 20000}",
        "speech_rate: {change_ratio: 1.0}",
        "speech_rate: {change_ratio: 1.2, above: 300}",
        "loudness: {}",
        "loudness: {step_db: 6, span_db: 6}",
        "loudness: {step_db: 6, for_ms: 1000}",
        "talk_share: {party: any}",
        "talk_share: {party: agent}",
        "hang_up: {cause: bored}",
    ],
)
def test_incomplete_conditions_are_refused(condition: str) -> None:
    with pytest.raises(PlaybookError):
        rule_of(condition)


def test_a_share_says_whose_it_is() -> None:
    with pytest.raises(PlaybookError, match="needs a party"):
        rule_of("talk_share: {min_percent: 10}", party="any")
