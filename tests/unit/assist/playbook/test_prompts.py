"""When a prompt is shown, and what takes it back."""

from __future__ import annotations

from assist.messages import Prompt, PromptUpdated
from tests.support.dialogue import Dialogue, only, playbook_of

ETIQUETTE = """
etiquette:
  no_selling_while: {upset: true}
  because: 客户不满，先不推荐
  max_open_prompts: 2
  min_gap_ms: 0
"""

RULES = """
  - id: offer
    party: customer
    phrase: 流量
    because: 客户说“{quote}”
    expires_ms: 20000
    cool_down_ms: 5000
    max_per_call: 2
    emit: {prompt: {kind: offer, title: 推荐, body: 给您推荐流量包}}
    withdraw:
      - when: {party: agent, phrase: 流量包}
        because: 已经说了
  - id: answer
    party: customer
    phrase: 合约
    because: 客户说“{quote}”
    emit: {prompt: {kind: answer, title: 合约, body: 十二个月}}
  - id: step
    party: customer
    phrase: 故障
    because: 客户说“{quote}”
    emit: {prompt: {kind: step, title: 排查, body: 重启}}
  - id: soothe
    party: customer
    phrase: 投诉
    because: 客户说“{quote}”
    emit: {prompt: {kind: soothe, title: 安抚, body: 抱歉}}
  - id: upset
    party: customer
    phrase: 投诉
    set: {upset: true}
"""

PLAYBOOK = playbook_of(RULES, more=ETIQUETTE)


def test_a_prompt_says_why_and_when() -> None:
    prompt = only(Prompt, Dialogue(PLAYBOOK).customer("流量不够").advice(None))[0]
    assert prompt.because.reason == "客户说“流量”"
    assert prompt.because.rule == "offer@1"
    assert prompt.because.evidence[0].utterance_id == "u0"
    assert (prompt.said_ms, prompt.at_ms, prompt.expires_ms) == (1_300, 1_800, 21_800)


def test_a_prompt_expires_on_the_tick_after_its_time() -> None:
    updates = only(PromptUpdated, Dialogue(PLAYBOOK).customer("流量不够").waits(30_000).advice(None))
    assert [(update.state, update.at_ms) for update in updates] == [("expired", 22_000)]


def test_a_prompt_is_withdrawn_when_its_moment_has_passed() -> None:
    updates = only(PromptUpdated, Dialogue(PLAYBOOK).customer("流量不够").agent("流量包").advice(None))
    assert [(update.state, update.reason) for update in updates] == [("withdrawn", "已经说了")]


def test_an_open_prompt_is_not_shown_again() -> None:
    assert Dialogue(PLAYBOOK).customer("流量").waits(7_000).customer("流量").prompts() == [("offer-1", "shown")]


def test_a_rule_rests_after_a_prompt_and_keeps_to_its_number() -> None:
    call = Dialogue(PLAYBOOK)
    for _ in range(4):
        call.customer("流量").agent("流量包").waits(6_000)
    shown = [prompt_id for prompt_id, state in call.prompts() if state == "shown"]
    assert shown == ["offer-1", "offer-2"]


def test_badly_heard_words_raise_no_prompt() -> None:
    assert Dialogue(PLAYBOOK).customer("流量", confidence=0.1).prompts() == []


def test_selling_is_held_back_while_the_customer_is_upset() -> None:
    assert Dialogue(PLAYBOOK).customer("我要投诉").customer("流量").prompts() == [("soothe-1", "shown")]


def test_selling_is_held_back_while_the_customer_may_be_upset() -> None:
    assert Dialogue(PLAYBOOK).customer("我要投诉", confidence=0.1).customer("流量").prompts() == []


def test_an_open_offer_is_withdrawn_when_the_customer_becomes_upset() -> None:
    call = Dialogue(PLAYBOOK).customer("流量").customer("我要投诉")
    assert call.prompts() == [("offer-1", "shown"), ("soothe-1", "shown"), ("offer-1", "withdrawn")]
    assert only(PromptUpdated, call.advice(None))[0].reason == "客户不满，先不推荐"


def test_a_more_urgent_prompt_takes_the_place_of_the_least_urgent() -> None:
    call = Dialogue(PLAYBOOK).customer("流量").customer("合约").customer("故障")
    assert call.prompts() == [
        ("offer-1", "shown"),
        ("answer-1", "shown"),
        ("offer-1", "withdrawn"),
        ("step-1", "shown"),
    ]


def test_a_less_urgent_prompt_finds_no_place() -> None:
    call = Dialogue(PLAYBOOK).customer("合约").customer("故障").customer("流量")
    assert call.prompts() == [("answer-1", "shown"), ("step-1", "shown")]


def test_only_the_most_urgent_of_a_moment_is_shown_within_the_gap() -> None:
    spaced = playbook_of(RULES, more=ETIQUETTE.replace("min_gap_ms: 0", "min_gap_ms: 3000"))
    assert Dialogue(spaced).customer("流量和合约还有故障").prompts() == [("step-1", "shown")]


def test_open_prompts_end_with_the_call() -> None:
    assert Dialogue(PLAYBOOK).customer("流量").prompts("hangup") == [("offer-1", "shown"), ("offer-1", "expired")]
