"""The default summary of a call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assist.messages import (
    ActSignal,
    CallOpened,
    CueHeard,
    EmotionSignal,
    EntitySignal,
    Envelope,
    Event,
    Evidence,
    IntentSignal,
    Party,
    PromptUpdated,
    Reaction,
    Result,
    Utterance,
    WrapUp,
)
from assist.messages.heard import CustomerReaction
from assist.view import fold_all
from assist.wrapup import wrap_up
from assist.wrapup.codes import REASON_CODES, REASON_OF_INTENT, RESULT_CODES, codes, is_known, wording_of
from assist.wrapup.words import FEELINGS, NO_REASONS, REASONS
from nlp.labels import EMOTIONS, INTENTS
from nlp.labels import codes as label_codes
from nlp.signals import said as label_of
from tests.support.dialogue import utterance_of
from tests.support.envelopes import log, opened, prompt

AT_MS = 60_000
SOURCE = "test@1"


class Call:
    """A call written down turn by turn, with what was understood of it."""

    def __init__(self) -> None:
        self.events: list[Event] = [opened()]
        self._at_ms = 0

    def says(self, party: Party, text: str, *, intent: str = "", act: str = "", felt: str = "") -> Call:
        number = sum(isinstance(event, Utterance) for event in self.events)
        said = utterance_of(number, party, text, self._at_ms, self._at_ms + 3_000, 0.9)
        self._at_ms += 5_000
        self.events.append(said)
        if intent:
            self.events.append(IntentSignal(**label_of(said, intent, 0.9, SOURCE)))
        if act:
            self.events.append(ActSignal(**label_of(said, act, 0.9, SOURCE)))
        if felt:
            valence = -0.8 if felt == "angry" else 0.0
            self.events.append(EmotionSignal(**label_of(said, felt, 0.9, SOURCE), intensity=2, valence=valence))
        for words, label, value in (("二十四小时内", "deadline", "PT24H"), ("流量包", "product", "流量包")):
            if words in text:
                span = (text.index(words), text.index(words) + len(words))
                self.events.append(EntitySignal(**label_of(said, label, 0.9, SOURCE), value=value, span=span))
        return self

    def log(self) -> list[Envelope]:
        return log("c", *self.events)

    def wrap_up(self) -> WrapUp:
        found = wrap_up(fold_all("c", self.log()), AT_MS, "hangup", UTC)
        assert found is not None
        return found


def complaint() -> Call:
    return (
        Call()
        .says("agent", "您好，很高兴为您服务。", act="greet")
        .says("customer", "你们多扣了我五十块钱！", intent="complain_billing", act="complain", felt="angry")
        .says("agent", "已经为您取消了。", act="inform")
        .says("agent", "二十四小时内给您回电。", act="commit")
        .says("agent", "给您推荐一个流量包。", act="offer")
        .says("customer", "我再想想。", intent="hesitate", act="object", felt="neutral")
        .says("customer", "好，谢谢。", intent="thank", act="thank", felt="neutral")
    )


def test_every_part_of_a_call_is_told_with_the_words_it_rests_on() -> None:
    found = complaint().wrap_up()
    assert [sentence.part for sentence in found.sentences] == ["reason", "done", "promise", "offer", "emotion", "open"]
    assert found.sentences[0].zh == "客户来电投诉费用：“你们多扣了我五十块钱！”"
    assert found.sentences[0].en == "The customer complained about a charge: “你们多扣了我五十块钱！”"
    assert found.sentences[2].zh.startswith("坐席承诺回电或答复，2026-01-06 09:00 前：")
    assert found.sentences[3].zh == "推荐“流量包”，客户犹豫。"
    assert found.disposition.model_dump() == {"reason": "complaint-charge", "result": "promised"}


def test_each_sentence_rests_on_utterances_of_the_call() -> None:
    call = complaint()
    known = {event.utterance_id for event in call.events if isinstance(event, Utterance)}
    for sentence in call.wrap_up().sentences:
        assert sentence.utterance_ids
        assert known.issuperset(sentence.utterance_ids)


def test_the_log_gives_the_same_wrap_up_again() -> None:
    call = complaint()
    assert call.wrap_up() == call.wrap_up()


def test_feelings_have_a_start_a_worst_and_an_end() -> None:
    feelings = complaint().wrap_up().feelings
    assert feelings is not None
    assert (feelings.start.label, feelings.worst.label, feelings.end.label) == ("angry", "angry", "neutral")


def test_an_apology_is_no_deed() -> None:
    call = Call().says("agent", "非常抱歉给您添麻烦了。", act="apologise").says("customer", "好的。", act="ack")
    assert [sentence.part for sentence in call.wrap_up().sentences] == []


def test_a_call_without_words_has_no_wrap_up() -> None:
    view = fold_all("c", log("c", opened()))
    assert wrap_up(view, AT_MS, "hangup") is None


def test_a_wrap_up_of_a_view_without_an_opening_is_made_all_the_same() -> None:
    events = [event for event in complaint().events if not isinstance(event, CallOpened)]
    assert wrap_up(fold_all("c", log("c", *events)), AT_MS, "source-lost") is not None


def test_an_offer_that_was_shown_and_not_said_is_told_as_such() -> None:
    call = complaint()
    call.events.append(prompt("p1").model_copy(update={"at_ms": 34_000}))
    unsaid = call.wrap_up().offers[-1]
    assert (unsaid.title, unsaid.is_said, unsaid.reaction) == ("家庭套餐", False, None)


def offered(*more: Event) -> WrapUp:
    """A call in which the prompt p1 was shown and the agent has made its offer, of which the acts tell nothing."""
    call = (
        Call()
        .says("customer", "帮我看看有什么套餐。")
        .says("agent", "家里几个人一起用更省钱。")
        .says("customer", "行吧。")
    )
    made = PromptUpdated(prompt_id="p1", at_ms=9_000, state="withdrawn", reason="坐席已经推荐")
    call.events += [prompt("p1").model_copy(update={"at_ms": 4_000}), made, *more]
    return call.wrap_up()


HEARD = CueHeard(
    prompt_id="p1", at_ms=9_000, said=True, manner="own-words", score=0.4, source="heard@1",
    evidence=(Evidence(kind="utterance", utterance_id="u1", start_ms=5_000, end_ms=8_000),),
)  # fmt: skip


def taken(reaction: CustomerReaction) -> Reaction:
    return Reaction(
        prompt_id="p1", offered_ms=9_000, at_ms=14_000, reaction=reaction, basis="said", confidence=0.9,
        evidence=(Evidence(kind="utterance", utterance_id="u2", start_ms=10_000, end_ms=13_000),),
        source="heard@1",
    )  # fmt: skip


def test_what_the_closed_loop_heard_of_an_offer_holds() -> None:
    found = offered(HEARD, taken("accepted"))
    (offer,) = found.offers
    assert (offer.title, offer.prompt_id, offer.is_said, offer.reaction) == ("家庭套餐", "p1", True, "accepted")
    assert offer.utterance_ids == ("u1", "u2")
    assert found.disposition.result == "sold"
    assert [one.zh for one in found.sentences if one.part == "offer"] == ["推荐“家庭套餐”，客户接受。"]


def test_what_was_reported_of_an_offer_holds_against_what_was_heard() -> None:
    found = offered(
        HEARD, taken("accepted"), Result(prompt_id="p1", at_ms=15_000, result="not-sold", by="u", source="agent")
    )
    assert found.offers[0].result == "not-sold"
    assert found.disposition.result != "sold"
    assert [one.zh for one in found.sentences if one.part == "offer"] == ["推荐“家庭套餐”，客户接受，未办理。"]
    sold = offered(Result(prompt_id="p1", at_ms=15_000, result="sold", by="u", source="crm"))
    assert (sold.offers[0].is_said, sold.offers[0].result, sold.disposition.result) == (True, "sold", "sold")
    assert sold.offers[0].utterance_ids


def test_an_answer_that_was_badly_heard_is_no_reaction() -> None:
    found = offered(HEARD, taken("unknown"))
    assert (found.offers[0].is_said, found.offers[0].reaction) == (True, None)
    assert [one.zh for one in found.sentences if one.part == "offer"] == ["推荐“家庭套餐”，没有听清客户的态度。"]


def test_an_offer_in_other_words_than_those_of_a_prompt_that_was_not_said_is_the_agents_own() -> None:
    call = Call().says("customer", "有什么活动。").says("agent", "给您推荐一个流量包。", act="offer")
    unsaid = HEARD.model_copy(update={"said": False, "manner": None, "evidence": ()})
    call.events += [prompt("p1").model_copy(update={"at_ms": 4_000}), unsaid]
    own, shown = call.wrap_up().offers
    assert (own.title, own.prompt_id, own.is_said) == ("流量包", None, True)
    assert (shown.title, shown.prompt_id, shown.is_said) == ("家庭套餐", "p1", False)


@pytest.mark.parametrize(
    ("intent", "act", "reaction"),
    [
        ("agree", "accept", "accepted"),
        ("refuse", "reject", "refused"),
        ("hesitate", "object", "hesitant"),
        ("other", "", "ignored"),
    ],
)
def test_the_customers_answer_tells_how_an_offer_was_taken(intent: str, act: str, reaction: str) -> None:
    call = Call().says("agent", "给您推荐一个流量包。", act="offer").says("customer", "嗯。", intent=intent, act=act)
    (offer,) = call.wrap_up().offers
    assert (offer.title, offer.reaction) == ("流量包", reaction)


def test_a_question_on_the_way_is_no_reason_to_call() -> None:
    call = (
        Call()
        .says("customer", "宽带断了。", intent="fault_broadband")
        .says("customer", "什么时候能好？", intent="query_progress")
        .says("agent", "请问还有其他需要吗？", act="ask")
        .says("customer", "查一下话费。", intent="query_bill")
    )
    assert [reason.intent for reason in call.wrap_up().reasons] == ["fault_broadband", "query_bill"]


def test_the_customers_last_wish_without_an_answer_is_a_loose_end() -> None:
    call = Call().says("agent", "您好。", act="greet").says("customer", "能不能快点？", act="ask")
    (end,) = [sentence for sentence in call.wrap_up().sentences if sentence.part == "open"]
    assert end.zh == "客户最后的问题没有得到回应：“能不能快点？”"


def test_every_label_of_the_model_has_its_words_and_its_place_in_the_tree() -> None:
    assert set(label_codes(INTENTS)) == set(REASONS) | NO_REASONS
    assert set(label_codes(EMOTIONS)) == set(FEELINGS)
    assert set(REASON_OF_INTENT) == set(REASONS)


def test_codes_are_known_by_both_halves_and_told_in_both_languages() -> None:
    found = complaint().wrap_up().disposition
    assert is_known(found)
    assert wording_of(found).zh == "费用投诉 · 承诺跟进"
    assert not is_known(found.model_copy(update={"result": "gone"}))
    assert len(codes(REASON_CODES)) == len(REASON_CODES)
    assert len(codes(RESULT_CODES)) == len(RESULT_CODES)


def test_a_time_zone_moves_the_clock_and_not_the_moment() -> None:
    view = fold_all("c", complaint().log())
    there, here = wrap_up(view, AT_MS, "hangup", UTC), complaint().wrap_up()
    assert there is not None
    assert there.promises[0].due_at == here.promises[0].due_at == datetime(2026, 1, 6, 9, 0, 18, 223_456, UTC)
