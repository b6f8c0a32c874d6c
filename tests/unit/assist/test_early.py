"""Early prompts come before the final, hold or go with it, and change nothing that the rules say in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.early import EarlyPrompts
from assist.errors import PlaybookError
from assist.messages import Prompt, PromptUpdated, Signal, SpeechStarted, Utterance, UtteranceDropped
from assist.playbook import Advice, Fact, Playbook, RunState, Tick, Turn, advise, begin
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
TEXTS = ("我的流量不够用了", "流量我不要了", "你们乱来我要投诉", "那个不够用啊", "嗯好的", "流量流量")


class Call:
    """A call whose running words are looked at, with everything that is said of it."""

    def __init__(self, playbook: Playbook = PLAYBOOK) -> None:
        self.playbook = playbook
        self.state: RunState = begin(playbook)
        self.early = EarlyPrompts(playbook)
        self.log: list[Advice] = []

    def hears(self, utterance: Utterance, chars: int) -> Sequence[Prompt]:
        """The first characters of an utterance."""
        words = utterance.words[:chars]
        heard = utterance.model_copy(
            update={"text": utterance.text[:chars], "words": words, "decided_ms": words[-1].end_ms}
        )
        signals: tuple[Signal, ...] = phrases_in(heard, self.playbook)
        early = tuple(one.model_copy(update={"from_partial": True}) for one in signals)
        prompts = self.early.look(self.state, heard, early)
        self.log += prompts
        return prompts

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


def test_certain_words_show_the_prompts_of_early_rules_and_nothing_else() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    (prompt,) = call.hears(turn.utterance, 4)
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


def test_an_early_prompt_takes_no_other_prompts_place() -> None:
    call, lines = Call(), said("流量", "流量不够用")
    call.takes(lines[0])
    assert [one.prompt_id for one in call.state.open_prompts] == ["usage-1", "late-1"]
    assert call.hears(lines[1].utterance, 5) == ()


def test_it_expires_as_prompts_do() -> None:
    call, (turn,) = Call(), said("我的流量不够用了")
    (prompt,) = call.hears(turn.utterance, 4)
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


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.lists(st.integers(1, 8), max_size=3)), max_size=6))
def test_with_or_without_early_looks_the_finals_say_the_same(lines: list[tuple[str, list[int]]]) -> None:
    dialogue = Dialogue(PLAYBOOK)
    for text, _ in lines:
        dialogue.customer(text)
    facts = dialogue.facts()
    looks = iter(sorted(chars) for _, chars in lines)
    call = Call()
    for fact in facts:
        if isinstance(fact, Turn):
            for chars in next(looks):
                call.hears(fact.utterance, chars)
        call.takes(fact)
    assert (call.state, without_early(call.log)) == run(PLAYBOOK, facts)
    standing: dict[str, str] = dict(call.told)
    assert not [prompt_id for prompt_id, state in standing.items() if state == "early"]
