"""How an AudioHook session opens: its media, its call, probes, who may come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assist.errors import PlaybookError
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.remarks import REMARKS
from gateway.sources.audiohook.session import AudioHookCodec, AudioHookLimits
from gateway.sources.codec import Hang, Join, Send
from gateway.sources.metadata import read_card
from tests.support.audiohook import Session, codes, disconnect, joins, kinds, opened, sent
from tests.support.platforms.audiohook import MEDIA, NIL_UUID, pcmu

L16: dict[str, Any] = {"type": "audio", "format": "L16", "channels": ["external", "internal"], "rate": 8000}
LIMITS = AudioHookLimits()
NONE_KNOWN: dict[str, str] = {}


# --- opening -------------------------------------------------------------------------------------------------------


def test_opened_answers_open_before_the_call_is_asked_for() -> None:
    session = Session()
    actions = session.say(session.stream.open())
    assert [type(action) for action in actions] == [Send, Join]
    assert sent(actions) == [
        {
            "version": "2",
            "type": "opened",
            "id": session.stream.session_id,
            "seq": 1,
            "clientseq": 1,
            "parameters": {"startPaused": False, "media": [pcmu("external", "internal")]},
        }
    ]
    assert session.codec.state == "active"


def test_the_call_is_the_conversation_of_who_calls_whom() -> None:
    session = Session()
    call = session.open()
    assert (call.source, call.key, call.direction) == ("audiohook/2", session.stream.conversation_id, "inbound")
    assert [(leg.party, leg.codec, leg.rate_hz) for leg in call.legs] == [
        ("customer", "mulaw", 8000),
        ("agent", "mulaw", 8000),
    ]
    assert call.customer is not None
    assert (call.customer.customer_id, call.customer.name) == ("+8613800138000", "张三")
    assert call.customer.attributes == {"dnis": "10086"}
    assert not session.codec.wants_events


def test_the_operators_metadata_say_more_than_the_number() -> None:
    config = {
        "agent_id": "1001",
        "agent_name": "林晓",
        "customer_id": "C-77",
        "customer_plan": "畅享",
        "direction": "outbound",
        "playbook": "banking",
        "channels": "agent,customer",
        "results": "utterances",
    }
    session = Session(Preferences(card=read_card({"playbook": "telecom", "agent_id": "9"})))
    call = session.open(customConfig=config)
    assert call.agent is not None
    assert call.customer is not None
    assert (call.agent.agent_id, call.agent.name, call.playbook, call.direction) == (
        "1001",
        "林晓",
        "banking",
        "outbound",
    )
    assert call.customer.customer_id == "C-77"
    assert call.customer.attributes == {"plan": "畅享", "dnis": "10086"}
    assert [leg.party for leg in call.legs] == ["agent", "customer"]
    assert session.codec.wants_events


def test_the_address_says_what_the_integration_does_not() -> None:
    session = Session(Preferences(card=read_card({"playbook": "telecom"})))
    assert session.open(customConfig={}).playbook == "telecom"


@pytest.mark.parametrize(
    ("participant", "who"),
    [
        ({"ani": "tel:+8613800138000", "aniName": "", "dnis": "tel:10086"}, ("+8613800138000", "", {"dnis": "10086"})),
        ({"ani": "sip:a@b"}, ("sip:a@b", "", NONE_KNOWN)),
        ({"ani": "", "aniName": "张三", "dnis": "10086"}, None),
        ({"ani": "tel:"}, None),
        ({"ani": 7}, ("7", "", NONE_KNOWN)),
        ({"ani": ["x"], "id": 1}, None),
        ("nobody", None),
    ],
)
def test_a_caller_without_a_number_is_nobody(participant: Any, who: tuple[str, str, dict[str, str]] | None) -> None:
    customer = Session().open(participant=participant).customer
    assert (None if customer is None else (customer.customer_id, customer.name, customer.attributes)) == who


@pytest.mark.parametrize(
    ("media", "selected", "parties"),
    [
        (MEDIA, MEDIA[0], ["customer", "agent"]),
        ([*MEDIA[1:], MEDIA[0]], MEDIA[0], ["customer", "agent"]),
        ([pcmu("internal", "external"), pcmu("external")], pcmu("internal", "external"), ["agent", "customer"]),
        ([pcmu("external")], pcmu("external"), ["customer"]),
        ([pcmu("internal")], pcmu("internal"), ["agent"]),
        ([pcmu("internal"), pcmu("external")], pcmu("internal"), ["agent"]),
        ([L16, pcmu("external", "internal") | {"new": [1]}], {**MEDIA[0], "new": [1]}, ["customer", "agent"]),
        ([None, 7, {}, pcmu("external", "external"), pcmu(), pcmu("other"), MEDIA[1]], MEDIA[1], ["customer"]),
        ([pcmu("external", "internal") | {"rate": 16000}, MEDIA[2]], MEDIA[2], ["agent"]),
    ],
)  # fmt: skip
def test_mulaw_of_both_channels_is_chosen_and_given_back_unchanged(
    media: Sequence[Mapping[str, Any]], selected: Mapping[str, Any], parties: list[str]
) -> None:
    session = Session()
    call = session.open(media)
    assert sent(session.actions)[0]["parameters"]["media"] == [selected]
    assert [leg.party for leg in call.legs] == parties


def test_who_is_on_which_channel_is_configured_by_the_channels_names() -> None:
    swapped = Preferences(channels=("agent", "customer"))
    for channels in (("external", "internal"), ("internal", "external")):
        call = Session(swapped).open([pcmu(*channels)])
        assert [leg.party for leg in call.legs] == [{"external": "agent", "internal": "customer"}[c] for c in channels]
    assert [leg.party for leg in Session(swapped).open([pcmu("internal")]).legs] == ["customer"]
    assert [leg.party for leg in Session().open([pcmu("internal")], customConfig={"role": "mixed"}).legs] == ["mixed"]


def test_the_platform_is_told_of_a_call_that_cannot_be_opened() -> None:
    session = Session()
    session.say(session.stream.open(customConfig={"playbook": "nowhere"}))
    unknown = PlaybookError("No such playbook.", code="unknown-playbook")
    assert disconnect(session.keep(session.codec.failed(unknown))) == ("error", "unknown-playbook")


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"role": "agent"}, "metadata-channels"),
        ({"channels": "agent"}, "metadata-channels"),
        ({"channels": "x,y"}, "metadata-channels"),
        ({"results": "some"}, "metadata-results"),
        ({"results": {}}, "metadata-results"),
    ],
)
def test_metadata_that_cannot_be_used_cost_a_remark(config: dict[str, Any], code: str) -> None:
    session = Session()
    assert [leg.party for leg in session.open(customConfig=config).legs] == ["customer", "agent"]
    assert codes(session.actions) == [code]


@pytest.mark.parametrize("media", [[L16], [pcmu("external") | {"format": "opus"}], [{}]])
def test_sound_that_cannot_be_used_is_refused(media: Sequence[Mapping[str, Any]]) -> None:
    session = Session()
    actions = session.say(session.stream.open(media))
    assert disconnect(actions) == ("error", "no-usable-media")
    assert codes(actions) == ["no-usable-media"]
    assert kinds(session.say(session.stream.close("disconnect"))) == ["closed"]


@pytest.mark.parametrize("media", [[], None, "all"])
def test_a_session_without_sound_makes_no_call(media: Any) -> None:
    session = Session()
    actions = session.say(session.stream.open(media=media or []) if media != "all" else session.stream.open(media=[]))
    assert sent(actions)[0]["parameters"]["media"] == []
    assert (joins(actions), codes(actions)) == ([], ["no-media"])
    assert kinds(session.say(session.stream.close())) == ["closed"]


def test_languages_are_told_to_who_asks() -> None:
    asking, silent = Session(), Session()
    asking.open(supportedLanguages=True)
    silent.open(supportedLanguages=False)
    assert sent(asking.actions)[0]["parameters"]["supportedLanguages"] == ["zh-CN", "cmn-CN"]
    assert set(sent(silent.actions)[0]["parameters"]) == {"startPaused", "media"}, "and no discardTo"


@pytest.mark.parametrize(("language", "expected"), [("ZH-CN", []), ("cmn-cn", []), ("en-us", ["other-language"])])
def test_another_language_is_remarked(language: str, expected: list[str]) -> None:
    session = opened(language=language)
    assert codes(session.actions) == expected
    assert codes(session.say(session.stream.message("update", language=language))) == expected
    assert codes(session.say(session.stream.message("update"))) == ["bad-message"]


def test_a_second_open_is_ignored() -> None:
    session = opened()
    assert codes(session.say(session.stream.open())) == ["unexpected-event"]
    assert session.codec.state == "active"


def test_nothing_opened_is_not_waited_for() -> None:
    session = Session()
    assert session.codec.deadline_s == LIMITS.open_timeout_s
    assert disconnect(session.expire()) == ("error", "open-timeout")
    assert [type(action) for action in session.expire()] == [Hang]


# --- probes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"participant": None},
        {"participant": {}},
        {"media": []},
        {"media": [L16]},
        {"language": None, "new": {"a": [1]}, "customConfig": "none"},
        {"conversationId": None},
        {"conversationId": "", "participant": {}},
        {"organizationId": None},
    ],
)
def test_a_probe_opens_and_closes_and_leaves_no_call(extra: dict[str, Any]) -> None:
    session = Session()
    if "organizationId" in extra:
        session.codec = AudioHookCodec()
    actions = session.say(session.stream.probe(**extra))
    assert kinds(actions) == ["opened"]
    assert kinds(session.say(session.stream.message("ping"))) == ["pong"]
    assert not session.say(bytes(3200))
    assert kinds(session.say(session.stream.close())) == ["closed"]
    assert not joins(session.actions)
    assert {type(action) for action in session.actions} == {Send}


def test_a_call_of_an_unnamed_conversation_stands_alone() -> None:
    assert Session().open(conversationId=None).key is None
    assert Session().open(conversationId="\x00").key is None


# --- who may come in -----------------------------------------------------------------------------------------------


def test_a_refusal_is_told_half_a_second_later_and_without_its_reason() -> None:
    session = Session(refusal="signature-wrong")
    assert codes(session.actions) == ["signature-wrong"]
    assert not session.say(session.stream.open(), 0.01), "no opened"
    assert kinds(session.say(session.stream.message("ping"), 0.02)) == ["pong"]
    assert not session.say(bytes(320), 0.03)
    assert session.codec.deadline_s == 0.5
    assert disconnect(session.expire()) == ("unauthorized", None)
    assert kinds(session.say(session.stream.message("ping"))) == ["pong"]
    assert kinds(session.say(session.stream.close("disconnect"))) == ["closed"]
    assert not joins(session.actions)


@pytest.mark.parametrize("organization_id", [NIL_UUID, "x", None, 7])
def test_the_organisation_of_open_is_that_of_the_headers(organization_id: Any) -> None:
    session = Session()
    assert codes(session.say(session.stream.open(organizationId=organization_id), 0.2)) == ["organization-mismatch"]
    assert session.codec.deadline_s == 0.5
    assert disconnect(session.expire()) == ("unauthorized", None)
    assert not joins(session.actions)


def test_a_late_mistake_is_refused_at_once() -> None:
    session = Session()
    session.say(session.stream.open(organizationId=NIL_UUID), 3.0)
    assert session.codec.deadline_s == 3.0


def test_every_remark_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[4] / "docs/connect/audiohook.md").read_text()
    assert [code for code in REMARKS if f"`{code}`" not in guide and not code.startswith("client-error")] == []
