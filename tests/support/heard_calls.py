"""A service on a real port whose recogniser remembers every byte, for tests of what phone platforms bring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assist.messages import AudioFrame, AudioGap, CallClosed, CallOpened, Envelope, Leg, LegLedger, Party, Term
from assist.ports import AudioSource, CallQuery, LaneSink, Pace
from gateway.service import Service
from gateway.source_settings import SourcesSettings
from tests.support.doors import HearingLane, HearingTranscriber
from tests.support.service import listening, open_test_service


class Ear(HearingTranscriber):
    """Tells when it heard something."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> _Lane:
        return _Lane(self, call_id, leg)

    def of(self, party: Party) -> bytes:
        """What was heard of a party, in all calls."""
        return b"".join(pcm for (_, who), pcm in self.heard.items() if who == party)

    def note(self) -> None:
        self._news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that more sound makes true."""

        async def check() -> bool:
            return is_so()

        await self.until_async(check)

    async def until_async(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        self._news.clear()
        while not await is_so():
            await self._news.wait()
            self._news.clear()


class _Lane(HearingLane):
    def __init__(self, ear: Ear, call_id: str, leg: Leg) -> None:
        super().__init__(ear, call_id, leg)
        self._note = ear.note

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        ledger = await super().run(_NotedSound(audio, self._note), sink)
        self._note()
        return ledger


@dataclass(frozen=True)
class _NotedSound:
    audio: AudioSource
    note: Callable[[], None]

    @property
    def waiting_ms(self) -> int:
        return self.audio.waiting_ms

    async def receive(self) -> AudioFrame | AudioGap | None:
        self.note()
        return await self.audio.receive()


@dataclass
class SourceService:
    """What a test needs of it."""

    service: Service
    ear: Ear
    url: str
    key: str
    logs: dict[str, list[Envelope]] = field(default_factory=dict[str, list[Envelope]])

    async def calls(self, key: str | None) -> list[list[Envelope]]:
        """Logs of the calls with an external id, once there is one and they are all complete; the oldest first."""
        await self.ear.until_async(partial(self._knows, key))
        for summary in self.service.supervisor.calls():
            if summary.external_id != key:
                continue
            async with self.service.bus.subscribe(summary.call_id, after=0) as events:
                async for envelope in events:
                    if isinstance(envelope.event, CallClosed):
                        break
            await self.service.supervisor.over(summary.call_id)
        stored = reversed(await self.service.store.calls(CallQuery()))
        return [
            list(await self.service.store.envelopes(summary.call_id))
            for summary in stored
            if summary.external_id == key
        ]

    async def _knows(self, key: str | None) -> bool:
        live = self.service.supervisor.calls()
        return any(call.external_id == key for call in (*live, *await self.service.store.calls(CallQuery())))

    async def call(self, key: str | None) -> list[Envelope]:
        """The log of the only call with an external id, once it is complete."""
        (log,) = await self.calls(key)
        return log


def opening(log: Sequence[Envelope]) -> CallOpened:
    event = log[0].event
    assert isinstance(event, CallOpened)
    return event


def closing(log: Sequence[Envelope]) -> CallClosed:
    event = log[-1].event
    assert isinstance(event, CallClosed)
    return event


def gaps(log: Sequence[Envelope], party: Party) -> list[AudioGap]:
    return [e.event for e in log if isinstance(e.event, AudioGap) and e.event.party == party]


def adds_up(log: Sequence[Envelope]) -> bool:
    return all(leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms for leg in closing(log).ledger)


@asynccontextmanager
async def open_source_service(
    directory: Path, *, trusted_proxy: bool = False, **sources: Any
) -> AsyncGenerator[SourceService]:
    """A service with an API key; ``sources`` are settings of its doors."""
    ear = Ear()
    settings = SourcesSettings.model_validate(sources)
    async with open_test_service(directory, transcriber=ear, sources=settings, trusted_proxy=trusted_proxy) as service:
        key = await service.accounts.add_key("pbx")
        async with listening(service) as port:
            yield SourceService(service, ear, f"ws://127.0.0.1:{port}", key)
