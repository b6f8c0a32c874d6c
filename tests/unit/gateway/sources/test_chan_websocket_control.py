"""chan_websocket's control messages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.chan_websocket.control import MAX_COMMAND_BYTES, RECEIVE_ONLY, Event, read_event
from tests.unit.gateway.sources.chan_websocket_wire import LONG_LINE, start


def test_a_line_is_split_at_spaces_and_each_value_at_its_first_colon() -> None:
    assert read_event(LONG_LINE) == Event(
        "MEDIA_START",
        {
            "connection_id": "livecue",
            "channel": "WebSocket/livecue/0x7f0011:22",
            "channel_id": "pbx1-1234.99",
            "format": "ulaw",
            "optimal_frame_size": "160",
            "ptime": "20",
        },
        is_json=False,
    )


def test_an_errors_text_is_the_rest_of_the_line() -> None:
    event = read_event("ERROR channel_id:pbx1-1234.99 error_text:Unable to: do that, channel_id:9")
    assert event is not None
    assert event.fields == {"channel_id": "pbx1-1234.99", "error_text": "Unable to: do that, channel_id:9"}


def test_an_event_without_values_is_one_word() -> None:
    assert read_event("MEDIA_XON") == Event("MEDIA_XON", {}, is_json=False)
    assert read_event("MEDIA_XON\r\n") == Event("MEDIA_XON", {}, is_json=False)


def test_a_json_event_keeps_its_types() -> None:
    event = read_event(start())
    assert event is not None
    assert event.is_json
    assert (event.name, event.fields["ptime"]) == ("MEDIA_START", 20)


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "{}", '{"event": 1}', '{"event": "lower"}', "[]", "hello", "media_start", '{"event":"A"} x', "1 2"],
)
def test_other_texts_are_no_events(text: str) -> None:
    assert read_event(text) is None


@given(st.one_of(st.text(), st.text().map("{".__add__), st.text().map("MEDIA_START ".__add__)))
def test_any_text_is_an_event_or_none(text: str) -> None:
    event = read_event(text)
    assert event is None or event.name.isupper()


def test_the_one_command_fits_what_asterisk_reads() -> None:
    assert len(RECEIVE_ONLY.encode()) <= MAX_COMMAND_BYTES
    assert json.loads(RECEIVE_ONLY) == {"command": "SET_MEDIA_DIRECTION", "direction": "in"}
