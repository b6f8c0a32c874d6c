"""One AudioHook session that is open: its messages, its sound, pauses, ending."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from asr.audio.codecs import decode
from assist.errors import InputError, OverloadedError
from assist.messages import LegLedger, Party
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.remarks import CLIENT_ERRORS
from gateway.sources.audiohook.session import AudioHookCodec, AudioHookLimits
from gateway.sources.codec import Hang, Leave, Mark, Missing, Remark, Send
from tests.support.audiohook import Session, codes, disconnect, gaps, heard, kinds, opened, sent
from tests.support.platforms.audiohook import NIL_UUID, AudioHookStream, pcmu

LEDGER: Sequence[LegLedger] = ()
LIMITS = AudioHookLimits()


# --- envelope ------------------------------------------------------------------------------------------------------


def test_messages_are_numbered_and_confirm_the_highest_seen() -> None:
    session = opened()
    for _ in range(3):
        session.say(session.stream.message("ping"))
    session.say(session.stream.close())
    numbers = [(message["type"], message["seq"], message["clientseq"]) for message in sent(session.actions)]
    assert numbers == [("opened", 1, 1), ("pong", 2, 2), ("pong", 3, 3), ("pong", 4, 4), ("closed", 5, 5)]
    assert not codes(session.actions)


def test_a_live_call_is_worth_more_than_the_order_of_its_messages() -> None:
    session = opened()
    session.stream.seq += 5
    (pong,) = sent(session.say(session.stream.message("ping")))
    assert pong["clientseq"] == session.stream.seq == 7
    session.stream.seq -= 3
    (again,) = sent(session.say(session.stream.message("ping")))
    assert (again["seq"], again["clientseq"]) == (3, 7)
    session.stream.seq, session.stream.serverseq = 7, 99
    assert kinds(session.say(session.stream.message("ping"))) == ["pong"]
    assert codes(session.actions) == ["sequence-odd", "sequence-odd", "serverseq-odd"]


@pytest.mark.parametrize("fields", [{"seq": "1"}, {"seq": None}, {"seq": -1}, {"seq": True}, {"seq": 2**60}])
def test_a_number_that_is_none_counts_for_nothing(fields: dict[str, Any]) -> None:
    session = opened()
    ping = json.loads(session.stream.message("ping")) | fields
    (pong,) = sent(session.say(json.dumps(ping)))
    assert pong["clientseq"] == 1
    assert codes(session.actions) == ["sequence-odd"]


@pytest.mark.parametrize("state", ["preparing", "active", "paused"])
def test_a_message_of_another_session_ends_this_one(state: str) -> None:
    session = Session() if state == "preparing" else opened()
    if state == "paused":
        session.say(session.stream.message("paused"))
    session.stream.session_id = NIL_UUID
    actions = session.say(session.stream.open())
    assert disconnect(actions) == ("error", "session-mismatch")
    assert sent(actions)[0]["id"] != NIL_UUID


def test_without_headers_the_first_message_names_the_session() -> None:
    stream = AudioHookStream(session_id=NIL_UUID, organization_id=NIL_UUID)
    codec = AudioHookCodec()
    (message,) = sent(codec.receive(stream.open(), 0.0))
    assert (message["type"], message["id"]) == ("opened", NIL_UUID)


def test_ids_are_compared_without_case() -> None:
    session = Session()
    session.stream.session_id = session.stream.session_id.upper()
    session.stream.organization_id = session.stream.organization_id.upper()
    assert session.open().key == session.stream.conversation_id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad-json"),
        ("[]", "bad-json"),
        ("null", "bad-json"),
        ("\ud800", "bad-json"),
        ("{}", "bad-message"),
        ('{"type":1}', "bad-message"),
        ("[" * 5000, "bad-json"),
        ('{"version":"1","type":"ping"}', "unknown-version"),
    ],
)
def test_a_broken_text_ends_a_session_that_is_not_open_yet_but_no_call(text: str, code: str) -> None:
    session = Session()
    actions = session.say(text)
    assert disconnect(actions) == ("error", code)
    live = opened()
    actions = live.say(text)
    assert code in codes(actions)
    assert not sent(actions)
    assert live.codec.state == "active"


@pytest.mark.parametrize("kind", ["dtmf", "playback_started", "audio", "opened", ""])
def test_unknown_types_are_ignored(kind: str) -> None:
    session = opened()
    assert codes(session.say(session.stream.message(kind, digit="1"))) == ["unknown-event"]
    assert kinds(session.say(session.stream.message("ping"))) == ["pong"]


# --- sound ---------------------------------------------------------------------------------------------------------


def test_each_byte_is_the_channels_whose_turn_it_is() -> None:
    payload = bytes(range(256))
    for channels, first in ((("external", "internal"), "customer"), (("internal", "external"), "agent")):
        session = opened(media=[pcmu(*channels)])
        actions = [*session.say(payload[:3]), *session.say(payload[3:4]), *session.say(payload[4:])]
        other: Party = "agent" if first == "customer" else "customer"
        assert heard(actions, "customer" if first == "customer" else "agent") == pcm(payload[0::2])
        assert heard(actions, other) == pcm(payload[1::2])


def test_one_channel_is_one_leg() -> None:
    session = opened(media=[pcmu("external")])
    assert heard(session.say(b"\x00\x80\xff"), "customer") == pcm(b"\x00\x80\xff")


def pcm(payload: bytes) -> bytes:
    return decode("mulaw", payload).astype("<i2").tobytes()


def test_sound_before_opened_is_an_error_as_in_the_vendors_server() -> None:
    session = Session()
    assert disconnect(session.say(bytes(320))) == ("error", "audio-unplaced")
    assert not session.say(bytes(320))
    assert kinds(session.say(session.stream.close("disconnect"))) == ["closed"]


def test_sound_that_nobody_accepted_is_an_error() -> None:
    session = Session()
    session.say(session.stream.open(media=[]))
    assert disconnect(session.say(bytes(320))) == ("error", "audio-unplaced")


def test_an_unfinished_sample_is_remarked_at_the_end() -> None:
    session = opened()
    session.say(bytes(321))
    assert codes(session.say(session.stream.close())) == ["unfinished-sample"]


# --- what is missing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("PT0.3S", [(300, "lost")]),
        ("PT10S", [(10_000, "lost")]),
        ("PT.5S", [(500, "lost")]),
        ("PT5.S", [(5_000, "lost")]),
        ("PT0S", []),
        ("PT0.0001S", []),
        ("PT43200S", [(43_200_000, "lost")]),
        ("PT43200.001S", None),
        ("PT1e-7S", None),
        ("PT1M", None),
        ("pt1s", None),
        ("PT-1S", None),
        ("PT１S", None),
        ("PT" + "9" * 50 + "S", None),
        (300, None),
        (None, None),
    ],
)
def test_discarded_is_a_gap_on_all_legs(length: Any, expected: list[tuple[int, str]] | None) -> None:
    session = opened()
    actions = session.say(session.stream.message("discarded", start="PT6.3S", discarded=length))
    assert gaps(actions) == (expected or [])
    assert codes(actions) == (["bad-duration"] if expected is None else [])


def test_parts_of_milliseconds_add_up() -> None:
    session = opened()
    for _ in range(8):
        session.say(session.stream.message("discarded", start="PT0S", discarded="PT0.000625S"))
    assert sum(length for length, _ in gaps(session.actions)) == 5


def test_a_pause_takes_what_resumed_says_and_no_more() -> None:
    session = opened()
    assert session.say(session.stream.message("paused"), 1.0) == [Mark("paused")]
    assert session.codec.state == "paused"
    assert not session.say(session.stream.message("paused"), 2.0), "twice is once"
    actions = session.say(session.stream.resumed(10.0), 99.0)
    assert actions == [Missing(None, 10_000, "paused"), Mark("resumed")]
    assert session.codec.state == "active"


def test_a_pause_of_no_length_leaves_no_gap() -> None:
    session = opened()
    session.say(session.stream.message("paused"), 1.0)
    assert session.say(session.stream.resumed(0.0), 99.0) == [Mark("resumed")]


def test_only_resumed_ends_a_pause() -> None:
    session = opened()
    for _ in range(3):
        session.say(session.stream.message("paused"))
        session.say(session.stream.message("ping"))
    assert session.codec.state == "paused"
    assert gaps(session.say(session.stream.discarded(0.5))) == [(500, "lost")]
    session.say(session.stream.message("resumed", start="PT0S"))
    assert (session.codec.state, codes(session.actions)) == ("active", ["bad-duration"])
    assert not session.say(session.stream.resumed(3.0)), "nothing was paused"


def test_sound_during_a_pause_is_not_heard() -> None:
    session = opened()
    session.say(session.stream.message("paused"))
    actions = session.say(bytes(3200))
    assert (heard(actions, "customer"), codes(actions)) == (b"", ["audio-while-paused"])
    session.say(session.stream.resumed(0.0))
    assert heard(session.say(bytes(3200)), "customer")


def test_where_the_platform_believes_to_be_is_compared() -> None:
    session = opened()
    session.say(bytes(16_000))
    session.stream.position_s = 1.9
    assert not codes(session.say(session.stream.message("ping")))
    session.say(session.stream.discarded(3.0))
    assert not codes(session.say(session.stream.message("ping")))
    session.stream.position_s = 0.0
    session.say(session.stream.message("paused"))
    assert not codes(session.say(session.stream.message("ping"))), "while paused it may count on or not"
    session.say(session.stream.resumed(0.0))
    session.stream.position_s = 0.0
    session.say(session.stream.message("ping"))
    session.say(session.stream.message("ping"))
    assert codes(session.actions) == ["position-drift"]


# --- pings, errors -------------------------------------------------------------------------------------------------


def test_pings_are_answered_in_every_state_but_the_last() -> None:
    session = Session(Preferences(results="all"))
    for step in (
        session.stream.message("ping"),
        session.stream.open(),
        session.stream.message("ping"),
        session.stream.message("ping", rtt="PT0.0018S"),
        session.stream.message("paused"),
        session.stream.message("ping"),
        session.stream.close(),
        session.stream.message("ping"),
    ):
        session.say(step)
    answers = sent(session.actions)
    assert [answer["type"] for answer in answers] == ["pong", "opened", "pong", "pong", "pong", "pong"]
    assert [answer["clientseq"] for answer in answers] == [1, 2, 3, 4, 6, 8]
    session.keep(session.codec.closed(LEDGER))
    assert not session.say(session.stream.message("ping"))


@pytest.mark.parametrize("code", [*sorted(CLIENT_ERRORS), 418, None, "429", [1]])
def test_every_error_of_the_platform_is_remarked(code: Any) -> None:
    session = opened()
    (remark,) = session.say(session.stream.message("error", code=code, message="tough stuff"))
    assert isinstance(remark, Remark)
    assert remark.code == (f"client-error-{code}" if code in sorted(CLIENT_ERRORS) else "client-error")
    assert "tough" not in remark.message
    assert session.codec.state == "active"


def test_a_platform_that_says_nothing_at_all_is_let_go() -> None:
    session = opened()
    session.say(session.stream.message("ping"), 30.0)
    assert session.codec.deadline_s == 30.0 + LIMITS.idle_timeout_s
    assert disconnect(session.expire()) == ("error", "idle-timeout")
    assert [type(action) for action in session.expire()] == [Hang]


# --- ending --------------------------------------------------------------------------------------------------------


def test_close_is_answered_at_once_where_nothing_goes_back() -> None:
    session = opened()
    actions = session.say(session.stream.close())
    assert [type(action) for action in actions] == [Leave, Send]
    assert kinds(actions) == ["closed"]
    assert not session.say(session.stream.close()), "a repeated close is ignored"
    assert not session.say(bytes(3200))
    assert not session.codec.closed(LEDGER)
    assert [type(action) for action in session.expire()] == [Hang]


@pytest.mark.parametrize("reason", ["error", "reconnect"])
def test_after_a_failure_another_session_may_go_on_with_the_call(reason: str) -> None:
    session = Session(Preferences(results="all"))
    session.open()
    actions = session.say(session.stream.close(reason))
    assert [action for action in actions if isinstance(action, Leave)] == [Leave(LIMITS.retry_within_s)]
    assert kinds(actions) == ["closed"]


@pytest.mark.parametrize("reason", ["end", "disconnect", "new", 7, None, ["error"]])
def test_any_other_reason_ends_the_call(reason: Any) -> None:
    session = opened()
    assert session.say(session.stream.close(reason))[0] == Leave()


def test_closed_waits_for_the_last_line_but_never_too_long() -> None:
    session = Session(Preferences(results="utterances"))
    session.open()
    actions = session.say(session.stream.close(), 100.0)
    assert [type(action) for action in actions] == [Leave]
    assert codes(session.say(bytes(320), 101.0)) == ["audio-after-close"]
    assert session.codec.deadline_s == 100.0 + LIMITS.closed_within_s <= 110.0
    actions = session.expire()
    assert (kinds(actions), codes(actions)) == (["closed"], ["finals-late"])
    assert not session.codec.closed(LEDGER)


def test_closed_comes_with_the_end_of_the_call() -> None:
    session = Session(Preferences(results="utterances"))
    session.open()
    session.say(session.stream.close())
    assert codes(session.say(session.stream.close())) == ["unexpected-event"]
    assert kinds(session.keep(session.codec.closed(LEDGER))) == ["closed"]


@pytest.mark.parametrize("error", [OverloadedError("No room."), InputError("No.", code="leg-taken")])
def test_a_call_that_cannot_be_had_is_told_to_the_platform(error: Any) -> None:
    session = Session()
    session.say(session.stream.open())
    assert disconnect(session.keep(session.codec.failed(error))) == ("error", error.code)
    assert not session.say(bytes(3200))
    actions = session.say(session.stream.close("disconnect"))
    assert (kinds(actions), [type(action) for action in actions]) == (["closed"], [Send])


def test_a_call_that_fails_while_it_closes_is_closed() -> None:
    session = Session(Preferences(results="all"))
    session.open()
    session.say(session.stream.close())
    assert kinds(session.keep(session.codec.failed(OverloadedError("No room.")))) == ["closed"]
    assert not session.codec.failed(OverloadedError("No room."))


def test_a_call_that_we_ended_is_told_to_the_platform() -> None:
    session = opened()
    assert disconnect(session.keep(session.codec.closed(LEDGER))) == ("completed", None)
    actions = session.say(session.stream.close("disconnect"))
    assert [type(action) for action in actions] == [Send]


@pytest.mark.parametrize("state", ["preparing", "active", "paused"])
def test_going_down_is_told_to_the_platform(state: str) -> None:
    session = Session() if state == "preparing" else opened()
    if state == "paused":
        session.say(session.stream.message("paused"))
    assert disconnect(session.keep(session.codec.stop())) == ("completed", "server-stopped")
    actions = session.say(session.stream.close("disconnect"))
    assert kinds(actions) == ["closed"]
    assert any(isinstance(action, Leave) for action in actions) == (state != "preparing")
    assert not session.codec.stop()


def test_going_down_answers_a_close_that_waits() -> None:
    session = Session(Preferences(results="all"))
    session.open()
    session.say(session.stream.close())
    assert kinds(session.keep(session.codec.stop())) == ["closed"]


def test_who_just_goes_has_not_ended_the_call() -> None:
    for is_clean in (True, False):
        assert not opened().codec.end(is_clean)
