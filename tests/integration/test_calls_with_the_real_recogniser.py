"""The promises that hold over the whole pipeline, with the real model on demo calls."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from asr.audio.files import Recording
from assist.messages import AudioFrame, CallClosed, Envelope, Leg, Party, Term
from assist.ports import AudioSource, Lane, LaneSink, Pace, Transcriber
from assist.supervisor import CallRequest, Supervisor
from gateway.service import Service
from gateway.settings import LimitSettings, Settings
from gateway.wiring import open_service
from tests.support.early import without_early

CALLS = Path(__file__).parents[2] / "examples" / "calls"
PARTIES: tuple[Party, Party] = ("agent", "customer")
MEASURES = ("silence-signal", "overtalk-signal", "speech-rate-signal", "energy-signal")
DECIDED = (
    *("utterance", "utterance-dropped", "speech-started", "phrase-signal", "prompt", "prompt-updated", "flag"),
    *MEASURES,
)
LIVE_SPEED = 4.0
"""Faster than life, so that partials have to give way to finals as they do under load."""
PATIENCE_S = 60.0
"""No call is refused because the machine is slow: admission has tests of its own."""


class Log:
    """Envelopes of every call, as published."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Envelope]] = {}

    def take(self, envelope: Envelope) -> None:
        self.calls.setdefault(envelope.call_id, []).append(envelope)

    def decided(self, call_id: str) -> list[dict[str, Any]]:
        """What must not depend on timing."""
        events = (e.event for e in self.calls[call_id] if e.event.type in DECIDED)
        return [event.model_dump() for event in without_early(events)]


@asynccontextmanager
async def service(data_dir: Path, log: Log) -> AsyncGenerator[Service]:
    settings = Settings(data_dir=data_dir, limits=LimitSettings(final_wait_s=PATIENCE_S, recogniser_share=PATIENCE_S))
    async with open_service(settings, on_envelope=log.take) as made, made.running():
        yield made


async def play(
    supervisor: Supervisor, name: str, call_id: str, *, pace: Pace, chunk_ms: int, until_ms: int | None = None
) -> CallClosed:
    """A demo call, in pieces of ``chunk_ms``; paced at LIVE_SPEED when live."""
    with Recording(CALLS / f"{name}.flac") as recording:
        legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=recording.rate_hz) for party in PARTIES)
        handle = supervisor.open(CallRequest(source="test", legs=legs, call_id=call_id, pace=pace))
        loop = asyncio.get_running_loop()
        begun_s, position_ms = loop.time(), 0
        for block in recording.blocks(chunk_ms):
            if until_ms is not None and position_ms >= until_ms:
                break
            await handle.feed(
                [
                    AudioFrame(party, position_ms, recording.rate_hz, block[:, channel].astype("<i2").tobytes())
                    for channel, party in enumerate(PARTIES)
                ]
            )
            position_ms += len(block) * 1000 // recording.rate_hz
            if pace == "live":
                await asyncio.sleep(begun_s + position_ms / 1000 / LIVE_SPEED - loop.time())
        handle.close()
        return await handle.closed()


def assert_adds_up(closed: CallClosed) -> None:
    for leg in closed.ledger:
        assert leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms


@pytest.mark.parametrize("name", ["02-refused-then-pushed"])
async def test_recording_gives_the_same_utterances_prompts_and_flags_as_the_live_call(
    tmp_path: Path, name: str
) -> None:
    log = Log()
    async with service(tmp_path, log) as running:
        live = await play(running.supervisor, name, "live", pace="live", chunk_ms=20)
        recorded = await play(running.supervisor, name, "recorded", pace="replay", chunk_ms=200)
    assert live == recorded
    assert log.decided("live") == log.decided("recorded")
    assert any(e.event.type == "partial-transcript" for e in log.calls["live"])
    assert [e.seq for e in log.calls["live"]] == list(range(1, len(log.calls["live"]) + 1))
    assert_adds_up(live)


class BreaksOnce:
    """The real transcriber, except that one leg of one call fails in the middle of its audio."""

    def __init__(self, real: Transcriber, call_id: str, party: Party, at_ms: int) -> None:
        self._real = real
        self._victim = (call_id, party)
        self._at_ms = at_ms

    @property
    def name(self) -> str:
        return self._real.name

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> Lane:
        lane = self._real.open_lane(call_id, leg, pace=pace, terms=terms)
        return _BrokenLane(lane, self._at_ms) if (call_id, leg.party) == self._victim else lane


class _BrokenLane:
    def __init__(self, real: Lane, at_ms: int) -> None:
        self._real = real
        self._at_ms = at_ms

    async def run(self, audio: AudioSource, sink: LaneSink) -> Any:
        return await self._real.run(_BrokenSource(audio, self._at_ms), sink)


class _BrokenSource:
    waiting_ms = 0

    def __init__(self, real: AudioSource, at_ms: int) -> None:
        self._real = real
        self._at_ms = at_ms

    async def receive(self) -> Any:
        item = await self._real.receive()
        if item is not None and item.start_ms >= self._at_ms:
            raise RuntimeError("injected fault")
        return item


async def test_of_three_calls_one_breaks_in_a_lane_and_the_others_finish_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    names: Sequence[str] = ("01-cross-sell", "02-refused-then-pushed", "03-bill-complaint")
    async with service(tmp_path, log) as running:
        real = running.supervisor._transcriber  # pyright: ignore[reportPrivateUsage]
        monkeypatch.setattr(running.supervisor, "_transcriber", BreaksOnce(real, names[1], "customer", 10_000))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    play(running.supervisor, name, name, pace="live", chunk_ms=20, until_ms=30_000), name=name
                )
                for name in names
            ]
        closings = {task.get_name(): task.result() for task in tasks}
        stored = {name: await running.store.envelopes(name) for name in names}
    # By its own name: experiments give every call its wordings by its id.
    log_alone = Log()
    async with service(tmp_path / "alone", log_alone) as running:
        alone = await play(running.supervisor, names[0], names[0], pace="replay", chunk_ms=200, until_ms=30_000)
    for name in names:
        assert_adds_up(closings[name])
        assert closings[name].cause == "hangup"
        assert [e.seq for e in stored[name]] == list(range(1, len(stored[name]) + 1))
    # A slow machine may declare that words come late; only the broken lane may fail.
    degraded = {name: [e.event.code for e in stored[name] if e.event.type == "call-degraded"] for name in names}
    assert [codes.count("lane-failed") for codes in degraded.values()] == [0, 1, 0]
    assert closings[names[1]].ledger[1].failed_ms > 0
    assert closings[names[0]] == alone
    assert log.decided(names[0]) == log_alone.decided(names[0])
