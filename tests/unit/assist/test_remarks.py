"""Lines put right and notes, as events of a call's log."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assist.errors import InputError, NotFoundError, PermissionDeniedError
from assist.messages import Envelope, Event
from assist.remarks import (
    Author,
    corrected_before,
    left_before,
    line_corrected,
    note_left,
    note_removed,
    removed_before,
    require_own_note,
    training_lines,
)
from assist.view import CallView, Line, fold
from tests.fixtures.logs.compose import enveloped
from tests.fixtures.logs.remarks import remarks

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LIN = Author(user_id="user-1", name="林晓")
ZHAO = Author(user_id="user-2", name="赵敏")


def call(*, is_final: bool = True) -> CallView:
    line = Line(
        utterance_id="u1",
        party="customer",
        text="我要办流量宝",
        stable_chars=6,
        final=is_final,
        revision=0,
        start_ms=1_000,
        end_ms=2_000,
    )
    return CallView(call_id="c1", seq=5, status="closed", position_ms=60_000, lines=(line,))


def after(view: CallView, event: Event) -> CallView:
    return fold(view, envelope(view.seq + 1, event))


def envelope(seq: int, event: Event) -> Envelope:
    return Envelope(call_id="c1", seq=seq, at=AT, event=event)


def test_a_corrected_line_keeps_what_was_recognised_and_says_who_and_when() -> None:
    view = after(call(), line_corrected(call(), "u1", "我要办流量包", LIN))
    assert view.lines == call().lines
    (corrected,) = view.corrected
    assert (corrected.utterance_id, corrected.text, corrected.by_name, corrected.at) == (
        "u1",
        "我要办流量包",
        "林晓",
        AT,
    )


def test_the_latest_correction_holds_and_the_recognised_text_takes_it_back() -> None:
    view = after(call(), line_corrected(call(), "u1", "我要办流量包", LIN))
    view = after(view, line_corrected(view, "u1", "我要办个流量包", ZHAO))
    assert [one.text for one in view.corrected] == ["我要办个流量包"]
    assert after(view, line_corrected(view, "u1", "我要办流量宝", LIN)).corrected == ()


@pytest.mark.parametrize(
    ("view", "utterance_id", "code"),
    [
        (CallView(call_id="c1"), "u1", "unknown-call"),
        (call(), "u9", "unknown-utterance"),
        (call(is_final=False), "u1", "unknown-utterance"),
    ],
)
def test_only_what_was_said_can_be_put_right(view: CallView, utterance_id: str, code: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        line_corrected(view, utterance_id, "好", LIN)
    assert caught.value.code == code


def test_a_correction_that_holds_is_not_logged_again_but_an_earlier_one_is() -> None:
    first = line_corrected(call(), "u1", "一", LIN)
    second = line_corrected(call(), "u1", "二", LIN)
    log = [envelope(6, first), envelope(7, second)]
    assert corrected_before(log, second) is log[1]
    assert corrected_before(log, first) is None


def test_notes_stand_in_the_order_of_their_positions() -> None:
    view = call()
    for note_id, at_ms in (("late", 40_000), ("early", 1_000), ("late-too", 40_000)):
        view = after(view, note_left(view, note_id, at_ms, "这里要讲清楚", LIN))
    assert [note.note_id for note in view.notes] == ["early", "late", "late-too"]


def test_a_note_is_left_once_and_only_where_the_call_is() -> None:
    left = note_left(call(), "n1", 60_000, "好", LIN)
    log = [envelope(6, left)]
    assert left_before(log, note_left(call(), "n1", 0, "好的", LIN)) is log[0]
    with pytest.raises(InputError):
        note_left(call(), "n2", 60_001, "好", LIN)


def test_a_note_is_removed_by_who_left_it() -> None:
    view = after(call(), note_left(call(), "n1", 500, "好", LIN))
    removed = note_removed(view, "n1", LIN)
    require_own_note(view, removed)
    assert after(view, removed).notes == ()
    assert removed_before([envelope(7, removed)], removed) is not None
    with pytest.raises(PermissionDeniedError):
        require_own_note(view, note_removed(view, "n1", ZHAO))
    with pytest.raises(NotFoundError) as caught:
        require_own_note(call(), removed)
    assert caught.value.code == "unknown-note"


def test_what_was_put_right_and_stands_is_there_to_learn_from() -> None:
    (line,) = training_lines(enveloped("c1", remarks()))
    assert (line.call_id, line.utterance_id, line.party, line.start_ms) == ("c1", "u1", "customer", 1_000)
    assert (line.recognised, line.text, line.by) == ("我要办流量宝", "我要办个流量包", "user-2")
    assert list(training_lines([])) == []
