"""What a closed call leaves behind for the customer's next one."""

from __future__ import annotations

from assist.history.record import REMEMBERED, record_of
from assist.messages import (
    Because,
    CallUpdated,
    Customer,
    Disposition,
    Flag,
    OfferMade,
    PromiseSettled,
    Prompt,
    Reaction,
    Result,
    WrapUpConfirmed,
)
from assist.ports import CallRecord
from tests.support.past_calls import call_log, promise, wrap_up


def prompt(prompt_id: str, *, offer_id: str | None = None) -> Prompt:
    because = Because(rule="offer-data@3", reason="流量不够", evidence=())
    return Prompt(
        prompt_id=prompt_id,
        kind="offer",
        title="流量包",
        body="加一个",
        because=because,
        at_ms=1,
        said_ms=1,
        expires_ms=9,
        offer_id=offer_id,
    )


def made(prompt_id: str | None, *, is_said: bool = True) -> OfferMade:
    return OfferMade(title="流量包", prompt_id=prompt_id, is_said=is_said, reaction="hesitant", utterance_ids=("a-1",))


def reaction(prompt_id: str) -> Reaction:
    return Reaction(
        prompt_id=prompt_id, offered_ms=1, at_ms=2, reaction="refused", basis="said", confidence=0.9, source="test@1"
    )


def known(record: CallRecord | None) -> CallRecord:
    assert record is not None
    return record


def test_reasons_promises_and_result_are_those_of_the_wrap_up() -> None:
    log = call_log("c1", wrap_up(reasons=("query_bill", "repeat_call"), promises=(promise(),)))
    record = known(record_of(log))
    assert (record.customer_id, record.call.call_id, record.call.opened_at) == ("1", "c1", log[0].at)
    assert (record.call.reasons, record.call.result, record.promises) == (("query_bill",), "promised", (promise(),))
    assert (record.call.duration_ms, record.call.cause) == (60_000, "hangup")


def test_a_call_without_a_wrap_up_is_remembered_as_one_that_was() -> None:
    record = known(record_of(call_log("c1")))
    assert (record.call.reasons, record.call.result, record.promises, record.offers) == ((), "", (), ())


def test_an_open_call_and_one_of_nobody_leave_nothing() -> None:
    assert record_of(call_log("c1")[:1]) is None
    assert record_of(call_log("c1", customer_id=None)) is None
    assert record_of([]) is None


def test_the_customer_who_was_on_the_phone_last_counts() -> None:
    log = call_log("c1", CallUpdated(at_ms=5, customer=Customer(customer_id="2")), customer_id=None)
    assert known(record_of(log)).customer_id == "2"


def test_what_a_person_confirmed_takes_the_place_of_the_proposal() -> None:
    confirmed = WrapUpConfirmed(
        at_ms=61_000, by="u", text="已处理", language="zh", disposition=Disposition(reason="r", result="solved")
    )
    record = known(record_of(call_log("c1", wrap_up(promises=(promise(),)), after=(confirmed,))))
    assert (record.promises, record.call.result) == ((), "solved")


def test_offers_carry_their_id_and_how_they_were_taken() -> None:
    said = wrap_up(offers=(made("p-1"), made("p-2"), made(None), made("p-3", is_said=False)))
    events = (prompt("p-1", offer_id="data-10"), prompt("p-2"), prompt("p-3"), reaction("p-2"), said)
    offers = known(record_of(call_log("c1", *events))).offers
    assert [(one.offer_id, one.reaction) for one in offers] == [
        ("data-10", "hesitant"),
        ("offer-data", "refused"),
        ("", "hesitant"),
    ]


def test_an_offer_that_only_the_ear_noticed_is_one_too() -> None:
    (offer,) = known(record_of(call_log("c1", prompt("p-1"), reaction("p-1"), wrap_up()))).offers
    assert (offer.title, offer.reaction) == ("流量包", "refused")


def test_a_sale_reported_after_the_call_counts_and_can_be_taken_back() -> None:
    sold = Result(prompt_id="p-1", at_ms=60_000, result="sold", by="crm", source="crm")
    taken_back = sold.model_copy(update={"result": "not-sold"})
    events = (prompt("p-1"), wrap_up(offers=(made("p-1"),)))
    assert [one.is_sold for one in known(record_of(call_log("c1", *events, after=(sold,)))).offers] == [True]
    assert [one.is_sold for one in known(record_of(call_log("c1", *events, after=(sold, taken_back)))).offers] == [
        False
    ]


def test_marks_of_kept_promises_and_an_opt_out_are_remembered() -> None:
    because = Because(rule="opt-out@1", reason="不要推销", evidence=())
    flag = Flag(
        flag_id="opt-out", rule="opt-out@1", title="", severity="minor", verdict="met", because=because, at_ms=1
    )
    settled = PromiseSettled(at_ms=1, call_id="c0", promise_id="a-3:1", by="u")
    record = known(record_of(call_log("c1", flag, settled)))
    assert record.has_opted_out
    assert record.settled == (("c0", "a-3:1"),)


def test_a_customer_who_said_nothing_was_not_reached() -> None:
    assert known(record_of(call_log("c1"))).is_reached
    assert not known(record_of(call_log("c1", customer_spoke_ms=0))).is_reached


def test_the_record_needs_no_other_events_than_it_says() -> None:
    events = (prompt("p-1"), reaction("p-1"), wrap_up(promises=(promise(),), offers=(made("p-1"),)))
    log = call_log("c1", *events)
    assert record_of([one for one in log if one.event.type in REMEMBERED]) == record_of(log)
