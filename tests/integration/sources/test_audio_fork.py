"""drachtio mod_audio_fork and jambonz against a real server, by their emulators."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.heard_calls import SourceService, adds_up, closing, open_source_service, opening
from tests.support.l16 import on_wire, two_parties
from tests.support.platforms import audio_fork, jambonz
from tests.support.platforms.audio_fork import AudioFork, basic, fork
from tests.support.platforms.audio_stream import metadata_of
from tests.support.platforms.jambonz import first_text, nested_text
from tests.support.service import SCRIPT, listening, open_test_service

FAST = 50.0


def door(service: SourceService) -> tuple[str, dict[str, str]]:
    return service.url + audio_fork.PATH, dict(basic("anybody", service.key))


async def test_a_whole_call_of_drachtio_is_heard_byte_for_byte(tmp_path: Path) -> None:
    sound = two_parties(8_000, 2.0)
    async with open_source_service(tmp_path) as service:
        await audio_fork.play(service.url, sound, key=service.key, call="pbx-9", speed=FAST)
        log = await service.call("pbx-9")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert opening(log).source == "mod_audio_fork/1"
    assert closing(log).cause == "hangup"
    assert adds_up(log)


async def test_a_graceful_shutdown_is_answered_with_our_close(tmp_path: Path) -> None:
    sound = two_parties(8_000, 0.5)
    stream = AudioFork(metadata_of("pbx-9", AudioFork(), 8_000))
    async with open_source_service(tmp_path) as service:
        url, headers = door(service)
        await fork(url, stream, sound, headers=headers, speed=FAST, graceful=True)
        log = await service.call("pbx-9")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert closing(log).cause == "hangup"
    assert [leg.received_ms for leg in closing(log).ledger] == [500, 500]


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["audio.drachtio.org"], "audio.drachtio.org"),
        (["audio.jambonz.org"], "audio.jambonz.org"),
        (["audio.example.org"], "audio.example.org"),
        (["something", "audio.example.org", "audio.drachtio.org"], "audio.example.org"),
        (["something"], None),
        ([], None),
    ],
)
async def test_the_first_subprotocol_that_is_known_is_echoed(
    tmp_path: Path, offered: list[str], chosen: str | None
) -> None:
    async with open_source_service(tmp_path, audio_fork={"subprotocol": "audio.example.org"}) as service:
        url, headers = door(service)
        subprotocols = [Subprotocol(name) for name in offered] or None
        async with connect(url, additional_headers=headers, subprotocols=subprotocols) as socket:
            assert socket.subprotocol == chosen


@pytest.mark.parametrize("password", ["", "lc_wrong"])
async def test_a_wrong_password_is_turned_away(tmp_path: Path, password: str) -> None:
    async with open_source_service(tmp_path) as service:
        headers = basic("livecue", password)
        async with connect(service.url + audio_fork.PATH, additional_headers=headers) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 4401


async def test_a_nested_listen_and_one_on_the_caller_are_one_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)

    async def listen(service: SourceService, text: str, read: Any) -> None:
        await fork(
            service.url + jambonz.PATH,
            AudioFork(text, mix="mono", read=read),
            sound,
            headers=basic("livecue", service.key),
            speed=4.0,
            subprotocol=jambonz.SUBPROTOCOL,
        )

    async with open_source_service(tmp_path) as service:
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(service, first_text("CA1", mix="mono", role="customer"), "customer"))
            group.create_task(listen(service, nested_text("CA2", "CA1", mix="mono", role="agent"), "agent"))
        log = await service.call("CA1")
        assert service.ear.of("customer") == on_wire(sound, "customer")
        assert service.ear.of("agent") == on_wire(sound, "agent")
    assert adds_up(log)


async def test_a_whole_call_of_jambonz_carries_its_numbers(tmp_path: Path) -> None:
    sound = two_parties(16_000, 1.0)
    async with open_source_service(tmp_path) as service:
        await jambonz.play(service.url, sound, key=service.key, call="CA1", speed=FAST)
        text = first_text("CA2", rate_hz=16_000, agent_id="1001")
        await fork(
            service.url + jambonz.PATH,
            AudioFork(text),
            sound,
            headers=basic("livecue", service.key),
            speed=FAST,
            subprotocol=jambonz.SUBPROTOCOL,
        )
        nested, public = await service.call("CA1"), await service.call("CA2")
    assert opening(nested).customer is None
    assert [leg.rate_hz for leg in opening(nested).legs] == [16_000, 16_000]
    agent, customer = opening(public).agent, opening(public).customer
    assert agent is not None
    assert customer is not None
    assert (agent.agent_id, customer.customer_id) == ("1001", "13800138000")


async def test_keys_and_playback_texts_cost_nothing(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        headers = basic("livecue", service.key)
        async with connect(
            service.url + jambonz.PATH, additional_headers=headers, subprotocols=[Subprotocol(jambonz.SUBPROTOCOL)]
        ) as socket:
            await socket.send(first_text("CA1"))
            for text in ('{"event":"dtmf","dtmf":"2","duration":"1600"}', '{"type":"mark","data":{}}'):
                await socket.send(text + text)
            await socket.send(json.dumps({"type": "playDone", "data": {"id": "1"}}))
            await socket.send(bytes(3_200))
            await service.ear.until(lambda: len(service.ear.of("agent")) == 1_600)


async def test_what_was_said_goes_back_and_the_last_words_come_before_our_close(tmp_path: Path) -> None:
    sound = two_parties(8_000, 3.5)
    stream = AudioFork(metadata_of("pbx-9", AudioFork(), 8_000))
    async with open_test_service(tmp_path) as service, listening(service) as port:
        headers = basic("livecue", await service.accounts.add_key("pbx"))
        url = f"ws://127.0.0.1:{port}{audio_fork.PATH}"
        texts = await fork(url, stream, sound, headers=headers, speed=20.0, graceful=True)
    said = [json.loads(text) for text in texts]
    assert [(message["type"], message["data"]["text"]) for message in said] == [
        ("transcription", words.text) for words in SCRIPT
    ]
    assert all(message["data"]["is_final"] for message in said)
