"""What counts as a promise, and by when it is due."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from assist.messages import Agent, Customer
from assist.view import Line
from assist.wrapup.promises import Circumstances, promises_of
from tests.unit.assist.wrapup.known_lines import line

CALL = Circumstances(
    datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
    ZoneInfo("Asia/Shanghai"),
    Agent(agent_id="1001", name="林晓"),
    Customer(customer_id="c-1"),
)
IN_A_DAY = ("二十四小时内", "PT24H")


def kinds(*lines: Line) -> list[str]:
    return [promise.kind for promise in promises_of(lines, CALL)]


def test_a_call_back_within_24_hours_is_due_24_hours_after_the_words() -> None:
    said = line(2, "agent", "二十四小时内给您回电。", acts=("commit",), deadline=IN_A_DAY)
    (promise,) = promises_of([said], CALL)
    assert promise.kind == "call-back"
    assert promise.made_at == datetime(2026, 11, 23, 2, 0, 14, tzinfo=UTC)
    assert promise.due_at == datetime(2026, 11, 24, 2, 0, 14, tzinfo=UTC)
    assert promise.due_said == "二十四小时内"
    assert (promise.utterance_id, promise.quote) == ("u2", "二十四小时内给您回电。")
    assert promise.by == CALL.agent
    assert promise.customer_id == "c-1"


def test_a_time_to_come_makes_a_promise_without_the_act() -> None:
    assert kinds(line(1, "agent", "钱两天内到账。", acts=("inform",), deadline=("两天内", "P2D"))) == ["refund"]


@pytest.mark.parametrize(
    "text",
    [
        "我马上给您取消。",
        "如果没到账我给您回电。",
        "麻烦您上门取一下。",
        "给您安排上门可以不可以呢？",
        "要不给您回电，您看行吗？",
    ],
)
def test_what_is_done_at_once_supposed_or_asked_is_no_promise(text: str) -> None:
    assert kinds(line(1, "agent", text, acts=("commit",))) == []


def test_consent_that_is_asked_for_takes_nothing_back() -> None:
    said = line(1, "agent", "师傅四小时内联系您，可以吗？", acts=("commit",), deadline=("四小时内", "PT4H"))
    assert kinds(said) == ["call-back"]


def test_customers_promise_nothing() -> None:
    assert kinds(line(1, "customer", "我明天给你回电。", acts=("commit",), date=("明天", "D+1"))) == []


def test_the_answer_to_when_completes_what_was_said_before() -> None:
    lines = (
        line(1, "agent", "我现在就改，钱退回话费里。", acts=("commit",)),
        line(2, "customer", "几时到？", acts=("ask",)),
        line(3, "agent", "今晚到。", acts=("answer",), time=("今晚", "D+0/evening")),
    )
    (promise,) = promises_of(lines, CALL)
    assert (promise.kind, promise.due_said, promise.utterance_id) == ("refund", "今晚", "u1")


def test_the_same_promise_said_twice_is_one() -> None:
    once = line(1, "agent", "二十四小时内给您回电。", acts=("commit",), deadline=IN_A_DAY)
    again = line(3, "agent", "放心，二十四小时内一定回电。", acts=("commit",), deadline=IN_A_DAY)
    assert [promise.utterance_id for promise in promises_of([once, again], CALL)] == ["u1"]


def test_a_time_said_later_is_the_promises_time() -> None:
    vague = line(1, "agent", "我们会给您回电。", acts=("commit",))
    told = line(3, "agent", "二十四小时内给您回电。", acts=("commit",), deadline=IN_A_DAY)
    (promise,) = promises_of([vague, told], CALL)
    assert promise.due_at is not None


def test_what_goes_on_is_promised_even_without_a_time() -> None:
    (promise,) = promises_of([line(1, "agent", "我会一直跟进到解决为止。", acts=("commit",))], CALL)
    assert (promise.kind, promise.due_at) == ("follow-up", None)
