"""What a new call is told of the customer's earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from assist.history.recall import MAX_CALLS, MAX_PROMISES, recall
from assist.messages import CustomerHistory
from assist.ports import CallRecord
from tests.support.past_calls import NOW, offer, promise, record

DAY = 24


def told(*newest_first: CallRecord) -> CustomerHistory:
    return recall(newest_first, customer_id="1", opened_at=NOW, at_ms=40, took_ms=3)


def test_a_customer_who_never_called_has_no_history() -> None:
    assert told() == CustomerHistory(at_ms=40, customer_id="1", took_ms=3)


def test_calls_are_counted_by_week_and_month_and_only_those_in_which_the_customer_called() -> None:
    history = told(
        record("c4", hours_ago=DAY),
        record("c3", hours_ago=2 * DAY, direction="outbound"),
        record("c2", hours_ago=7 * DAY),
        record("c1", hours_ago=29 * DAY),
        record("c0", hours_ago=31 * DAY),
    )
    assert (history.calls_7d, history.calls_30d) == (2, 3)
    assert [call.call_id for call in history.calls] == ["c4", "c3", "c2", "c1", "c0"]


def test_complaints_are_counted_over_a_month_and_a_quarter() -> None:
    history = told(
        record("c4", hours_ago=DAY, reasons=("query_bill", "complain_billing")),
        record("c3", hours_ago=2 * DAY, reasons=("complain_billing",), direction="outbound"),
        record("c2", hours_ago=40 * DAY, reasons=("escalate",)),
        record("c1", hours_ago=41 * DAY, reasons=("query_bill",)),
    )
    assert (history.complaints_30d, history.complaints_90d) == (1, 2)


def test_reasons_of_the_last_seven_days_are_counted_the_latest_first() -> None:
    history = told(
        record("c3", hours_ago=DAY, reasons=("fault_broadband",)),
        record("c2", hours_ago=2 * DAY, reasons=("complain_billing", "fault_broadband")),
        record("c1", hours_ago=8 * DAY, reasons=("query_plan",)),
    )
    assert [(one.intent, one.calls, one.last_call_id) for one in history.reasons] == [
        ("fault_broadband", 2, "c3"),
        ("complain_billing", 1, "c2"),
    ]


def test_a_promise_stands_until_something_settles_it() -> None:
    (standing,) = told(record("c1", hours_ago=48, promises=(promise(),))).promises
    assert (standing.call_id, standing.promise, standing.is_overdue) == ("c1", promise(), True)


def test_a_call_that_reached_the_customer_keeps_a_promised_call_back() -> None:
    made = record("c1", hours_ago=49, promises=(promise(),))
    reached = record("c2", hours_ago=30, direction="outbound")
    assert told(reached, made).promises == ()


def test_a_call_that_reached_nobody_or_came_before_keeps_nothing() -> None:
    made = record("c1", hours_ago=49, promises=(promise(),))
    unanswered = record("c2", hours_ago=30, direction="outbound", is_reached=False)
    before = record("c0", hours_ago=60, direction="outbound")
    assert len(told(unanswered, made, before).promises) == 1


def test_a_refund_is_not_kept_by_a_call() -> None:
    made = record("c1", hours_ago=49, promises=(promise(kind="refund"),))
    assert len(told(record("c2", hours_ago=30, direction="outbound"), made).promises) == 1


def test_a_mark_of_a_person_settles_just_that_promise() -> None:
    made = record("c1", hours_ago=49, promises=(promise("a"), promise("b", kind="refund")))
    marked = record("c2", hours_ago=2, settled=(("c1", "a"), ("c0", "b")))
    assert [one.promise.promise_id for one in told(marked, made).promises] == ["b"]


def test_overdue_promises_come_first_then_the_soonest_and_those_without_a_time_last() -> None:
    promises = (
        promise("no-time", due_h=None),
        promise("later", due_h=-20),
        promise("soon", due_h=-2),
        promise("late", due_h=1),
        promise("later-still", due_h=5),
    )
    found = told(record("c1", hours_ago=49, promises=promises)).promises
    order = [(one.promise.promise_id, one.is_overdue) for one in found]
    assert order == [("later-still", True), ("late", True), ("soon", False), ("later", False), ("no-time", False)]


def test_of_each_offer_the_last_time_is_told() -> None:
    newer = record("c2", hours_ago=2, offers=(offer("data", hours_ago=2, reaction="refused"),))
    older = record(
        "c1", hours_ago=30, offers=(offer("data", hours_ago=30, reaction="hesitant"), offer("tv", hours_ago=30))
    )
    history = told(newer, older)
    assert [(one.offer_id, one.reaction) for one in history.offers] == [("data", "refused"), ("tv", None)]


def test_the_last_opt_out_is_told() -> None:
    history = told(record("c2", hours_ago=2), record("c1", hours_ago=30, has_opted_out=True))
    assert history.opted_out_at == record("c1", hours_ago=30).call.opened_at


@given(st.lists(st.integers(1, 2_000), max_size=60))
def test_what_is_told_is_bounded_and_counts_agree(hours: Sequence[int]) -> None:
    ago = sorted(hours)
    history = told(*(record(f"c{at}", hours_ago=at, promises=(promise(),)) for at in ago))
    assert len(history.calls) <= MAX_CALLS
    assert len(history.promises) <= MAX_PROMISES
    assert history.calls_7d <= history.calls_30d <= len(ago)
    assert sum(one.calls for one in history.reasons) == history.calls_7d
