"""What the archive makes of a log."""

from __future__ import annotations

from assist.messages import (
    CallRepeated,
    CallUpdated,
    ConversationMeasures,
    Customer,
    CustomerHistory,
    CustomerLookedUp,
    Event,
    LineCorrected,
    PartyMeasures,
)
from assist.search.document import MAX_FEELINGS, CallDocument, Felt, FoundFlag, FoundOffer, Line, archived
from tests.support.archived_calls import archived_log, felt, flagged, offered, overtalk, said, silent, wanted
from tests.support.past_calls import call_log, wrap_up


def document_of(*events: Event) -> CallDocument:
    call = archived(archived_log("c1", *events))
    assert call is not None
    return call.document


def test_an_open_call_is_not_archived() -> None:
    assert archived(archived_log("c1")[:-1]) is None


def test_utterances_are_lines_as_people_read_them_and_as_they_were_spoken() -> None:
    call = archived(archived_log("c1", *said(("agent", "一百二十八元", "128元"), ("customer", "好"))))
    assert call is not None
    assert call.lines == (
        Line("agent-0", "agent", 0, 2_000, "128元", "一百二十八元"),
        Line("customer-1", "customer", 2_000, 4_000, "好"),
    )
    assert call.document.utterances == 2


def corrected(text: str) -> LineCorrected:
    return LineCorrected(at_ms=0, utterance_id="agent-0", text=text, by="u", by_name="U")


def test_a_line_that_a_person_put_right_holds_and_can_be_taken_back() -> None:
    heard = said(("agent", "一百二十八元", "128元"))
    put_right = archived(archived_log("c1", *heard, corrected("一百三十"), corrected("一百三十八元")))
    taken_back = archived(archived_log("c1", *heard, corrected("一百三十八元"), corrected("一百二十八元")))
    assert put_right is not None
    assert taken_back is not None
    assert [(line.text, line.spoken) for line in put_right.lines] == [("一百三十八元", None)]
    assert [(line.text, line.spoken) for line in taken_back.lines] == [("128元", "一百二十八元")]


def test_wishes_are_the_customers_each_once_in_their_order() -> None:
    heard = (wanted("b"), wanted("a"), wanted("b"), wanted("early", early=True), wanted("agents", party="agent"))
    assert document_of(*heard).intents == ("b", "a")


def repeated(number: int) -> CallRepeated:
    return CallRepeated(at_ms=0, intent="complain_billing", utterance_id="u", number=number)


def test_the_reason_is_the_first_matter_of_an_inbound_call() -> None:
    about = wrap_up(reasons=("escalate", "complain_billing", "query_usage"))
    assert document_of(about).reason == "complain_billing"
    assert document_of().reason is None
    outbound = archived(call_log("c1", about, direction="outbound"))
    assert outbound is not None
    assert outbound.document.reason is None


def test_which_call_about_it_this_is_needs_the_earlier_calls() -> None:
    known = CustomerHistory(at_ms=0, customer_id="1", took_ms=1)
    assert document_of(wrap_up()).repeat_no is None
    assert document_of(known, wrap_up()).repeat_no == 1
    assert document_of(known, repeated(2), wrap_up()).repeat_no == 2
    assert document_of(known, repeated(2)).repeat_no is None


def test_speeds_are_those_of_the_close() -> None:
    party = PartyMeasures.model_construct(party="agent", chars_per_min=240.0)
    measures = ConversationMeasures.model_construct(parties=(party,), silences=0)
    log = archived_log("c1")
    closed = log[-1].model_copy(update={"event": log[-1].event.model_copy(update={"conversation": measures})})
    call = archived([*log[:-1], closed])
    assert call is not None
    assert (call.document.agent_chars_per_min, call.document.customer_chars_per_min) == (240.0, None)


def test_feelings_are_told_where_they_change() -> None:
    course = (felt("neutral", 0.0), felt("neutral", 0.0, at_ms=1_000), felt("angry", -0.8, at_ms=2_000))
    document = document_of(*course, felt("happy", 0.9, party="agent"))
    assert document.feelings == (Felt("neutral", 0, 0.0, 0), Felt("angry", 2, -0.8, 2_000))
    assert document.worst == document.feelings[1]


def test_no_more_feelings_are_kept_than_the_bound() -> None:
    swings = [felt(("angry", "happy")[n % 2], 0.1, at_ms=n) for n in range(MAX_FEELINGS + 10)]
    assert len(document_of(*swings).feelings) == MAX_FEELINGS


def test_the_last_verdict_of_a_flag_holds() -> None:
    flags = (flagged("price", "at_risk", flag_id="f1"), flagged("greeting", "met"), flagged("price", flag_id="f1"))
    assert document_of(*flags).flags == (
        FoundFlag("f1", "price", "price的标题", "major", "breach", 5_000),
        FoundFlag("greeting", "greeting", "greeting的标题", "major", "met", 5_000),
    )


def test_offers_are_those_that_were_made() -> None:
    assert document_of(offered("流量包", "refused")).offers == (FoundOffer("", "流量包", "refused", False),)


def test_silences_and_overlaps_are_added_up() -> None:
    document = document_of(silent(0, 10_000), silent(20_000, 40_000), overtalk(700), overtalk(300))
    assert (document.silence_ms, document.longest_silence_ms, document.overtalk_ms) == (30_000, 20_000, 1_000)
    assert document.silence_share == 0.5


def test_a_customer_is_who_the_call_learnt_them_to_be() -> None:
    later = CallUpdated(at_ms=1, customer=Customer(customer_id="2"))
    looked_up = CustomerLookedUp(at_ms=2, customer_id="2", source="crm@1", is_known=True, name="王女士", took_ms=3)
    document = document_of(later, looked_up)
    assert (document.customer_id, document.customer_name) == ("2", "王女士")
