"""FunASR's clients against a real server: an emulator of its Python client, and a client that is not ours."""

from __future__ import annotations

import asyncio
import json
import sys
import wave
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from asr.audio.files import Recording
from assist.messages import Envelope, Utterance
from gateway.settings import LimitSettings, Settings
from gateway.wiring import open_service
from tests.support.heard_calls import adds_up, closing, gaps, open_source_service, opening
from tests.support.l16 import on_wire, samples, two_parties
from tests.support.platforms.funasr import first_text, play, play_leg
from tests.support.service import listening

PATH = "/ingest/funasr"
CALL = Path(__file__).parents[3] / "examples" / "calls" / "01-cross-sell.flac"
FAST = 50.0
END = '{"is_speaking": false, "is_end": true}'


async def test_two_connections_are_one_call(tmp_path: Path) -> None:
    sound = two_parties(8_000, 3.0)
    async with open_source_service(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="f-1", speed=FAST)
        log = await service.call("f-1")
        assert service.ear.of("agent") == on_wire(sound, "agent")
        assert service.ear.of("customer") == on_wire(sound, "customer")
    assert {leg.party for leg in opening(log).legs} == {"agent", "customer"}
    assert opening(log).source == "funasr/1"
    assert closing(log).cause == "hangup"
    assert not gaps(log, "agent")
    assert not gaps(log, "customer")
    assert adds_up(log)


async def test_a_live_call_loses_nothing(tmp_path: Path) -> None:
    sound = two_parties(8_000, 1.0)
    async with open_source_service(tmp_path) as service:
        await play(service.url, sound, key=service.key, call="f-1")
        log = await service.call("f-1")
        assert service.ear.of("agent") == on_wire(sound, "agent")
        assert service.ear.of("customer") == on_wire(sound, "customer")
    assert adds_up(log)


async def test_a_file_in_large_messages_loses_nothing(tmp_path: Path) -> None:
    pcm = samples(5_000_000)
    async with open_source_service(tmp_path) as service:
        url = f"{service.url}{PATH}?key={service.key}"
        async with connect(url, ping_interval=None) as socket:
            await socket.send(first_text("2pass", 16_000, "long"))
            for at in range(0, len(pcm), 204_800):
                await socket.send(pcm[at : at + 204_800])
            await socket.send(END)
            final, acknowledged = [json.loads(await socket.recv()) for _ in range(2)]
        assert service.ear.of("mixed") == pcm
        assert (final["is_final"], acknowledged["is_end"]) == (True, True)
        log = await service.call(None)
    assert adds_up(log)


async def test_one_connection_may_bring_one_call_after_the_other(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service, connect(f"{service.url}{PATH}?key={service.key}") as socket:
        for name in ("first", "second"):
            await socket.send(first_text("offline", 8_000, name))
            await socket.send(samples(4_000))
            await socket.send(END)
            answers = [json.loads(await socket.recv()) for _ in range(2)]
            assert [(one["wav_name"], one["is_final"]) for one in answers] == [(name, True), (name, True)]
        assert len(await service.calls(None)) == 2


async def test_a_client_that_goes_without_a_word_has_brought_its_sound(tmp_path: Path) -> None:
    pcm = samples(1_000)
    async with open_source_service(tmp_path) as service:
        async with connect(f"{service.url}{PATH}?key={service.key}") as socket:
            await socket.send(pcm)
        await service.ear.until(lambda: service.ear.of("mixed") == pcm)
        assert closing(await service.call(None)).cause == "hangup"


@pytest.mark.parametrize(
    ("offered", "chosen"), [((), None), (("binary",), "binary"), (("chat", "binary"), "binary"), (("chat",), None)]
)
async def test_the_subprotocol_is_taken_where_it_is_offered(
    tmp_path: Path, offered: tuple[str, ...], chosen: str | None
) -> None:
    names = [Subprotocol(name) for name in offered]
    async with (
        open_source_service(tmp_path) as service,
        connect(f"{service.url}{PATH}?key={service.key}", subprotocols=names or None) as socket,
    ):
        assert socket.subprotocol == chosen


async def test_a_wrong_key_is_sent_away(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service, connect(f"{service.url}{PATH}?key=wrong") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


async def test_the_bare_address_is_shut(tmp_path: Path) -> None:
    async with open_source_service(tmp_path) as service:
        with pytest.raises(InvalidStatus):
            await connect(service.url)


async def test_the_bare_address_may_be_opened_beside_the_pages(tmp_path: Path) -> None:
    async with open_source_service(tmp_path, funasr={"unsigned": True}) as service:
        answers = await play_leg(service.url, samples(24_000), rate_hz=8_000, wav_name="demo", speed=FAST)
        assert [answer["is_final"] for answer in answers] == [True, True]
        assert opening(await service.call(None)).legs[0].party == "mixed"
        async with httpx.AsyncClient() as browser:
            page = await browser.get(service.url.replace("ws://", "http://"))
        assert page.headers["content-type"].startswith("text/html")


# --- a client that is not ours ---------------------------------------------------------------------------------------


def customer_of(path: Path, into: Path, until_s: int) -> Path:
    """The customer's channel of the beginning of a call, as a mono WAV file."""
    with Recording(path) as recording, wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(recording.rate_hz)
        blocks = zip(range(until_s * 10), recording.blocks(100), strict=False)
        file.writeframes(np.concatenate([block[:, 1] for _, block in blocks]).astype("<i2").tobytes())
    return into


async def funasr_client(url: str, file: Path) -> dict[str, Any]:
    """What the client from PyPI prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "funasr_client", url, str(file), "--async"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            printed, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, complaints.decode()
    return json.loads(printed)


async def test_the_client_of_pypi_gets_every_sentence(tmp_path: Path) -> None:
    """With the real recogniser; what it gets is what the call's log has."""
    file = customer_of(CALL, tmp_path / "customer.wav", 40)
    settings = Settings(data_dir=tmp_path / "data", limits=LimitSettings(final_wait_s=60, recogniser_share=60))
    log: list[Envelope] = []
    async with open_service(settings, on_envelope=log.append) as service, service.running():
        key = await service.accounts.add_key("client")
        async with listening(service) as port:
            result = await funasr_client(f"ws://127.0.0.1:{port}{PATH}?key={key}", file)
    said = [envelope.event for envelope in log if isinstance(envelope.event, Utterance)]
    assert len(said) >= 3
    assert result["text"] == "".join(utterance.display_text or utterance.text for utterance in said)
    assert result["wav_name"] == file.name
    times = [span for sentence in result["stamp_sents"] for span in sentence["ts_list"]]
    assert times == [[word.start_ms, word.end_ms] for utterance in said for word in utterance.words]
