"""One demo call comes in over every platform's protocol, and is the same call each time, with the real recogniser.

Compared with the native protocol in the same encoding: what a codec loses it loses on every way in.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import soundfile

from asr.audio.codecs import Encoding
from assist.messages import CallClosed, CallOpened, CallUpdated, Envelope, Flag, Party, Prompt, Utterance
from assist.notice import Notice
from gateway.call_audio import CallAudio
from gateway.client import CallClient
from gateway.service import Service
from gateway.settings import LimitSettings, Settings
from gateway.source_settings import SourcesSettings
from gateway.sources.native_messages import Media, Open
from gateway.wiring import open_service
from tests.support.platforms import (
    TwoParties,
    audio_fork,
    audio_stream,
    audiohook,
    audiosocket,
    chan_websocket,
    funasr,
    jambonz,
    twilio,
    vonage,
)
from tests.support.service import listening

RECORDING = Path(__file__).parents[3] / "examples" / "calls" / "02-refused-then-pushed.flac"
EXCERPT_S = (0.0, 15.0)
SPEED = 3.0
"""Faster than life; not so fast that a busy machine makes pauses of a second where there are none."""
ROUNDING_MS = 60
"""Of a platform's last message, which it may fill up."""
PATIENCE_S = 60.0

Play = Callable[..., Awaitable[object]]


@dataclass(frozen=True)
class Platform:
    play: Play
    encoding: Encoding
    parties: tuple[Party, ...] = ("agent", "customer")
    sockets: int = 1


PLATFORMS: Mapping[str, Platform] = {
    "twilio": Platform(twilio.play, "mulaw"),
    "audiohook": Platform(audiohook.play, "mulaw"),
    "chan_websocket": Platform(chan_websocket.play, "mulaw", sockets=2),
    "audio_stream": Platform(audio_stream.play, "pcm_s16le"),
    "audio_fork": Platform(audio_fork.play, "pcm_s16le"),
    "jambonz": Platform(jambonz.play, "pcm_s16le"),
    "audiosocket": Platform(audiosocket.play, "pcm_s16le", sockets=2),
    "funasr": Platform(funasr.play, "pcm_s16le", sockets=2),
    "vonage": Platform(vonage.play, "pcm_s16le", parties=("mixed",)),
}


class Calls:
    """Every event of every call, as published."""

    def __init__(self) -> None:
        self._calls: dict[str, list[Envelope]] = {}
        self._changed = Notice()

    def take(self, envelope: Envelope) -> None:
        self._calls.setdefault(envelope.call_id, []).append(envelope)
        self._changed.notify()

    async def of(self, key: str) -> Sequence[Envelope]:
        """The log of the one call with that key, once it is closed."""
        while True:
            found = [log for log in self._calls.values() if _key_of(log[0]) == key]
            if found and isinstance(found[0][-1].event, CallClosed):
                assert len(found) == 1, f"{key} is {len(found)} calls"
                return found[0]
            await self._changed.wait()


def _key_of(envelope: Envelope) -> str | None:
    return envelope.event.external_id if isinstance(envelope.event, CallOpened) else None


def excerpt() -> TwoParties:
    samples, rate_hz = cast(Any, soundfile).read(RECORDING, dtype="int16")
    return TwoParties(samples[:, 0].copy(), samples[:, 1].copy(), rate_hz).excerpt(*EXCERPT_S)


@dataclass(frozen=True)
class World:
    service: Service
    calls: Calls
    port: int
    key: str

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"


@asynccontextmanager
async def world(directory: Path) -> AsyncGenerator[World]:
    calls = Calls()
    settings = Settings(
        data_dir=directory,
        limits=LimitSettings(final_wait_s=PATIENCE_S, recogniser_share=PATIENCE_S),
        sources=SourcesSettings.model_validate(
            {
                "twilio": {"auth_token": twilio.AUTH_TOKEN},
                "audiohook": {"keys": {audiohook.API_KEY: audiohook.CLIENT_SECRET}},
                "audiosocket": {"enabled": True, "port": 0},
                "stall_s": 10.0,
            }
        ),
    )
    async with (
        open_service(settings, on_envelope=calls.take) as service,
        service.running(),
        listening(service) as port,
    ):
        yield World(service, calls, port, await service.accounts.add_key("platforms"))


async def native(at: World, sound: TwoParties, encoding: Encoding, parties: tuple[Party, ...], key: str) -> None:
    media = Media(encoding=encoding, rate_hz=sound.rate_hz, channels=parties)
    opening = Open(media=media, external_id=key, pace="replay")
    audio = CallAudio(media, sound.wire(encoding, *parties))
    await CallClient(f"{at.url}/ingest/v1", at.key, opening, audio, speed=0).run()


def said(log: Sequence[Envelope]) -> dict[Party, list[str]]:
    """What each party said, in its order."""
    lines: dict[Party, list[str]] = {}
    for envelope in log:
        if isinstance(envelope.event, Utterance):
            lines.setdefault(envelope.event.party, []).append(envelope.event.text)
    return lines


def advised(log: Sequence[Envelope]) -> Counter[tuple[str, ...]]:
    """Prompts and flags, whatever the wording of their reasons."""
    found: Counter[tuple[str, ...]] = Counter()
    for envelope in log:
        match envelope.event:
            case Prompt(from_partial=False, kind=kind, title=title, body=body):
                found["prompt", kind, title, body] += 1
            case Flag(rule=rule, verdict=verdict, party=party, severity=severity):
                found["flag", rule, verdict, str(party), severity] += 1
            case _:
                pass
    return found


async def test_the_same_call_comes_in_over_every_platform(tmp_path: Path) -> None:
    sound = excerpt()
    async with world(tmp_path) as at, asyncio.timeout(280):
        ways: set[tuple[Encoding, tuple[Party, ...]]] = {(one.encoding, one.parties) for one in PLATFORMS.values()}
        for encoding, parties in ways:
            await native(at, sound, encoding, parties, f"native {encoding} {parties}")
        for name, platform in PLATFORMS.items():
            # Two at once would be more messages than one loop carries that plays both sides and the recogniser's.
            more = {"port": at.service.audiosocket.number} if name == "audiosocket" else {}
            await platform.play(at.url, sound, key=at.key, call=f"call-{name}", speed=SPEED, **more)
        wrong: dict[str, object] = {}
        for name, platform in PLATFORMS.items():
            reference = await at.calls.of(f"native {platform.encoding} {platform.parties}")
            log = await at.calls.of(f"call-{name}")
            assert said(reference)
            assert advised(reference) or platform.parties == ("mixed",)
            assert_is_whole(log, sound, name)
            if said(log) != said(reference):
                wrong[f"{name} said"] = (said(log), said(reference))
            if advised(log) != advised(reference):
                wrong[f"{name} advised"] = (advised(log) - advised(reference), advised(reference) - advised(log))
        assert not wrong


def assert_is_whole(log: Sequence[Envelope], sound: TwoParties, name: str) -> None:
    """Everything that was played arrived once, and the call ended as one does."""
    opened, closed = log[0].event, log[-1].event
    assert isinstance(opened, CallOpened)
    assert isinstance(closed, CallClosed)
    assert closed.cause == "hangup", name
    assert {leg.party for leg in opened.legs} == set(PLATFORMS[name].parties), name
    for leg in closed.ledger:
        assert leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms, name
        length_ms = round(sound.length_s * 1000)
        assert 0 <= leg.received_ms - leg.lost_ms - length_ms <= ROUNDING_MS, name
        if PLATFORMS[name].sockets == 1:
            assert leg.lost_ms == 0, name
    assert not [e for e in log if isinstance(e.event, CallUpdated) and e.event.connection == "detached"], name
