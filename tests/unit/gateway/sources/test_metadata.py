"""What operators write into metadata, URL parameters and headers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.metadata import Card, read_card, read_fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["call", "role", "channels", "rate", "agent_id", "agentName", "customer-id", "playbook", "x"])


def codes(card: Card) -> list[str]:
    return [remark.code for remark in card.remarks]


def test_card_holds_what_all_doors_understand() -> None:
    card = read_card(
        {
            "call": "pbx-9",
            "channels": "customer,agent",
            "rate": "16000",
            "agent_id": "1001",
            "agent_name": "林晓",
            "customer_id": 13800138000,
            "customer_name": "李先生",
            "direction": "outbound",
            "playbook": "telecom",
        }
    )
    assert (card.key, card.channels, card.rate_hz, card.direction, card.playbook) == (
        "pbx-9",
        ("customer", "agent"),
        16_000,
        "outbound",
        "telecom",
    )
    assert card.agent is not None
    assert (card.agent.agent_id, card.agent.name) == ("1001", "林晓")
    assert card.customer is not None
    assert (card.customer.customer_id, card.customer.name) == ("13800138000", "李先生")
    assert not card.remarks


@pytest.mark.parametrize("name", ["agent_id", "agentId", "AGENT_ID", "agent-id", "Agent-Id", "agentid"])
def test_names_are_compared_without_case_and_joints(name: str) -> None:
    agent = read_card({name: "1001"}).agent
    assert agent is not None
    assert agent.agent_id == "1001"


def test_names_of_a_platform_stand_for_ours_and_ours_win() -> None:
    names = {"callSid": "call", "sampleRate": "rate"}
    assert read_card({"callSid": "CA1", "sampleRate": 8000}, names) == Card(key="CA1", rate_hz=8000)
    assert read_card({"callSid": "CA1", "call": "mine"}, names).key == "mine"
    assert read_card({"call": "mine", "callSid": "CA1"}, names).key == "mine"
    assert read_card({"call": "", "callSid": "CA1"}, names).key == "CA1"


@pytest.mark.parametrize("value", ["", "  ", "_undef_", "undefined", "null", None])
def test_what_a_switch_writes_for_nothing_is_nothing(value: object) -> None:
    """A key that all calls share would join them all."""
    assert read_card({"call": value, "agent_id": value, "role": value}) == Card()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"call": "${uuid}"}, "metadata-call"),
        ({"call": True}, "metadata-call"),
        ({"call": ["a"]}, "metadata-call"),
        ({"call": "x" * 201}, "metadata-call"),
        ({"call": "a\u0000b"}, "metadata-call"),
        ({"call": "\ud800"}, "metadata-call"),
        ({"call": 10**5000}, "metadata-call"),
        ({"role": "supervisor"}, "metadata-role"),
        ({"channels": "agent,agent"}, "metadata-channels"),
        ({"channels": "agent,customer,mixed"}, "metadata-channels"),
        ({"channels": 2}, "metadata-channels"),
        ({"channels": []}, "metadata-channels"),
        ({"rate": "fast"}, "metadata-rate"),
        ({"rate": 64_000}, "metadata-rate"),
        ({"rate": 7_999}, "metadata-rate"),
        ({"rate": float("nan")}, "metadata-rate"),
        ({"agent_id": {"id": 1}}, "metadata-agent"),
        ({"agent_id": "1", "agent_name": "a\nb"}, "metadata-agent"),
        ({"customer_id": "1" * 500}, "metadata-customer"),
        ({"direction": "up"}, "metadata-direction"),
        ({"playbook": {}}, "metadata-playbook"),
    ],
)
def test_what_cannot_be_used_is_remarked_and_left_out(fields: dict[str, Any], code: str) -> None:
    card = read_card(fields)
    assert codes(card) == [code]
    assert (card.key, card.role, card.channels, card.rate_hz, card.direction, card.playbook) == (None,) * 6


def test_remarks_hold_nothing_that_was_sent() -> None:
    card = read_card({"call": "secret\n", "agent_id": "secret" * 100, "role": "secret", "rate": "secret"})
    assert "secret" not in "".join(remark.message for remark in card.remarks)
    assert len(card.remarks) == 3


@pytest.mark.parametrize("rate", [8000, 8000.0, "8000", "8k", "8K", "8kHz", "8000.0", " 8000 hz"])
def test_rates_are_written_in_many_ways(rate: object) -> None:
    assert read_card({"rate": rate}).rate_hz == 8_000


@pytest.mark.parametrize("channels", ["agent,customer", "Agent, Customer", "agent customer", ["agent", "customer"]])
def test_channels_are_a_text_or_a_list(channels: object) -> None:
    assert read_card({"channels": channels}).channels == ("agent", "customer")


def test_other_names_of_a_party_become_its_attributes() -> None:
    card = read_card({"agent_id": "1", "agent_mode": "novice", "agentTeam": "A", "customer_vip": 3, "customer_x": {}})
    assert card.agent is not None
    assert card.agent.attributes == {"mode": "novice", "team": "A"}
    assert card.customer is None


def test_what_one_card_says_wins_over_the_other() -> None:
    metadata = read_card({"call": "a", "role": "agent", "rate": "fast"})
    query = read_card({"call": "b", "channels": "customer,agent", "rate": 16000, "agent_id": "7"})
    card = metadata.over(query)
    assert (card.key, card.role, card.channels, card.rate_hz) == ("a", "agent", None, 16_000)
    assert card.agent == query.agent
    assert codes(card) == ["metadata-rate"]


def test_parties_are_the_channels_or_the_role_or_the_default() -> None:
    assert read_card({"channels": "agent,customer", "role": "mixed"}).parties(("mixed",)) == ("agent", "customer")
    assert read_card({"role": "customer"}).parties(("agent", "customer")) == ("customer",)
    assert Card().parties(("agent", "customer")) == ("agent", "customer")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"call": "a"}', {"call": "a"}),
        ("call=a&role=agent", {"call": "a", "role": "agent"}),
        ("call=a;role=agent", {"call": "a", "role": "agent"}),
        ("call=%E6%9D%8E", {"call": "李"}),
        ('{"call": "a", "agen', None),
        ("[1]", None),
        ("17", None),
        ("a caller from Beijing", None),
        ("", None),
        ("[" * 100_000, None),
        ("&".join(f"a{number}=1" for number in range(1000)), None),
    ],
)
def test_metadata_texts_are_objects_or_pairs(text: str, fields: dict[str, str] | None) -> None:
    assert read_fields(text) == fields


@given(st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=12))
def test_no_object_makes_the_reader_raise(fields: dict[str, Any]) -> None:
    card = read_card(fields, {"x": "call"})
    assert card.over(card).parties(("customer", "agent"))
    for text in (card.key, card.playbook):
        assert text is None or (0 < len(text) <= 200 and text.encode())


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    read_fields(text)
