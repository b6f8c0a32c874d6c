"""Genesys AudioHook against a real server, by an emulator that does what the vendor's reference client does."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from asr.audio.codecs import decode
from assist.messages import CallUpdated, Party, Utterance
from assist.ports import CallQuery
from gateway.diagnosis.door import Caller, door_address, examine_door
from gateway.settings import Settings
from gateway.source_settings import SourcesSettings
from gateway.sources.audiohook import door
from gateway.sources.audiohook import session as audiohook_session
from gateway.sources.audiohook.session import AudioHookLimits
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.heard_calls import adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import two_parties
from tests.support.platforms import TwoParties
from tests.support.platforms.audiohook import (
    API_KEY,
    CLIENT_SECRET,
    PATH,
    AudioHookStream,
    id_headers,
    pcmu,
    play,
    session,
    signed,
)
from tests.support.service import listening, open_test_service

FAST = 20.0
KEYS = {"keys": {API_KEY: CLIENT_SECRET}}
SCRIPT = (
    Said("agent", 200, 900, "您好请讲"),
    Said("customer", 1200, 1700, "流量不够用"),
    Said("agent", 1750, 1950, "好的"),
)


def heard_of(sound: TwoParties, party: Party) -> bytes:
    """What µ-law leaves of a party."""
    return decode("mulaw", sound.wire("mulaw", party)).astype("<i2").tobytes()


async def test_a_whole_call_comes_over_with_its_roles(tmp_path: Path) -> None:
    sound, call = two_parties(8_000, 2.0), str(uuid4())
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        client = await play(service.url, sound, call=call, speed=FAST)
        log = await service.call(call)
        assert service.ear.of("customer") == heard_of(sound, "customer")
        assert service.ear.of("agent") == heard_of(sound, "agent")
    assert [message["type"] for message in client.received if message["type"] != "pong"] == ["opened", "closed"]
    assert not client.events
    assert [(leg.party, leg.codec) for leg in opening(log).legs] == [("customer", "mulaw"), ("agent", "mulaw")]
    assert (opening(log).source, closing(log).cause) == ("audiohook/2", "hangup")
    customer = opening(log).customer
    assert customer is not None
    assert (customer.customer_id, customer.name) == ("+8613800138000", "张三")
    assert adds_up(log)
    assert not gaps(log, "customer")


async def test_twenty_calls_at_once_get_their_own_lines_back(tmp_path: Path) -> None:
    sound = two_parties(8_000, 2.0)
    sources = SourcesSettings.model_validate({"audiohook": KEYS})
    calls = [str(uuid4()) for _ in range(20)]
    async with (
        open_test_service(tmp_path, transcriber=ScriptedTranscriber(SCRIPT), sources=sources) as service,
        listening(service) as port,
    ):
        url, config = f"ws://127.0.0.1:{port}", {"results": "all"}
        clients = await asyncio.gather(*(play(url, sound, call=call, speed=FAST, config=config) for call in calls))
        for summary in service.supervisor.calls():
            await service.supervisor.over(summary.call_id)
        stored = await service.store.calls(CallQuery())
    assert {summary.external_id for summary in stored} == set(calls)
    for client in clients:
        finals = [entity["data"] for entity in client.events if entity["data"]["isFinal"]]
        lines = {
            (data["channelId"], data["offset"], data["duration"]): data["alternatives"][0]["interpretations"][0]
            for data in finals
        }
        assert {place: line["transcript"] for place, line in lines.items()} == {
            (1, "PT0.2S", "PT0.7S"): "您好请讲",
            (0, "PT1.2S", "PT0.5S"): "流量不够用",
            (1, "PT1.75S", "PT0.2S"): "好的",
        }
        assert len(finals) == 3
        assert client.received[-1]["type"] == "closed"
    identities = [entity["data"]["id"] for client in clients for entity in client.events if entity["data"]["isFinal"]]
    assert len(set(identities)) == 60


async def test_closed_comes_though_recognition_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiohook_session, "AudioHookLimits", partial(AudioHookLimits, closed_within_s=0.2))
    sound, stream, gate = two_parties(8_000, 2.0), AudioHookStream(), asyncio.Event()
    sources = SourcesSettings.model_validate({"audiohook": KEYS | {"results": "utterances"}})
    async with (
        open_test_service(tmp_path, transcriber=ScriptedTranscriber(SCRIPT, gate=gate), sources=sources) as service,
        listening(service) as port,
    ):
        async with session(f"ws://127.0.0.1:{port}", stream, speed=FAST) as client:
            await client.open(stream.open())
            await client.speak(sound, "customer", "agent")
            await client.close()
        assert not client.events
        gate.set()
        for summary in service.supervisor.calls():
            await service.supervisor.over(summary.call_id)
        (stored,) = await service.store.calls(CallQuery())
        log = list(await service.store.envelopes(stored.call_id))
    assert [e.event.text for e in log if isinstance(e.event, Utterance)] == ["您好请讲", "流量不够用", "好的"]
    assert closing(log).cause == "hangup"


async def test_pauses_and_losses_take_what_the_platform_says(tmp_path: Path) -> None:
    sound, stream = two_parties(8_000, 1.0), AudioHookStream()
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        async with session(service.url, stream, speed=FAST) as client:
            await client.open(stream.open([pcmu("internal", "external")]))
            await client.speak(sound, "agent", "customer")
            await client.send(stream.message("paused"))
            await client.send(stream.message("paused"))
            await client.send(stream.resumed(10.0))
            await client.send(stream.discarded(0.3))
            await client.send(stream.message("paused"))
            await client.send(stream.resumed(0.0))
            await client.speak(sound, "agent", "customer")
            await client.close()
        log = await service.call(stream.conversation_id)
        assert service.ear.of("customer") == 2 * heard_of(sound, "customer")
    for party in ("agent", "customer"):
        found = [(gap.cause, gap.start_ms, gap.end_ms) for gap in gaps(log, party)]
        assert found == [("paused", 1_000, 11_000), ("lost", 11_000, 11_300)]
    assert [leg.received_ms for leg in closing(log).ledger] == [12_300, 12_300]
    marks = [e.event.connection for e in log if isinstance(e.event, CallUpdated) and e.event.connection]
    assert marks == ["paused", "resumed", "paused", "resumed"]
    assert adds_up(log)


async def test_a_session_that_broke_is_taken_up_by_another_of_the_conversation(tmp_path: Path) -> None:
    sound, call = two_parties(8_000, 1.0), str(uuid4())
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        first = AudioHookStream(conversation_id=call)
        async with session(service.url, first, speed=FAST) as client:
            await client.open(first.open())
            await client.speak(sound.excerpt(0.0, 0.6), "customer", "agent")
            await service.ear.until(lambda: len(service.ear.of("customer")) == 9_600)
            client.socket.transport.abort()
        await play(service.url, sound.excerpt(0.6, 1.0), call=call, speed=FAST)
        log = await service.call(call)
        assert service.ear.of("customer") == heard_of(sound, "customer")
        assert service.ear.of("agent") == heard_of(sound, "agent")
    assert adds_up(log)


async def test_a_retry_after_an_error_goes_on_with_the_call(tmp_path: Path) -> None:
    sound, call = two_parties(8_000, 1.0), str(uuid4())
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        failed = AudioHookStream(conversation_id=call)
        async with session(service.url, failed, speed=FAST) as client:
            await client.open(failed.open())
            await client.send(failed.message("error", code=408, message="Timed out waiting for opened response"))
            await client.close("error")
        await play(service.url, sound, call=call, speed=FAST)
        log = await service.call(call)
        assert service.ear.of("customer") == heard_of(sound, "customer")
    assert closing(log).cause == "hangup"
    assert adds_up(log)


async def test_a_playbook_that_is_not_there_costs_no_call(tmp_path: Path) -> None:
    sound, call = two_parties(8_000, 1.0), str(uuid4())
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        await play(service.url, sound, call=call, speed=FAST, config={"playbook": "nowhere"})
        log = await service.call(call)
        assert service.ear.of("customer") == heard_of(sound, "customer")
    assert opening(log).playbook == "small@3"


async def test_a_probe_leaves_no_call(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        stream = AudioHookStream()
        async with session(service.url, stream) as client:
            opened = await client.open(stream.probe())
            await client.close()
        assert opened == {"startPaused": False, "media": [pcmu("external", "internal")]}
        assert not service.service.supervisor.calls()
        assert not await service.service.store.calls(CallQuery())


@pytest.mark.parametrize(
    ("api_key", "secret"), [(API_KEY, "d3Jvbmc="), (API_KEY, None), ("nobodys-key", CLIENT_SECRET)]
)
async def test_who_has_not_the_secret_is_sent_away_inside_the_protocol(
    tmp_path: Path, api_key: str, secret: str | None
) -> None:
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        stream = AudioHookStream()
        async with session(service.url, stream, api_key=api_key, client_secret=secret) as client:
            await client.send(stream.open())
            disconnect = await client.answer("disconnect", 5.0)
            await client.answer("closed", 5.0)
        assert disconnect["parameters"] == {"reason": "unauthorized"}
        assert [message["type"] for message in client.received] == ["disconnect", "closed"]
        assert not service.service.supervisor.calls()


async def test_a_connection_is_good_once(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        url = service.url + PATH
        headers = id_headers(str(uuid4()), str(uuid4()), str(uuid4()), API_KEY)
        headers |= signed(url, headers)
        for expected in ("pong", "disconnect"):
            stream = AudioHookStream(session_id=headers["Audiohook-Session-Id"])
            async with connect(url, additional_headers=headers) as socket:
                if expected == "pong":
                    await socket.send(stream.message("ping"))
                assert f'"type":"{expected}"' in str(await socket.recv())


@pytest.mark.parametrize(("settings", "statuses"), [(KEYS, {400}), ({}, {403, 404})])
async def test_what_is_no_session_is_not_upgraded(
    tmp_path: Path, settings: dict[str, dict[str, str]], statuses: set[int]
) -> None:
    async with open_source_service(tmp_path, audiohook=settings) as service:
        with pytest.raises(InvalidStatus) as caught:
            async with connect(service.url + PATH, additional_headers={"X-API-KEY": API_KEY}):
                pass
        assert caught.value.response.status_code in statuses


async def test_behind_a_proxy_the_public_address_is_signed(tmp_path: Path) -> None:
    headers = id_headers(str(uuid4()), str(uuid4()), str(uuid4()), API_KEY)
    headers |= signed(f"wss://cue.example.com{PATH}?playbook=small", headers)
    stream = AudioHookStream(session_id=headers["Audiohook-Session-Id"])
    stream.organization_id = headers["Audiohook-Organization-Id"]
    sources = SourcesSettings.model_validate({"audiohook": KEYS})
    async with (
        open_test_service(tmp_path, public_url="https://cue.example.com", sources=sources) as service,
        listening(service) as port,
    ):
        url = f"ws://127.0.0.1:{port}{PATH}?playbook=small"
        async with connect(url, additional_headers=headers | {"Host": "cue.example.com"}) as socket:
            await socket.send(stream.probe())
            assert '"type":"opened"' in str(await socket.recv())


async def test_going_down_is_told_and_the_answer_is_answered(tmp_path: Path) -> None:
    sound, stream = two_parties(8_000, 0.4), AudioHookStream()
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        async with session(service.url, stream, speed=FAST) as client:
            await client.open(stream.open())
            await client.speak(sound, "customer", "agent")
            await service.ear.until(lambda: len(service.ear.of("customer")) == 6_400)
            service.service.switchboard.stop()
            disconnect = await client.answer("disconnect", 5.0)
            await client.answer("closed", 5.0)
        assert disconnect["parameters"] == {"reason": "completed", "info": "server-stopped"}
        log = await service.call(stream.conversation_id)
    assert closing(log).cause == "hangup"


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({API_KEY: CLIENT_SECRET}, "answers"),
        ({API_KEY: "d3Jvbmc="}, "signature-refused"),
        ({API_KEY: ""}, "signature-refused"),
        ({"nobodys-key": CLIENT_SECRET, API_KEY: CLIENT_SECRET}, "signature-refused"),
    ],
)
async def test_the_doctor_tries_the_door_as_genesys_cloud_does(tmp_path: Path, keys: dict[str, str], code: str) -> None:
    own = Settings(sources=SourcesSettings.model_validate({"audiohook": {"keys": keys}}))
    async with open_source_service(tmp_path, audiohook=KEYS) as service:
        *_, answer = await examine_door(door, own, Caller(door_address(service.url, door), None))
        assert not service.service.supervisor.calls()
    assert answer.code.removesuffix("-late") == code
