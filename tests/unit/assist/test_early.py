"""Early prompts come before the final, hold or go with it, and change nothing that the rules say in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.early import EarlyPrompts
from assist.errors import PlaybookError
from assist.messages import Party, Prompt, PromptUpdated, Signal, SpeechStarted, Utterance, UtteranceDropped
from assist.playbook import Advice, Fact, Playbook, RunState, Tick, Turn, advise, begin
from tests.support.catalogue import RULES as SHOP_RULES
from tests.support.catalogue import SELLING, shop
from tests.support.dialogue import Dialogue, only, phrases_in, playbook_of, run
from tests.support.early import without_early

ETIQUETTE = """
etiquette:
  no_selling_while: {upset: true}
  because: 先不推荐
  max_open_prompts: 2
  min_gap_ms: 0
"""
RULES = """
  - id: usage
    party: customer
    phrase: {any: [流量], none: [不要]}
    early: true
    because: 客户说“{quote}”
    expires_ms: 20000
    emit: {prompt: {kind: answer, title: 流量, body: 我帮您查}, flag: {title: 问流量, verdict: met}}
  - id: pack
    party: customer
    phrase: 不够用
    early: true
    because: 客户说“{quote}”
    emit: {prompt: {kind: offer, title: 流量包, body: 推荐流量包}}
  - id: late
    party: customer
    phrase: 流量
    because: 客户说“{quote}”
    emit: {prompt: {kind: say, title: 说明, body: 说明}}
  - id: upset
    party: customer
    phrase: 投诉
    set: {upset: true}
"""
PLAYBOOK = playbook_of(RULES, more=ETIQUETTE)
SHOP = shop()
TEXTS: dict[str, Sequence[tuple[Party, str]]] = {
    PLAYBOOK.name: [
        ("customer", text)
        for text in ("我的流量不够用了", "流量我不要了", "你们乱来我要投诉", "那个不够用啊", "嗯好的", "流量流量")
    ],
    SHOP.name: [
        ("agent", "给您推荐一个"),
        ("agent", "推荐那个好的"),
        ("customer", "我流量不够用"),
        ("customer", "流量不够我要投诉"),
        ("customer", "你这太贵了吧"),
        ("customer", "太贵了我不需要"),
        ("customer", "我再想想要投诉"),
        ("customer", "再想想还是太贵"),
        ("customer", "没听懂就办这个"),
        ("customer", "谢谢你啊"),
    ],
}


class Call:
    """A call whose running words are looked at, with everything that is said of it."""

    def __init__(self, playbook: Playbook = PLAYBOOK) -> None:
        self.playbook = playbook
        self.state: RunState = begin(playbook)
        self.early = EarlyPrompts(playbook)
        self.log: list[Advice] = []

    def hears(self, utterance: Utterance, chars: int) -> Sequence[Prompt | PromptUpdated]:
        """The first characters of an utterance."""
        words = utterance.words[:chars]
        heard = utterance.model_copy(
            update={"text": utterance.text[:chars], "words": words, "decided_ms": words[-1].end_ms}
        )
        signals: tuple[Signal, ...] = phrases_in(heard, self.playbook)
        early = tuple(one.model_copy(update={"from_partial": True}) for one in signals)
        changes = self.early.look(self.state, heard, early)
        self.log += changes
        return changes

    def takes(self, fact: Fact) -> Sequence[Advice]:
        self.state, advice = advise(self.playbook, self.state, fact)
        self.log += (*self.early.settle(self.state, fact, advice), *advice)
        return advice

    @property
    def told(self) -> list[tuple[str, str]]:
        """Prompt ids with what was told of them."""
        return [
            (one.prompt_id, ("early" if one.from_partial else "shown") if isinstance(one, Prompt) else one.state)
            for one in self.log
            if isinstance(one, Prompt | PromptUpdated)
        ]


def turns(facts: Iterable[Fact]) -> list[Turn]:
    return [fact for fact in facts if isinstance(fact, Turn)]


def said(*lines: str) -> list[Turn]:
    call = Dialogue(PLAYBOOK)
    for line in lines:
        call.customer(line)
    return turns(call.facts(None))


def offered(line: str) -> tuple[Call, Turn]:
    """A call in which the agent has made an offer, and what the customer is about to say to it."""
    dialogue, call = Dialogue(SHOP).customer("我流量不够").agent("给您推荐一个").customer(line), Call(SHOP)
    asks, makes, answers = turns(dialogue.facts(None))
    call.takes(asks)
    call.takes(makes)
    call.log.clear()
    return call, answers


def test_certain_words_show_the_prompts_of_early_rules_and_nothing_else() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    (prompt,) = only(Prompt, call.hears(turn.utterance, 4))
    assert (prompt.prompt_id, prompt.from_partial, prompt.said_ms) == ("usage-1", True, turn.utterance.end_ms)
    assert prompt.because.evidence[0].quote == "流量"
    assert call.hears(turn.utterance, 5) == ()


def test_the_final_says_the_same_prompt_again_under_the_same_id() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    call.hears(turn.utterance, 4)
    call.takes(turn)
    assert call.told == [("usage-1", "early"), ("usage-1", "shown"), ("late-1", "shown")]


def test_a_final_that_does_not_call_for_it_withdraws_it() -> None:
    call, (turn,) = Call(), said("流量我不要了")
    call.hears(turn.utterance, 2)
    call.takes(turn)
    update = only(PromptUpdated, call.log)[0]
    assert (update.prompt_id, update.state, update.reason) == ("usage-1", "withdrawn", "听完整句，不再适用")
    assert ("usage-1", "shown") not in call.told


def test_one_for_which_its_final_finds_no_room_goes_with_that_reason() -> None:
    once = playbook_of(RULES, more=ETIQUETTE + "  budget: [{most: 1}]\n")
    call, (first, second) = Call(once), said("不够用", "流量不够")
    call.hears(second.utterance, 2)
    call.takes(first)
    call.takes(second)
    update = only(PromptUpdated, call.log)[-1]
    assert (update.prompt_id, update.state, update.reason) == ("usage-1", "withdrawn", "提示已经够多，不再打扰")


def test_words_that_were_none_withdraw_it() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    call.hears(turn.utterance, 4)
    dropped = UtteranceDropped(
        utterance_id=turn.utterance.utterance_id,
        party="customer",
        start_ms=500,
        end_ms=900,
        decided_ms=1_000,
        reason="no-speech",
    )
    call.takes(dropped)
    assert call.told == [("usage-1", "early"), ("usage-1", "withdrawn")]


def test_the_words_of_the_other_party_leave_it_alone() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    call.hears(turn.utterance, 4)
    other = turn.utterance.model_copy(update={"party": "agent", "utterance_id": "a1", "text": "嗯"})
    call.takes(Turn(other))
    call.takes(SpeechStarted(utterance_id="a2", party="agent", start_ms=1_000, decided_ms=1_100))
    assert call.told == [("usage-1", "early")]


def test_an_early_offer_goes_when_offers_have_to_wait() -> None:
    call, (first, second) = Call(), said("那个不够用啊", "你们乱来我要投诉")
    call.hears(first.utterance, 5)
    call.takes(replace(second, utterance=second.utterance.model_copy(update={"utterance_id": "other"})))
    assert call.told == [("pack-1", "early"), ("pack-1", "withdrawn")]
    assert only(PromptUpdated, call.log)[0].reason == "先不推荐"


def test_an_offer_is_not_early_where_the_same_words_forbid_it() -> None:
    call, (turn,) = Call(), said("不够用我要投诉")
    assert call.hears(turn.utterance, 7) == ()


def test_an_early_offer_goes_at_once_when_the_same_words_forbid_it_after_all() -> None:
    call, (turn,) = Call(), said("不够用我要投诉")
    call.hears(turn.utterance, 3)
    call.hears(turn.utterance, 7)
    assert call.told == [("pack-1", "early"), ("pack-1", "withdrawn")]
    assert only(PromptUpdated, call.log)[0].reason == "先不推荐"
    call.takes(turn)
    assert len(call.told) == 2


def test_the_answer_to_how_an_offer_is_taken_comes_before_the_final() -> None:
    call, turn = offered("再想想吧")
    call.hears(turn.utterance, 3)
    call.takes(turn)
    assert call.told == [("pack-30g.hesitant-1", "early"), ("pack-30g.hesitant-1", "shown")]


def test_the_cheaper_offer_waits_for_the_final() -> None:
    call, turn = offered("太贵了吧")
    call.hears(turn.utterance, 3)
    call.takes(turn)
    assert call.told == [("pack-10g-1", "shown")]


def test_an_answer_that_may_not_be_early_waits_for_the_final() -> None:
    call, turn = offered("我很担心")
    call.hears(turn.utterance, 4)
    call.takes(turn)
    assert call.told == [("pack-30g.worried-1", "shown")]


def test_who_refuses_after_all_is_not_answered() -> None:
    call, turn = offered("再想想不需要")
    call.hears(turn.utterance, 3)
    call.takes(turn)
    assert call.told == [("pack-30g.hesitant-1", "early"), ("pack-30g.hesitant-1", "withdrawn")]


def test_an_early_answer_goes_at_once_when_the_same_words_forbid_selling() -> None:
    call, turn = offered("再想想我要投诉")
    call.hears(turn.utterance, 3)
    call.hears(turn.utterance, 7)
    assert call.told == [("pack-30g.hesitant-1", "early"), ("pack-30g.hesitant-1", "withdrawn")]


def test_a_reaction_that_waits_for_an_answer_is_not_of_the_words_that_go_on() -> None:
    soothe = "  - {id: s, phrase: 再想想, because: 慢, emit: {prompt: {kind: soothe, title: 慢, body: 慢}}}\n"
    unasked = SELLING.replace("request: true, early: true, ", "")
    playbook = shop(selling=unasked, etiquette="\netiquette: {min_gap_ms: 1500}\n", rules=SHOP_RULES + soothe)
    dialogue = Dialogue(playbook).customer("我流量不够").customer("谢谢").agent("给您推荐一个").customer("再想想吧")
    *before, nod = turns(dialogue.customer("嗯，嗯嗯嗯嗯嗯").facts(None))
    call = Call(playbook)
    for turn in before:
        call.takes(turn)
    call.log.clear()
    call.hears(nod.utterance, 8)
    call.takes(nod)
    assert call.told == [("pack-30g.hesitant-1", "shown")]


def test_of_prompts_that_come_too_close_only_that_of_the_final_is_early() -> None:
    playbook = playbook_of(RULES, more=ETIQUETTE.replace("min_gap_ms: 0", "min_gap_ms: 3000"))
    call, (turn,) = Call(playbook), said("流量不够用")
    call.hears(turn.utterance, 2)
    call.hears(turn.utterance, 5)
    call.takes(turn)
    assert call.told == [("usage-1", "early"), ("usage-1", "shown")]


def test_a_prompt_is_not_early_where_one_that_has_to_wait_will_take_its_place() -> None:
    soothe = RULES.replace("kind: say", "kind: soothe")
    playbook = playbook_of(soothe, more=ETIQUETTE.replace("min_gap_ms: 0", "min_gap_ms: 3000"))
    call, (turn,) = Call(playbook), said("流量不够用")
    call.hears(turn.utterance, 5)
    call.takes(turn)
    assert call.told == [("late-1", "shown")]


def test_an_early_prompt_takes_no_other_prompts_place() -> None:
    call, lines = Call(), said("流量", "流量不够用")
    call.takes(lines[0])
    assert [one.prompt_id for one in call.state.open_prompts] == ["usage-1", "late-1"]
    assert call.hears(lines[1].utterance, 5) == ()


def test_it_expires_as_prompts_do() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    (prompt,) = only(Prompt, call.hears(turn.utterance, 4))
    call.takes(Tick(prompt.expires_ms))
    assert call.told == [("usage-1", "early"), ("usage-1", "expired")]


def test_a_playbook_without_early_rules_shows_nothing_early() -> None:
    playbook = playbook_of(RULES.replace("early: true", "early: false"), more=ETIQUETTE)
    (turn,) = said("我的流量不够用了")
    assert Call(playbook).hears(turn.utterance, 8) == ()


@pytest.mark.parametrize(
    "rule",
    [
        "phrase: 流量, emit: {flag: {title: 标}}",
        "absent: {what: {phrase: 流量}, close: true}, when: close, emit: {prompt: {kind: say, title: 说, body: 说}}",
    ],
)
def test_only_prompts_of_the_running_call_can_be_early(rule: str) -> None:
    with pytest.raises(PlaybookError, match="early: only a prompt"):
        playbook_of(f"  - {{id: r, party: agent, because: 因为, early: true, {rule}}}\n")


Line = tuple[tuple[Party, str], list[int]]
"""Who says what, and after how many characters it is looked at."""


def lines_of(playbook: Playbook) -> st.SearchStrategy[list[Line]]:
    line = st.tuples(st.sampled_from(TEXTS[playbook.name]), st.lists(st.integers(1, 8), max_size=3))
    return st.lists(line, max_size=8)


@pytest.mark.parametrize("playbook", [PLAYBOOK, SHOP], ids=lambda playbook: playbook.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_with_or_without_early_looks_the_finals_say_the_same(playbook: Playbook, data: st.DataObject) -> None:
    lines = data.draw(lines_of(playbook))
    dialogue = Dialogue(playbook)
    for (party, text), _ in lines:
        dialogue.says(party, text)
    facts = dialogue.facts()
    looks = iter(sorted(chars) for _, chars in lines)
    call = Call(playbook)
    for fact in facts:
        if isinstance(fact, Turn):
            for chars in next(looks):
                call.hears(fact.utterance, chars)
        call.takes(fact)
    assert (call.state, without_early(call.log)) == run(playbook, facts)
    standing: dict[str, str] = dict(call.told)
    assert not [prompt_id for prompt_id, state in standing.items() if state == "early"]
