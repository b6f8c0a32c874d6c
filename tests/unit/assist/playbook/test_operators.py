"""What each operator of the rule language means."""

from __future__ import annotations

import pytest

from assist.messages import AudioGap, Flag, Party, UtteranceDropped
from assist.playbook import Known
from tests.support.dialogue import Dialogue, only, playbook_of
from tests.support.dialogue import rule_of as rule


@pytest.mark.parametrize(
    ("phrase", "text", "is_true"),
    [
        ("{any: [保证, 一定]}", "我保证给您修好", True),
        ("{any: [保证, 一定]}", "我尽快给您修好", False),
        ("{all: [每月, 生效]}", "每月十元次月生效", True),
        ("{all: [每月, 生效]}", "每月十元", False),
        ("{any: [保证], none: [不能保证]}", "这个不能保证", False),
        ("{at_least: {n: 2, of: [费用, 生效, 合约]}}", "费用十元次月生效", True),
        ("{at_least: {n: 2, of: [费用, 生效, 合约]}}", "费用十元", False),
        ("[保证, 一定]", "一定", True),
        ("保证", "保证", True),
    ],
)
def test_phrase_joins_any_all_none_and_at_least(phrase: str, text: str, is_true: bool) -> None:
    assert bool(Dialogue(rule(f"phrase: {phrase}")).agent(text).flags()) is is_true


def test_phrase_looks_only_at_the_words_of_its_party() -> None:
    assert Dialogue(rule("phrase: 保证")).customer("你保证吗").flags() == []


def test_badly_heard_words_make_a_flag_abstain() -> None:
    assert Dialogue(rule("phrase: 保证")).agent("我保证", confidence=0.2).flags() == [("r", "abstained")]


def test_surer_words_later_replace_an_abstained_verdict() -> None:
    call = Dialogue(rule("phrase: 保证")).agent("我保证", confidence=0.2).customer("好的吧").agent("我保证")
    assert call.flags() == [("r", "abstained"), ("r", "breach")]


def test_phrase_as_written_ignores_what_only_sounds_like_it() -> None:
    heard = rule("phrase: {any: [保证], sounds_like: false}")
    assert not heard.phrases[0].sounds_like


def test_length_counts_the_time_that_the_words_take() -> None:
    assert Dialogue(rule("length: {min_ms: 2000}")).agent("好的好的").flags() == []
    assert Dialogue(rule("length: {min_ms: 2000}")).agent("好的好的", char_ms=500).flags() == [("r", "breach")]
    assert Dialogue(rule("length: {max_ms: 1000}")).agent("好的好的", char_ms=500).flags() == []


def test_length_counts_spoken_characters() -> None:
    assert Dialogue(rule("length: {min_chars: 4}")).agent("好，的。").flags() == []
    assert Dialogue(rule("length: {min_chars: 4}")).agent("好的好的").flags() == [("r", "breach")]


def test_silence_is_true_while_it_lasts_and_once() -> None:
    call = Dialogue(rule("silence: {min_ms: 10000}", party="any")).agent("我查一下").waits(25_000).agent("查到了")
    flags = only(Flag, call.advice())
    assert len(flags) == 1
    assert 10_000 <= flags[0].because.evidence[0].end_ms - flags[0].because.evidence[0].start_ms < 11_000


def test_silence_that_was_announced_is_none() -> None:
    playbook = rule("silence: {min_ms: 10000, unless_before: {party: agent, phrase: 请稍等}}")
    assert Dialogue(playbook).agent("请稍等").customer("好").waits(25_000).agent("查到了").flags() == []


def test_noise_does_not_end_a_silence() -> None:
    noise = UtteranceDropped(
        utterance_id="n", party="agent", start_ms=6_000, end_ms=6_500, decided_ms=7_000, reason="no-speech"
    )
    call = Dialogue(rule("silence: {min_ms: 10000}")).agent("我查一下").fact(7_000, noise).waits(12_000)
    assert call.flags(None) == [("r", "breach")]


def test_overtalk_counts_only_words_of_substance() -> None:
    playbook = rule("overtalk: {by: agent, min_ms: 1000, min_chars: 4}")
    long = "我话还没有说完你先听我说"
    assert Dialogue(playbook).customer(long, start_ms=0).agent("您先听我说", start_ms=1_200).flags() == [
        ("r", "breach")
    ]
    assert Dialogue(playbook).customer(long, start_ms=0).agent("嗯嗯嗯", start_ms=1_200).flags() == []
    assert Dialogue(playbook).agent(long, start_ms=0).customer("您先听我说", start_ms=1_200).flags() == []


def test_overtalk_waits_for_the_nth_time() -> None:
    call = Dialogue(rule("overtalk: {by: agent, count: 2}"))
    for start_ms in (0, 10_000):
        call.customer("我话还没有说完你先听我说", start_ms=start_ms).agent("您先听我说", start_ms=start_ms + 1_200)
    flags = only(Flag, call.advice())
    assert [len(flag.because.evidence) for flag in flags] == [2]


def test_call_length_and_turn_count_hold_from_then_on() -> None:
    assert Dialogue(rule("call_length: {min_ms: 5000}")).waits(4_000).flags(None) == []
    assert Dialogue(rule("call_length: {min_ms: 5000}")).waits(9_000).flags(None) == [("r", "breach")]
    assert Dialogue(rule("turn_count: {min: 2}")).agent("一").customer("二").agent("三").flags() == [("r", "breach")]


def test_absent_is_decided_when_the_turn_is_over() -> None:
    playbook = rule("absent: {what: {phrase: 您好}, by_turn: 2}")
    late = Dialogue(playbook).agent("喂").customer("你好呀").agent("说").customer("我想问问").agent("您好")
    assert late.flags() == [("r", "at_risk"), ("r", "breach")]


def test_absent_reports_what_was_done_where_asked() -> None:
    playbook = playbook_of(
        """
  - id: hello
    title: 开场白
    party: agent
    absent: {what: {phrase: 您好}, by_turn: 2}
    because: 没有
    max_per_call: 1
    emit: {flag: {met: "已问候：{quote}"}}
"""
    )
    call = Dialogue(playbook).agent("喂").customer("你好呀").agent("您好")
    assert [(flag.verdict, flag.because.reason) for flag in only(Flag, call.advice())][-1] == ("met", "已问候：您好")


def test_absent_abstains_when_an_utterance_was_badly_heard_or_lost() -> None:
    playbook = rule("absent: {what: {phrase: 您好}, by_turn: 1}")
    assert Dialogue(playbook).agent("林浩请问有事", confidence=0.2).customer("查话费").flags() == [("r", "abstained")]
    lost = UtteranceDropped(
        utterance_id="n", party="agent", start_ms=0, end_ms=900, decided_ms=1_400, reason="recogniser-failed"
    )
    assert Dialogue(playbook).fact(1_400, lost).waits(1_500).agent("请说请说吧").flags() == [("r", "abstained")]


def gap(party: Party, start_ms: int, end_ms: int) -> Known:
    return Known.of(AudioGap(party=party, start_ms=start_ms, end_ms=end_ms, cause="lost"))


def test_a_duty_is_in_doubt_where_the_sound_of_its_time_is_missing() -> None:
    playbook = rule("followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_ms: 6000}")
    call = Dialogue(playbook).customer("我要投诉")
    assert call.waits(9_000).customer("喂").flags() == [("r", "breach")]
    assert call.fact(2_000, gap("agent", 3_000, 8_000)).flags() == [("r", "abstained")]


@pytest.mark.parametrize(
    ("party", "start_ms", "end_ms"), [("customer", 3_000, 8_000), ("agent", 3_000, 3_400), ("agent", 200, 900)]
)
def test_sound_of_another_time_or_party_or_a_moment_leaves_no_doubt(party: Party, start_ms: int, end_ms: int) -> None:
    playbook = rule("followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_ms: 6000}")
    call = Dialogue(playbook).customer("我要投诉").waits(9_000).customer("喂")
    assert call.fact(start_ms, gap(party, start_ms, end_ms)).flags() == [("r", "breach")]


@pytest.mark.parametrize(
    "duty",
    [
        "absent: {what: {phrase: 抱歉}, by_ms: 5000}",
        "absent: {what: {phrase: 抱歉}, close: true}",
        "preceded_by: {before: {phrase: 看一下}, require: {phrase: 抱歉}}",
    ],
)
def test_every_duty_is_in_doubt_then(duty: str) -> None:
    call = Dialogue(rule(duty)).agent("您好先生").waits(4_000).agent("我看一下啊")
    assert call.flags() == [("r", "breach")]
    assert call.fact(1_500, gap("agent", 1_500, 4_000)).flags() == [("r", "abstained")]


@pytest.mark.parametrize(
    "duty",
    [
        "absent: {what: {phrase: 抱歉}, by_turn: 1}",
        "absent: {what: {phrase: 抱歉}, close: true}",
        "followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_turns: 1}",
        "preceded_by: {before: {phrase: 看一下}, require: {phrase: 抱歉}}",
    ],
)
def test_a_duty_abstains_where_a_few_words_were_badly_heard(duty: str) -> None:
    call = Dialogue(rule(duty)).customer("我要投诉").agent("暴起爱我来帮您看一下怎么办理", unsure="暴起爱")
    assert call.customer("查话费").flags() == [("r", "abstained")]
    sure = Dialogue(rule(duty)).customer("我要投诉").agent("好的呀我来帮您看一下怎么办理", unsure="呀")
    assert sure.customer("查话费").flags() == [("r", "breach")]


def test_absent_at_close_abstains_when_the_call_broke_off() -> None:
    playbook = rule("absent: {what: {phrase: 再见}, close: true}")
    assert Dialogue(playbook).agent("请说").flags("hangup") == [("r", "breach")]
    assert Dialogue(playbook).agent("请说").flags("source-lost") == [("r", "abstained")]
    assert Dialogue(playbook).customer("喂").flags("hangup") == []


SOOTHE = "followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_turns: 2}"


def test_followed_by_warns_at_the_last_chance_then_decides() -> None:
    call = Dialogue(rule(SOOTHE)).customer("我要投诉").agent("号码").customer("什么").agent("快说").customer("哼")
    assert call.flags(None) == [("r", "at_risk"), ("r", "breach")]


def test_followed_by_settles_a_warning_when_the_answer_comes() -> None:
    call = Dialogue(rule(SOOTHE)).customer("我要投诉").agent("号码").customer("什么").agent("非常抱歉").customer("哼")
    assert call.flags(None) == [("r", "at_risk"), ("r", "met")]


def test_followed_by_in_time_says_nothing() -> None:
    call = Dialogue(rule(SOOTHE)).customer("我要投诉").agent("非常抱歉").customer("嗯").agent("好").customer("嗯")
    assert call.flags() == []


def test_followed_by_can_count_milliseconds() -> None:
    playbook = rule("followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_ms: 5000}")
    assert Dialogue(playbook).customer("我要投诉").waits(8_000).flags(None) == [("r", "breach")]


def test_followed_by_decides_nothing_when_the_call_ends_first() -> None:
    assert Dialogue(rule(SOOTHE)).customer("我要投诉").agent("号码").flags() == []


def test_a_sure_call_for_an_answer_takes_the_place_of_a_doubtful_one() -> None:
    call = Dialogue(rule(SOOTHE)).customer("我要投诉", confidence=0.1).customer("我要投诉")
    assert call.agent("号码").customer("哼").agent("快说").customer("哼").flags(None)[-1] == ("r", "breach")


BEFORE = "preceded_by: {before: {phrase: 办好了}, require: {phrase: 确认}}"


def test_preceded_by_wants_the_requirement_first() -> None:
    assert Dialogue(rule(BEFORE)).agent("已经办好了").flags() == [("r", "breach")]
    assert Dialogue(rule(BEFORE)).agent("跟您确认").customer("对").agent("办好了").flags() == []
    assert Dialogue(rule(BEFORE)).agent("办好了").customer("啊").agent("跟您确认").flags() == [("r", "breach")]


def test_preceded_by_can_limit_how_far_back() -> None:
    near = "preceded_by: {before: {phrase: 办好了}, require: {phrase: 确认}, within_turns: 2}"
    call = Dialogue(rule(near)).agent("跟您确认").customer("对").agent("稍等").customer("嗯").agent("办好了")
    assert call.flags() == [("r", "breach")]


REFUSED = "after: {party: customer, phrase: 不需要}"
PUSH = f"not_after: {{{REFUSED}, forbid: {{phrase: 推荐}}, until: {{party: customer, phrase: 多少钱}}}}"


def test_not_after_forbids_until_it_is_lifted() -> None:
    assert Dialogue(rule(PUSH)).agent("推荐您一个").customer("不需要").flags() == []
    assert Dialogue(rule(PUSH)).customer("不需要").agent("推荐您一个").flags() == [("r", "breach")]
    assert Dialogue(rule(PUSH)).customer("不需要").customer("多少钱").agent("推荐您一个").flags() == []


def test_not_after_quotes_both_sides() -> None:
    flag = only(Flag, Dialogue(rule(PUSH)).customer("不需要").agent("推荐您一个").advice())[0]
    assert [(piece.party, piece.quote) for piece in flag.because.evidence] == [
        ("customer", "不需要"),
        ("agent", "推荐"),
    ]


def test_not_after_can_end_after_a_time_and_count_times() -> None:
    timed = f"not_after: {{{REFUSED}, forbid: {{phrase: 推荐}}, until: 5000}}"
    assert Dialogue(rule(timed)).customer("不需要").waits(9_000).agent("推荐您").flags() == []
    twice = f"not_after: {{{REFUSED}, forbid: {{phrase: 推荐}}, times: 2}}"
    assert Dialogue(rule(twice)).customer("不需要").agent("推荐您").flags() == []
    assert Dialogue(rule(twice)).customer("不需要").agent("推荐").agent("推荐").flags() == [("r", "breach")]


def test_sequence_wants_its_steps_in_order_and_in_time() -> None:
    steps = "steps: [{party: customer, phrase: 流量}, {phrase: 还剩}]"
    assert Dialogue(rule(f"sequence: {{{steps}}}")).customer("查流量").agent("好").agent("还剩").flags() == [
        ("r", "breach")
    ]
    assert Dialogue(rule(f"sequence: {{{steps}}}")).agent("还剩").customer("查流量").flags() == []
    late = Dialogue(rule(f"sequence: {{{steps}, within_ms: 5000}}")).customer("查流量").waits(9_000).agent("还剩")
    assert late.flags() == []


def test_sequence_may_want_its_steps_within_turns() -> None:
    playbook = rule("sequence: {steps: [{phrase: 工号}, {phrase: 证件}, {phrase: 办好}], within_turns: 2}")
    quick = Dialogue(playbook).agent("工号一零一").customer("嗯").agent("证件号").agent("办好了")
    assert quick.flags() == [("r", "breach")]
    slow = Dialogue(playbook).agent("工号一零一").customer("嗯").agent("证件号").customer("好").agent("办好了")
    assert slow.flags() == []


def test_a_strict_sequence_is_ended_by_other_words_of_the_party() -> None:
    playbook = rule("sequence: {steps: [{phrase: 工号}, {phrase: 证件}], strict: true}")
    chatty = Dialogue(playbook).agent("工号一零一").customer("我想查一下流量").agent("好的")
    assert chatty.agent("报下证件号").flags(None) == [("r", "breach")]
    other = Dialogue(playbook).agent("工号一零一").agent("先看看流量").agent("报下证件号")
    assert other.flags(None) == []
    assert other.agent("工号一零一").agent("报下证件号").flags() == [("r", "breach")]


def test_count_wants_enough_in_its_window() -> None:
    playbook = rule("count: {what: {phrase: 嗯}, min: 3, within_ms: 20000}")
    assert Dialogue(playbook).agent("嗯").agent("嗯").agent("嗯").flags() == [("r", "breach")]
    assert Dialogue(playbook).agent("嗯").waits(15_000).agent("嗯").waits(15_000).agent("嗯").flags() == []


def test_count_with_a_most_is_decided_at_close() -> None:
    playbook = rule("count: {what: {phrase: 您}, max: 1}")
    assert Dialogue(playbook).agent("您好").flags() == [("r", "breach")]
    assert Dialogue(playbook).agent("您好").agent("您说").flags() == []


def test_operators_in_one_mapping_are_joined_with_and() -> None:
    playbook = rule("phrase: 推荐\n    length: {min_chars: 6}")
    assert Dialogue(playbook).agent("推荐").flags() == []
    assert Dialogue(playbook).agent("给您推荐一个").flags() == [("r", "breach")]


def test_not_keeps_unknown() -> None:
    playbook = rule("all: [{length: {min_chars: 1}}, {not: {phrase: 您好}}]")
    assert Dialogue(playbook).agent("您好", confidence=0.2).flags() == [("r", "abstained")]


def test_any_takes_the_surest_of_its_parts() -> None:
    playbook = rule("any: [{phrase: 保证}, {phrase: 一定}]")
    assert Dialogue(playbook).agent("一定").flags() == [("r", "breach")]


STATES = """
  - id: upset
    party: customer
    phrase: 投诉
    set: {upset: true}
  - id: calm
    party: customer
    phrase: 谢谢
    set: {upset: false}
  - id: r
    title: 不满时推销
    party: agent
    phrase: 推荐
    state: {upset: true}
    because: 因为
    emit: {flag: {}}
"""


def test_states_are_set_by_rules_and_seen_by_others() -> None:
    playbook = playbook_of(STATES)
    assert Dialogue(playbook).agent("推荐").flags() == []
    assert Dialogue(playbook).customer("投诉").agent("推荐").flags() == [("r-1", "breach")]
    assert Dialogue(playbook).customer("投诉").customer("谢谢").agent("推荐").flags() == []


def test_a_state_set_by_badly_heard_words_is_unknown() -> None:
    call = Dialogue(playbook_of(STATES)).customer("投诉", confidence=0.1).agent("推荐")
    assert call.flags() == [("r-1", "abstained")]


def test_a_rule_for_the_close_waits_for_it() -> None:
    playbook = rule("turn_count: {max: 1}", more="when: close")
    assert Dialogue(playbook).agent("喂").flags(None) == []
    assert Dialogue(playbook).agent("喂").flags() == [("r", "breach")]
