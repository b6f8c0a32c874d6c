from __future__ import annotations

from collections.abc import Sequence

import pytest

from assist.heard import Hearing
from assist.heard.hearing import Heard
from assist.messages import (
    ActSignal,
    Because,
    CueHeard,
    IntentSignal,
    Party,
    Prompt,
    PromptKind,
    Reaction,
    Result,
    Signal,
    Utterance,
)

OFFER = "加一个流量包更划算，马上生效，要不要帮您看看？"
CLOSING = "请问还有其他可以帮您的吗"


class Call:
    """A call that is written down turn by turn."""

    def __init__(self) -> None:
        self.hearing = Hearing()
        self.news: list[Heard] = []
        self.now_ms = 0

    def show(self, prompt_id: str, kind: PromptKind = "offer", body: str = OFFER) -> Call:
        prompt = Prompt(
            prompt_id=prompt_id,
            kind=kind,
            title="",
            body=body,
            because=Because(rule=f"{prompt_id.rpartition('-')[0]}@1", reason="", evidence=()),
            at_ms=self.now_ms,
            said_ms=self.now_ms,
            expires_ms=self.now_ms + 30_000,
            offer_id="pack" if kind == "offer" else None,
        )
        self.hearing = self.hearing.shown([prompt], ())
        return self

    def says(
        self,
        party: Party,
        text: str,
        *,
        acts: str = "",
        intents: str = "",
        confidence: float = 0.9,
        sure: float = 0.9,
    ) -> Call:
        said = utterance(party, text, self.now_ms + 500, confidence)
        self.now_ms = said.decided_ms
        self.hearing, news = self.hearing.heard(said, signals(said, acts, intents, sure))
        self.news += news
        return self

    def agent(self, text: str, acts: str = "") -> Call:
        return self.says("agent", text, acts=acts)

    def customer(self, text: str, acts: str = "", intents: str = "", confidence: float = 0.9) -> Call:
        return self.says("customer", text, acts=acts, intents=intents, confidence=confidence)

    def wait(self, duration_ms: int) -> Call:
        self.now_ms += duration_ms
        self.hearing, news = self.hearing.reached(self.now_ms)
        self.news += news
        return self

    @property
    def reactions(self) -> list[tuple[str | None, str, str]]:
        return [(one.prompt_id, one.reaction, one.basis) for one in self.news if isinstance(one, Reaction)]

    @property
    def cues(self) -> list[tuple[str, bool, str | None]]:
        return [(one.prompt_id, one.said, one.manner) for one in self.news if isinstance(one, CueHeard)]


def utterance(party: Party, text: str, start_ms: int, confidence: float = 0.9, end_ms: int | None = None) -> Utterance:
    end_ms = start_ms + 200 * len(text) if end_ms is None else end_ms
    return Utterance(
        utterance_id=f"{party}-{start_ms}",
        party=party,
        text=text,
        words=(),
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms + 500,
        confidence=confidence,
        model="test@1",
    )


def signals(said: Utterance, acts: str, intents: str = "", score: float = 0.9) -> Sequence[Signal]:
    """``acts`` and ``intents`` are labels with a space between."""
    place = {"utterance_id": said.utterance_id, "party": said.party, "start_ms": said.start_ms, "source": "test@1"}
    given = {**place, "end_ms": said.end_ms, "score": score}
    return (
        *(ActSignal.model_validate({**given, "label": label}) for label in acts.split()),
        *(IntentSignal.model_validate({**given, "label": label}) for label in intents.split()),
    )


def offered() -> Call:
    return Call().show("pack-1").agent(OFFER, "offer")


def test_what_was_said_until_a_prompt_was_shown_says_nothing_of_it() -> None:
    call = Call().wait(9_000)
    said = utterance("agent", OFFER, 500)
    for shown_ms in (said.decided_ms, said.decided_ms + 10):
        call.now_ms = shown_ms
        call.show(f"pack-{shown_ms}")
    hearing, news = call.hearing.heard(said, signals(said, "offer"))
    assert [cue.utterances for cue in hearing.cues] == [0, 0]
    assert [one for one in news if isinstance(one, CueHeard)] == []


def test_the_words_of_a_prompt_are_heard_with_their_utterance() -> None:
    call = offered()
    assert call.cues == [("pack-1", True, "as-worded")]
    told = call.news[0]
    assert isinstance(told, CueHeard)
    assert (told.score, told.offer_id, [one.quote for one in told.evidence]) == (1.0, "pack", [OFFER])


def test_own_words_count_where_the_agent_does_what_the_prompt_is_for() -> None:
    own = "我给您推荐一个流量包，马上就能用"
    assert Call().show("pack-1").agent(own, "offer").cues == [("pack-1", True, "own-words")]
    assert Call().show("pack-1").agent(own, "inform").cues == []


def test_a_prompt_spread_over_two_utterances_is_told_with_both() -> None:
    call = Call().show("pack-1").agent("加一个流量包更划算").customer("嗯").agent("马上生效，要不要帮您看看")
    told = call.news[-1]
    assert isinstance(told, CueHeard)
    assert told.score > 0.9
    assert len(told.evidence) == 2


def test_words_from_before_a_prompt_are_not_its_saying() -> None:
    assert Call().agent("加一个流量包更划算").show("pack-1").agent("马上生效").cues == []


@pytest.mark.parametrize("end", ["time", "utterances", "close"])
def test_what_was_not_said_is_told_in_the_end(end: str) -> None:
    call = Call().show("pack-1")
    match end:
        case "time":
            call.wait(60_000)
        case "utterances":
            for _ in range(8):
                call.agent("您的话费还有四十二块")
        case _:
            _, call.news = call.hearing.ended(1_000)[0], list(call.hearing.ended(1_000)[1])
    assert call.cues == [("pack-1", False, None)]


def test_yes_right_after_the_offer_is_acceptance() -> None:
    assert offered().customer("好的").reactions == [("pack-1", "accepted", "said")]


def test_a_refusal_holds_until_the_customer_says_otherwise() -> None:
    call = offered().customer("不需要", "reject", "refuse").agent("好的，以后有需要联系我们").customer("好的")
    assert call.reactions == [("pack-1", "refused", "said")]
    call.customer("算了，那你帮我办一个吧", "accept", "agree")
    assert call.reactions[-1] == ("pack-1", "accepted", "said")


def test_hesitation_may_turn_into_acceptance() -> None:
    call = (
        offered()
        .customer("我再想想", "object", "hesitate")
        .agent("随时可以退，没有违约金", "disclose")
        .customer("那行")
    )
    assert [reaction for _, reaction, _ in call.reactions] == ["hesitant", "accepted"]


def test_no_to_whether_there_is_anything_else_is_no_refusal() -> None:
    assert offered().agent(f"好的，{CLOSING}", "ask").customer("没有了", "deny").reactions == []


def test_a_question_about_the_offer_is_no_reaction() -> None:
    assert offered().customer("要是以后不想要了呢", "ask").reactions == []


def test_an_offer_in_other_words_while_the_prompt_stands_is_the_prompts() -> None:
    call = Call().show("pack-1").agent("您看要不要办这个", "offer").customer("不办", "reject")
    assert call.reactions == [("pack-1", "refused", "shown")]


def test_words_that_only_seem_to_offer_and_name_neither_it_nor_a_price_are_not_the_prompts() -> None:
    call = Call().show("pack-1").says("agent", "您的国际漫游还没开，要先帮您开一下", acts="offer", sure=0.7)
    assert call.customer("不办", "reject").reactions == [(None, "refused", "own")]


def test_the_agents_own_offer_has_a_reaction_without_a_prompt() -> None:
    call = Call().agent("您看要不要办一个会员", "offer").customer("不需要", "reject", "refuse")
    assert call.reactions == [(None, "refused", "own")]


def test_a_closing_prompt_serves_the_offer_on_the_table() -> None:
    call = offered().customer("我再想想", "object", "hesitate")
    call.show("close-1", "close", "我先帮您预留名额，不满意可以不办").agent("我先帮您预留名额，不满意可以不办", "offer")
    assert call.customer("好的", "accept").reactions[-1] == ("pack-1", "accepted", "said")


def test_words_that_were_badly_heard_leave_the_reaction_unknown() -> None:
    assert offered().customer("不要不要", "reject", confidence=0.2).reactions == [("pack-1", "unknown", "said")]


def test_an_offer_that_nobody_takes_up_is_ignored() -> None:
    call = offered()
    for _ in range(4):
        call.customer("我的话费怎么回事")
    assert call.reactions == [("pack-1", "ignored", "said")]
    assert offered().wait(50_000).reactions == [("pack-1", "ignored", "said")]


def test_an_answer_that_cuts_into_the_offer_counts() -> None:
    call = Call().show("pack-1")
    offer, answer = utterance("agent", OFFER, 1_000), utterance("customer", "不需要", 3_000)
    call.hearing, _ = call.hearing.heard(answer, signals(answer, "reject", "refuse"))
    _, news = call.hearing.heard(offer, signals(offer, "offer"))
    assert [one.reaction for one in news if isinstance(one, Reaction)] == ["refused"]


def test_reactions_are_found_by_offer_rule_and_place() -> None:
    hearing = offered().customer("不需要", "reject", "refuse").hearing
    for ref in ("last-offer", "any-offer", "pack"):
        assert [one.reaction for one in hearing.reaction_to(ref)] == ["refused"]
    assert hearing.reaction_to("other") == []


def test_a_result_of_the_call_is_one_of_its_last_offer() -> None:
    hearing = offered().hearing
    assert hearing.result_of("last-offer") == []
    sold = Result(at_ms=9_000, result="sold", by="u", source="agent")
    assert hearing.told(sold).result_of("last-offer") == [sold]
    unsold = sold.model_copy(update={"result": "not-sold"})
    assert hearing.told(sold).told(unsold).result_of("any-offer") == (unsold,)
