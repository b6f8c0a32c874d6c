"""The client of the native protocol: recordings, pace, lost connections, refusals."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from assist.errors import AudioFormatError, OverloadedError, ProtocolError, UnavailableError
from assist.messages import AudioFrame, AudioGap, CallClosed, CallOpened, Envelope
from assist.supervisor import SupervisorLimits
from gateway.call_audio import CallAudio, CapturedAudio, read_call_audio
from gateway.client import CallClient, ClientLimits, play_call
from gateway.ingest import IngestLimits
from gateway.sidecar import read_parties, read_playbook
from gateway.sources.native import NativeLimits
from gateway.sources.native_messages import Media, Open
from tests.support.doors import KEY, STEREO_MEDIA, HearingTranscriber, open_doors
from tests.support.kept_port import kept_port

MEDIA = Media.model_validate(STEREO_MEDIA)
QUICK = ClientLimits(retry_first_s=0.01)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds of stereo in FLAC with its parties beside it."""
    path = tmp_path / "call.flac"
    pcm = np.random.default_rng(1).integers(-20_000, 20_000, (16_000, 2), dtype=np.int16)
    cast("Any", soundfile).write(path, pcm, 8000)
    parties = {"agent": {"agent_id": "1001", "name": "林晓"}, "customer": {"customer_id": "138"}}
    path.with_suffix(".json").write_text(json.dumps(parties | {"turns": []}), encoding="utf-8")
    return path


async def test_recording_is_played_with_the_parties_beside_it(tmp_path: Path, recording: Path) -> None:
    ear, events = HearingTranscriber(), list[Envelope]()
    async with open_doors(tmp_path / "spool", transcriber=ear) as doors:
        result = await play_call(doors.ingest_url, KEY, recording, speed=0, on_envelope=events.append, call_id="c1")
    opened, closed = events[0].event, events[-1].event
    assert isinstance(opened, CallOpened)
    assert isinstance(closed, CallClosed)
    assert opened.agent is not None
    assert (opened.agent.name, [leg.party for leg in opened.legs]) == ("林晓", ["agent", "customer"])
    assert result.ledger == closed.ledger
    assert [leg.received_ms for leg in result.ledger] == [2000, 2000]
    assert len(ear.heard["c1", "agent"]) == 32_000


async def test_live_pace_takes_chunks_one_by_one_at_any_speed(tmp_path: Path, recording: Path) -> None:
    async with open_doors(tmp_path / "spool") as doors:
        result = await play_call(doors.ingest_url, KEY, recording, speed=50, chunk_ms=7, drop_after_ms=(700,))
    assert (result.resumes, result.cause) == (1, "hangup")
    assert [leg.received_ms for leg in result.ledger] == [2000, 2000]


async def test_client_in_a_hurry_does_not_run_farther_ahead_than_it_may(tmp_path: Path) -> None:
    audio = CallAudio(MEDIA, bytes(16_000))
    ingest = IngestLimits(native=NativeLimits(max_ahead_s=0.4))
    async with open_doors(tmp_path, ingest=ingest) as doors:
        result = await CallClient(doors.ingest_url, KEY, Open(media=MEDIA), audio, speed=0).run()
    assert (result.cause, result.resumes, result.ledger[0].received_ms) == ("hangup", 0, 500)


async def test_window_keeps_unacknowledged_audio_bounded_and_nothing_stalls(tmp_path: Path) -> None:
    audio = CallAudio(MEDIA, bytes(3_200_000))
    limits = ClientLimits(window_bytes=65_536)
    opening = Open(media=MEDIA, pace="replay")
    async with open_doors(tmp_path) as doors:
        result = await CallClient(doors.ingest_url, KEY, opening, audio, speed=0, chunk_ms=500, limits=limits).run()
    assert result.ledger[0].received_ms == 100_000


async def test_client_that_comes_back_too_late_is_told_how_its_call_ended(tmp_path: Path) -> None:
    audio = CallAudio(MEDIA, bytes(320_000))
    async with open_doors(tmp_path, limits=SupervisorLimits(grace_s=0.0)) as doors:
        client = CallClient(
            doors.ingest_url, KEY, Open(media=MEDIA), audio, speed=0, drop_after_ms=(2000,), limits=QUICK
        )
        result = await client.run()
    assert (result.cause, result.resumes) == ("source-lost", 0)
    assert 0 < result.ledger[0].received_ms <= 2000


async def test_server_that_goes_away_ends_the_call_with_its_cause(tmp_path: Path) -> None:
    audio = CallAudio(MEDIA, bytes(320_000))
    opening = Open(media=MEDIA, call_id="c1")
    async with open_doors(tmp_path) as doors, doors.bus.subscribe("c1") as subscription:
        playing = asyncio.create_task(CallClient(doors.ingest_url, KEY, opening, audio, limits=QUICK).run())
        await anext(subscription)
        await doors.supervisor.stop()
        assert (await playing).cause == "server-stopped"


async def test_each_party_has_its_own_gaps_over_any_number_of_sockets(tmp_path: Path) -> None:
    """Cut where a gap was just declared, before it and after."""
    pcm = {party: np.random.default_rng(2).bytes(16 * 1500) for party in MEDIA.channels}
    sound = CapturedAudio(
        MEDIA,
        (
            (
                AudioFrame("agent", 0, 8000, pcm["agent"][:16_000]),
                AudioGap(party="agent", start_ms=1000, end_ms=2000, cause="lost"),
                AudioFrame("agent", 2000, 8000, pcm["agent"][16_000:]),
            ),
            (
                AudioGap(party="customer", start_ms=0, end_ms=700, cause="paused"),
                AudioFrame("customer", 700, 8000, pcm["customer"]),
            ),
        ),
    )
    ear, events = HearingTranscriber(), list[Envelope]()
    opening = Open(media=MEDIA, framing="by-channel", call_id="c1", events="all", pace="replay")
    async with open_doors(tmp_path, transcriber=ear) as doors:
        client = CallClient(
            doors.ingest_url,
            KEY,
            opening,
            sound,
            speed=0,
            drop_after_ms=(700, 710, 1990, 2000, 2100, 2480),
            on_envelope=events.append,
            limits=QUICK,
        )
        result = await client.run()
    assert (result.resumes, result.errors) == (6, ())
    assert {party: ear.heard["c1", party] for party in MEDIA.channels} == pcm
    gaps = [envelope.event for envelope in events if isinstance(envelope.event, AudioGap)]
    assert sorted((gap.party, gap.start_ms, gap.end_ms, gap.cause) for gap in gaps) == [
        ("agent", 1000, 2000, "lost"),
        ("customer", 0, 700, "paused"),
    ]
    assert [(leg.received_ms, leg.lost_ms, leg.paused_ms) for leg in result.ledger] == [(2500, 1000, 0), (2200, 0, 700)]


async def test_many_gaps_are_declared_no_faster_than_a_server_takes_them(tmp_path: Path) -> None:
    gaps = tuple(AudioGap(party="agent", start_ms=at, end_ms=at + 10, cause="paused") for at in range(0, 900, 10))
    media = Media(encoding="pcm_s16le", rate_hz=8000, channels=("agent",))
    opening = Open(media=media, framing="by-channel", pace="replay")
    async with open_doors(tmp_path) as doors:
        result = await CallClient(doors.ingest_url, KEY, opening, CapturedAudio(media, (gaps,)), speed=0).run()
    assert (result.resumes, result.ledger[0].paused_ms) == (0, 900)


async def test_server_that_does_not_know_framing_is_not_sent_what_it_would_misread() -> None:
    """It answers as servers did before there was framing."""

    async def greet(peer: ServerConnection) -> None:
        await peer.recv()
        opened = {"type": "opened", "version": 1, "call_id": "c1", "resume_token": "t", "grace_ms": 1}
        await peer.send(json.dumps(opened | {"max_frame_bytes": 1 << 20, "max_ahead_ms": 1}))
        with pytest.raises(ConnectionClosed):
            sent.append(await peer.recv())

    sent: list[Any] = []
    sound = CapturedAudio(MEDIA, ((AudioFrame("agent", 0, 8000, b"ab"),), ()))
    async with serve(greet, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        opening = Open(media=MEDIA, framing="by-channel")
        with pytest.raises(ProtocolError) as refused:
            await CallClient(f"ws://127.0.0.1:{port}", KEY, opening, sound).run()
    assert (refused.value.code, sent) == ("unsupported-media", [])


async def test_refusals_keep_their_code(tmp_path: Path) -> None:
    audio = CallAudio(MEDIA, b"")
    async with open_doors(tmp_path, limits=SupervisorLimits(max_calls=1)) as doors, doors.ingest() as other:
        await other.open(call_id="c1")
        with pytest.raises(OverloadedError) as full:
            await CallClient(doors.ingest_url, KEY, Open(media=MEDIA), audio).run()
        assert full.value.retry_after_s == 5.0


async def test_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(UnavailableError) as missing:
        await CallClient(f"ws://127.0.0.1:{kept_port()}/ingest/v1", KEY, Open(media=MEDIA), CallAudio(MEDIA, b"")).run()
    assert missing.value.code == "unreachable"


async def test_server_without_this_door_is_unreachable(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        with pytest.raises(UnavailableError) as missing:
            await CallClient(doors.ingest_url + "x", KEY, Open(media=MEDIA), CallAudio(MEDIA, b"")).run()
    assert missing.value.code == "unreachable"


async def test_server_that_speaks_something_else_is_reported(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        desk_url = f"ws://127.0.0.1:{doors.port}/desk/v1/supervisor"
        with pytest.raises(ProtocolError) as foreign:
            await CallClient(desk_url, KEY, Open(media=MEDIA), CallAudio(MEDIA, b"")).run()
    assert foreign.value.code == "bad-message"


def test_channels_that_do_not_fit_the_recording_are_refused(recording: Path) -> None:
    with pytest.raises(AudioFormatError):
        read_call_audio(recording, ("customer",))
    assert read_call_audio(recording, ("customer", "agent")).media.channels == ("customer", "agent")


@pytest.mark.parametrize("text", [None, "", "[]", '{"agent": 5}', '{"agent": {"agent_id": 1}}'])
def test_parties_are_optional_and_a_strange_file_beside_a_recording_does_not_matter(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert read_parties(tmp_path / "a.wav") == (None, None)
    assert read_playbook(tmp_path / "a.wav") is None
