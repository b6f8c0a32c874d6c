"""Reading what strangers send: JSON objects, typed messages, floods."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import ProtocolError
from gateway.desk_messages import DESK_ERRORS, DESK_REQUESTS
from gateway.frames import TextMeter, correlation, read_message, read_object

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["type", "id", "call_id", "after", "prompt_id", "outcome", "shown_after_ms", "other"])
objects = st.builds(
    dict[str, Any],
    st.dictionaries(names, values, max_size=6)
    | st.fixed_dictionaries({"type": st.sampled_from(sorted(DESK_REQUESTS))}),
)


def refusal(text: str) -> str | None:
    """The code a desk message is refused with; None if it is taken."""
    try:
        fields = read_object(text)
        correlation(fields)
        model = DESK_REQUESTS.get(fields["type"])
        if model is not None:
            read_message(fields, model)
    except ProtocolError as error:
        return error.code
    return None


@given(st.text(max_size=80) | values.map(json.dumps) | objects.map(json.dumps))
def test_any_text_is_read_or_refused_with_a_documented_code(text: str) -> None:
    assert refusal(text) in {None, *DESK_ERRORS}


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        (7, 7),
        ("x", "x"),
        (-(2**53) + 1, -(2**53) + 1),
        (2**53, None),
        (True, None),
        ("x" * 201, None),
        (None, None),
        ([1], None),
    ],
)
def test_answer_carries_only_ids_that_survive_the_way_back(given_id: object, expected: object) -> None:
    assert correlation({"id": given_id}) == expected


def test_message_with_a_wrong_field_names_it_and_does_not_repeat_its_content() -> None:
    with pytest.raises(ProtocolError) as wrong:
        read_message({"type": "subscribe", "call_id": "secret words"}, DESK_REQUESTS["subscribe"])
    assert wrong.value.message.startswith("subscribe: call_id: ")
    assert "secret" not in wrong.value.message


def test_meter_allows_a_burst_and_then_its_rate() -> None:
    meter = TextMeter(3)
    assert [meter.admit(0.0) for _ in range(4)] == [True, True, True, False]
    assert meter.admit(0.34)
    assert not meter.admit(0.34)
    assert [meter.admit(60.0) for _ in range(4)] == [True, True, True, False]
