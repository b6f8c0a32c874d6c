"""What a client makes of a server that speaks something else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.sources.native_messages import Ack, Opened, server_message_adapter

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["opened", "resumed", "ack", "event", "pong", "error", "closed", "open", ""])
fields = st.sampled_from(["call_id", "received_bytes", "envelope", "code", "message", "fatal", "ledger", "cause", "id"])


def message_text(kind: str, rest: dict[str, object]) -> str:
    return json.dumps({"type": kind, **rest})


messages = st.builds(message_text, kinds, st.dictionaries(fields, values, max_size=5))


@given(messages | values.map(json.dumps) | st.text(max_size=60) | st.binary(max_size=60))
def test_anything_is_a_known_message_or_refused(frame: str | bytes) -> None:
    try:
        message = server_message_adapter.validate_json(frame)
    except ValidationError:
        return
    again = server_message_adapter.validate_json(message.model_dump_json())
    assert type(again) is type(message)


@pytest.mark.parametrize("hostile", ["[" * 100_000, '{"type":' * 100_000, '{"type":"ack","received_bytes":-1}'])
def test_hostile_messages_are_refused(hostile: str) -> None:
    with pytest.raises(ValidationError):
        server_message_adapter.validate_json(hostile)


def test_numbers_that_a_client_calculates_with_are_never_negative() -> None:
    opened = Opened(call_id="c", resume_token="t", grace_ms=0, max_frame_bytes=1, max_ahead_ms=0)
    for name in ("grace_ms", "max_frame_bytes", "max_ahead_ms"):
        with pytest.raises(ValidationError):
            Opened.model_validate(opened.model_dump() | {name: -1})
    with pytest.raises(ValidationError):
        Ack(received_bytes=-1)
