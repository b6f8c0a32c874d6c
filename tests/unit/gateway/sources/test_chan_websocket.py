"""chan_websocket's codec without a socket: the start, sound, the end (the list of PROTOCOLS 11.8)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest

from asr.audio.codecs import decode
from assist.errors import OverloadedError, ProtocolError
from assist.messages import Leg
from gateway.source_settings import SourcesSettings
from gateway.sources.chan_websocket import door
from gateway.sources.chan_websocket.codec import ChanWebsocketCodec, ChanWebsocketLimits
from gateway.sources.chan_websocket.control import RECEIVE_ONLY
from gateway.sources.codec import (
    Handshake,
    Hang,
    Leave,
    Remark,
    Send,
)
from tests.unit.gateway.sources.chan_websocket_wire import (
    CUSTOMER,
    JOINED,
    LONG_LINE,
    SHORT_LINE,
    codec_of,
    fed,
    introduction,
    pcm,
    remarks,
    sent,
    start,
)


def test_json_media_start_joins_the_call_of_the_parameters() -> None:
    said = introduction(fed(codec_of(), start()))
    assert (said.source, said.key, said.direction) == ("chan_websocket/1", "pbx1-1234.5", "inbound")
    assert said.legs == (Leg(party="customer", codec="mulaw", rate_hz=8_000),)
    assert said.others == (Leg(party="agent", codec="mulaw", rate_hz=8_000),)


def test_plain_media_start_joins_the_same_call() -> None:
    assert introduction(fed(codec_of(), LONG_LINE)) == introduction(fed(codec_of(), start()))


def test_the_short_form_of_the_first_releases_takes_the_format_of_the_settings() -> None:
    said = introduction(fed(codec_of(format="alaw"), SHORT_LINE))
    assert said.legs == (Leg(party="customer", codec="alaw", rate_hz=8_000),)


def test_without_a_call_and_a_channel_id_the_connection_is_a_call_of_its_own() -> None:
    actions = fed(codec_of({"role": "agent"}), SHORT_LINE)
    assert introduction(actions).key is None
    assert introduction(actions).others == ()
    assert remarks(actions) == ["no-call-key"]


def test_without_a_call_the_channel_id_is_the_key_and_no_other_leg_is_expected() -> None:
    actions = fed(codec_of({"role": "agent"}), start())
    assert (introduction(actions).key, introduction(actions).others) == ("pbx1-1234.99", ())
    assert remarks(actions) == ["no-call-key"]


def test_without_a_role_the_first_party_of_the_settings_speaks() -> None:
    actions = fed(codec_of({"call": "pbx1-1"}, channels=("agent", "customer")), start())
    assert introduction(actions).legs[0].party == "agent"
    assert remarks(actions) == ["no-role"]


def test_a_call_with_one_party_needs_no_role() -> None:
    actions = fed(codec_of({"call": "pbx1-1"}, channels=("mixed",)), start())
    assert introduction(actions).legs[0].party == "mixed"
    assert introduction(actions).others == ()
    assert remarks(actions) == []


def test_a_role_outside_the_settings_parties_expects_no_other() -> None:
    assert introduction(fed(codec_of({"call": "1", "role": "mixed"}), start())).others == ()


def test_parameters_say_who_the_parties_are() -> None:
    query = CUSTOMER | {
        "agent_id": "1001",
        "agent_name": "林晓",
        "customer_id": "138",
        "direction": "outbound",
        "playbook": "telecom",
    }
    said = introduction(fed(codec_of(query), start()))
    assert said.agent is not None
    assert said.customer is not None
    assert (said.agent.agent_id, said.agent.name, said.customer.customer_id) == ("1001", "林晓", "138")
    assert (said.direction, said.playbook) == ("outbound", "telecom")


def test_parameters_are_url_decoded_before_they_come_here() -> None:
    query = dict(parse_qsl("call=pbx1%2F1234%2E5&role=customer&agent_name=%E6%9E%97%E6%99%93&agent_id=7"))
    said = introduction(fed(codec_of(query), start()))
    assert said.key == "pbx1/1234.5"
    assert said.agent is not None
    assert said.agent.name == "林晓"


def test_channel_variables_say_what_the_parameters_do_not() -> None:
    variables = {"LIVECUE_CALL": "var-1", "LIVECUE_ROLE": "agent", "LIVECUE_AGENT_ID": "1001", "CALL": "not-ours"}
    said = introduction(fed(codec_of({}), start(channel_variables=variables)))
    assert (said.key, said.legs[0].party) == ("var-1", "agent")
    assert said.agent is not None
    assert introduction(fed(codec_of(), start(channel_variables=variables))).key == "pbx1-1234.5"


@pytest.mark.parametrize("variables", [None, "x", [], {"LIVECUE_CALL": {}}, {"LIVECUE_ROLE": "boss"}])
def test_strange_channel_variables_cost_nothing(variables: object) -> None:
    assert introduction(fed(codec_of(), start(channel_variables=variables))).key == "pbx1-1234.5"


def test_two_connections_of_one_configuration_section_are_two_legs() -> None:
    legs = [
        introduction(fed(codec_of(CUSTOMER | {"role": role}), start(channel_id=f"pbx1-{role}")))
        for role in ("customer", "agent")
    ]
    assert [(said.key, said.legs[0].party) for said in legs] == [
        ("pbx1-1234.5", "customer"),
        ("pbx1-1234.5", "agent"),
    ]


def test_a_second_media_start_is_ignored() -> None:
    codec = codec_of()
    fed(codec, start())
    assert remarks(fed(codec, start(format="slin"))) == ["second-start"]


def test_a_connection_that_never_starts_is_read_on() -> None:
    codec = codec_of()
    assert codec.deadline_s == 10.0
    assert remarks(codec.expire(10.0)) == ["no-media-start"]
    assert codec.deadline_s is None
    assert remarks(fed(codec, start(), bytes(160))) == ["second-start"]
    assert list(codec.end(True)) == []


WIRE = np.arange(0, 250, dtype=np.uint8).tobytes()


@pytest.mark.parametrize(
    ("name", "encoding", "rate_hz"),
    [
        ("ulaw", "mulaw", 8_000),
        ("alaw", "alaw", 8_000),
        ("slin", "pcm_s16le", 8_000),
        ("slin16", "pcm_s16le", 16_000),
    ],
)
def test_native_frames_of_each_format_are_decoded(name: str, encoding: Any, rate_hz: int) -> None:
    actions = fed(codec_of(), start(format=name), WIRE)
    assert introduction(actions).legs == (Leg(party="customer", codec=encoding, rate_hz=rate_hz),)
    assert pcm(actions) == decode(encoding, WIRE).tobytes()


@pytest.mark.parametrize("name", ["opus", "g729", "speex", "slin192", "", None, 7, {}])
def test_other_formats_are_refused_without_closing(name: object) -> None:
    codec = codec_of()
    actions = fed(codec, start(format=name))
    assert remarks(actions) == ["unsupported-format"]
    assert len(actions) == 1
    assert fed(codec, bytes(33), "MEDIA_XON") == []
    assert codec.deadline_s is None
    assert list(codec.end(True)) == []


def test_sound_that_comes_before_media_start_is_kept_for_it() -> None:
    codec = codec_of()
    assert fed(codec, WIRE[:101], WIRE[101:]) == []
    assert pcm(fed(codec, start(format="slin"))) == WIRE


def test_of_too_much_early_sound_the_newest_is_kept() -> None:
    codec = codec_of(limits=ChanWebsocketLimits(early_bytes=100))
    assert remarks(fed(codec, WIRE)) == ["early-sound"]
    assert pcm(fed(codec, start(format="slin"))) == WIRE[-100:]


def test_a_sample_cut_by_a_message_is_carried() -> None:
    codec = codec_of()
    fed(codec, start(format="slin16"))
    assert pcm(fed(codec, WIRE[:101], WIRE[101:])) == WIRE
    assert remarks(codec.end(True)) == []
    codec = codec_of()
    fed(codec, start(format="slin16"), WIRE[:101])
    assert remarks(codec.end(True)) == ["odd-byte-count"]


def test_gaps_are_for_the_driver_to_infer() -> None:
    assert not codec_of().has_timeline


def test_a_json_channel_is_told_once_that_we_only_listen() -> None:
    codec = codec_of()
    assert sent(fed(codec, start())) == [RECEIVE_ONLY]
    assert sent(fed(codec, start(), bytes(160), '{"event":"QUEUE_DRAINED","channel_id":"x"}')) == []
    assert sent([*codec.end(True)]) == []


@pytest.mark.parametrize("line", [LONG_LINE, SHORT_LINE])
def test_a_plain_text_channel_is_told_nothing(line: str) -> None:
    assert sent(fed(codec_of(), line, bytes(160))) == []


def test_the_command_goes_out_before_the_call_is_touched() -> None:
    actions = fed(codec_of(), start())
    assert isinstance(actions[0], Send)


@pytest.mark.parametrize("name", ["MEDIA_XON", "MEDIA_XOFF", "MEDIA_BUFFERING_COMPLETED", "QUEUE_DRAINED", "STATUS"])
def test_events_of_playback_are_ignored(name: str) -> None:
    codec = codec_of()
    fed(codec, start())
    assert fed(codec, name, json.dumps({"event": name, "channel_id": "x"})) == []


@pytest.mark.parametrize(
    "text", ["DTMF_END digit:5 channel_id:pbx1-1234.99", '{"event":"DTMF_END","channel_id":"pbx1-1234.99","digit":"5"}']
)
def test_digits_are_not_looked_at(text: str) -> None:
    assert fed(codec_of(), text) == []


@pytest.mark.parametrize(
    "text", ["ERROR channel_id:x error_text:no such thing", '{"event":"ERROR","error_text":"no such thing"}']
)
def test_errors_are_remarked_without_their_text(text: str) -> None:
    (remark,) = fed(codec_of(), text)
    assert isinstance(remark, Remark)
    assert remark.code == "platform-error"
    assert "no such thing" not in remark.message


@pytest.mark.parametrize(("text", "code"), [("HELLO there:1", "unknown-event"), ("{", "control-unreadable")])
def test_unknown_texts_are_counted(text: str, code: str) -> None:
    codec = codec_of()
    assert remarks(fed(codec, text)) == [code]
    assert introduction(fed(codec, start())).key == "pbx1-1234.5"


def test_a_flood_of_texts_is_ignored() -> None:
    codec = codec_of(limits=ChanWebsocketLimits(texts_per_s=3))
    assert remarks(fed(codec, *["MEDIA_XON"] * 4)) == ["text-flood"]


@pytest.mark.parametrize("is_clean", [True, False])
def test_however_the_connection_ends_the_leg_is_over(is_clean: bool) -> None:
    codec = codec_of()
    fed(codec, start(), bytes(160))
    assert list(codec.end(is_clean)) == [Leave()]


def test_a_connection_that_ends_before_its_call_is_joined_leaves_its_sound_there() -> None:
    codec = codec_of()
    codec.receive(start(), 0.1)
    codec.receive(WIRE, 0.2)
    assert list(codec.end(True)) == []
    actions = codec.joined(JOINED)
    assert pcm(actions) == decode("mulaw", WIRE).tobytes()
    assert actions[-1] == Leave()


def test_a_connection_that_ends_before_its_call_is_refused_asks_no_more() -> None:
    codec = codec_of()
    codec.receive(start(), 0.1)
    codec.end(True)
    codec.failed(OverloadedError("Full.", retry_after_s=7.0))
    assert codec.deadline_s is None


def test_nothing_is_ever_closed_by_us() -> None:
    codec = codec_of()
    actions = fed(codec, start(), bytes(160))
    actions += codec.failed(ProtocolError("Too long.", code="call-too-long"))
    actions += [*codec.closed(()), *codec.stop(), *fed(codec, bytes(160))]
    assert not [action for action in actions if isinstance(action, Hang)]


def test_a_refusal_that_may_pass_is_tried_again() -> None:
    codec = codec_of()
    codec.receive(start(), 1.0)
    codec.failed(OverloadedError("Full.", retry_after_s=7.0))
    assert fed(codec, WIRE, now_s=2.0) == []
    assert codec.deadline_s == 8.0
    assert introduction(codec.expire(8.0)).key == "pbx1-1234.5"
    assert list(codec.joined(JOINED)) == []
    assert pcm(fed(codec, WIRE, now_s=9.0)) == decode("mulaw", WIRE).tobytes()


def test_the_door_speaks_the_subprotocol_and_asks_for_a_key() -> None:
    settings = SourcesSettings()
    assert door.is_on(settings)
    assert (door.path, door.needs_key, door.subprotocols(settings)) == ("/ingest/chan_websocket", True, ("media",))
    handshake = Handshake(url="ws://x/ingest/chan_websocket", path="/ingest/chan_websocket", query=CUSTOMER)
    codec = door.open(handshake, settings, True)
    assert isinstance(codec, ChanWebsocketCodec)
