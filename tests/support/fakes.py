"""Small stand-ins for the ports, for tests that want speed; the real adapters have their own suites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assist.errors import StoreError
from assist.ledger import settle
from assist.messages import (
    AudioFrame,
    AudioGap,
    Envelope,
    Leg,
    LegLedger,
    PartialTranscript,
    Party,
    Signal,
    SpeechStarted,
    Term,
    Utterance,
    Word,
)
from assist.notice import Notice
from assist.playbook import Playbook, parse_playbook
from assist.ports import AudioSource, CallQuery, CallSummary, LaneSink, Pace, Rates
from assist.summary import summarise

STEREO = (
    Leg(party="agent", codec="pcm_s16le", rate_hz=8000),
    Leg(party="customer", codec="pcm_s16le", rate_hz=8000),
)
HANGOVER_MS = 600
ONSET_MS = 100

PLAYBOOK = """\
name: test
version: "1"
title: 测试
rules:
  - id: never
    title: 从不触发
    party: agent
    severity: minor
    absent: {what: {phrase: {any: [您好]}}, by_turn: 999}
    because: 测试
    emit: {flag: {verdict: breach}}
"""


def plain_playbook() -> Playbook:
    """A playbook without rules."""
    return parse_playbook(PLAYBOOK, "test.yaml")


def frame(party: Party, start_ms: int, length_ms: int = 20, rate_hz: int = 8000) -> AudioFrame:
    """Silent sound of a given length."""
    return AudioFrame(party, start_ms, rate_hz, bytes(2 * rate_hz * length_ms // 1000))


def utterance(
    party: Party, number: int, text: str, start_ms: int, end_ms: int, *, confidence: float = 0.9
) -> Utterance:
    """An utterance whose characters are its words, evenly spread."""
    step = (end_ms - start_ms) / max(1, len(text))
    words = tuple(
        Word(
            text=char,
            start_ms=start_ms + int(i * step),
            end_ms=start_ms + int((i + 1) * step),
            confidence=confidence,
        )
        for i, char in enumerate(text)
    )
    return Utterance(
        utterance_id=f"{party}-{number}",
        party=party,
        text=text,
        words=words,
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms + HANGOVER_MS,
        confidence=confidence,
        model="fake@1",
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a script."""

    party: Party
    start_ms: int
    end_ms: int
    text: str
    begins: str = ""
    """What is certain of it while it goes on; without it: its first character."""


class ScriptedTranscriber:
    """Recognises what a script says, at the positions it says, whatever the sound is.

    ``break_at_ms`` raises inside the lane of that call and party; ``gate`` holds every final back until it is set.
    """

    name = "fake@1"

    def __init__(
        self,
        script: Sequence[Said] = (),
        *,
        break_at_ms: Mapping[tuple[str, Party], int] | None = None,
        gate: asyncio.Event | None = None,
    ) -> None:
        self.script = script
        self.break_at_ms = break_at_ms or {}
        self.gate = gate
        self.terms: dict[tuple[str, Party], Sequence[Term]] = {}
        """What each lane was told to expect."""

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> ScriptedLane:
        self.terms[call_id, leg.party] = terms
        script = [said for said in self.script if said.party == leg.party]
        return ScriptedLane(leg, script, pace, gate=self.gate, break_at_ms=self.break_at_ms.get((call_id, leg.party)))


class ScriptedLane:
    """One leg of a script."""

    def __init__(
        self, leg: Leg, script: Sequence[Said], pace: Pace, *, gate: asyncio.Event | None, break_at_ms: int | None
    ) -> None:
        self._leg = leg
        self._to_announce = list(enumerate(script, start=1))
        self._to_finish = list(self._to_announce)
        self._gate = gate
        self._break_at_ms = break_at_ms
        self._pace = pace
        self._spoken_ms = 0

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        position_ms, gaps = 0, list[AudioGap]()
        while (item := await audio.receive()) is not None:
            if isinstance(item, AudioGap):
                gaps.append(item)
                position_ms = item.end_ms
            else:
                position_ms = item.start_ms + len(item.pcm) * 500 // item.rate_hz
            if self._break_at_ms is not None and position_ms >= self._break_at_ms:
                raise RuntimeError("injected fault")
            await self._advance(position_ms, sink)
        await self._advance(position_ms, sink, ended=True)
        return settle(self._leg.party, position_ms, gaps, transcribed_ms=self._spoken_ms, heard_until_ms=position_ms)

    async def _advance(self, position_ms: int, sink: LaneSink, *, ended: bool = False) -> None:
        while self._to_announce and position_ms >= self._to_announce[0][1].start_ms + ONSET_MS:
            number, said = self._to_announce.pop(0)
            sink.speech_started(
                SpeechStarted(
                    utterance_id=f"{said.party}-{number}",
                    party=said.party,
                    start_ms=said.start_ms,
                    decided_ms=said.start_ms + ONSET_MS,
                )
            )
            if self._pace == "live":
                sink.partial(
                    PartialTranscript(
                        utterance_id=f"{said.party}-{number}",
                        party=said.party,
                        revision=1,
                        text=said.begins or said.text[:2],
                        stable_chars=len(said.begins) or 1,
                        start_ms=said.start_ms,
                        end_ms=said.start_ms + ONSET_MS,
                    )
                )
        while len(self._to_finish) > len(self._to_announce):
            number, said = self._to_finish[0]
            if position_ms < said.end_ms + HANGOVER_MS and not ended:
                break
            if self._gate is not None:
                await self._gate.wait()
            del self._to_finish[0]
            self._spoken_ms += said.end_ms - said.start_ms
            final = utterance(said.party, number, said.text, said.start_ms, said.end_ms)
            await sink.final(final.model_copy(update={"decided_ms": min(final.decided_ms, position_ms)}))
        sink.progress(position_ms)


class SilentAnalyser:
    """Finds nothing."""

    name = "none@1"
    kind = "none"

    def open_call(self, playbook: Playbook) -> SilentAnalyser:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        return ()

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return ()


class FakeStore:
    """CallStore in memory; ``failing`` makes every write raise StoreError."""

    def __init__(self) -> None:
        self.logs: dict[str, dict[int, Envelope]] = {}
        self.summaries: dict[str, CallSummary] = {}
        self.failing = False
        self.attempts = 0
        self.attempted = Notice()

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        self.attempts += 1
        self.attempted.notify()
        if self.failing:
            raise StoreError("The store is out of order.")
        for envelope in envelopes:
            log = self.logs.setdefault(envelope.call_id, {})
            if envelope.seq in log:
                continue
            log[envelope.seq] = envelope
            summary = summarise(self.summaries.get(envelope.call_id), envelope)
            self.summaries[envelope.call_id] = summary

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        log = self.logs.get(call_id, {})
        return [log[seq] for seq in sorted(log) if seq > after and (types is None or log[seq].event.type in types)][
            :limit
        ]

    async def is_whole(self, call_id: str) -> bool:
        log = self.logs.get(call_id, {})
        return sorted(log) == list(range(1, len(log) + 1))

    async def summary(self, call_id: str) -> CallSummary | None:
        return self.summaries.get(call_id)

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        wanted = (one for one in self.summaries.values() if query.agent_id in (None, one.agent_id))
        return sorted(wanted, key=lambda s: s.opened_at, reverse=True)[: query.limit]

    async def mark_audio(self, call_id: str) -> None:
        self.summaries[call_id] = replace(self.summaries[call_id], has_audio=True)

    async def check(self) -> None:
        if self.failing:
            raise StoreError("The store is out of order.")

    async def close(self) -> None:
        pass


@dataclass
class FakeAudioStore:
    """Remembers how much sound it was given, by call and party."""

    saved: dict[str, dict[Party, int]] = field(default_factory=dict[str, dict[Party, int]])

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        self.saved[call_id] = {party: path.stat().st_size for party, path in legs.items()}

    async def path(self, call_id: str) -> Path | None:
        return None

    async def remove(self, call_id: str) -> bool:
        return self.saved.pop(call_id, None) is not None


class FakeBus:
    """Remembers what was published."""

    def __init__(self) -> None:
        self.published: list[Envelope] = []
        self._changed = Notice()

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        self.published.extend(envelopes)
        self._changed.notify()

    async def has_seen(self, kind: str, *, times: int = 1) -> None:
        """Wait until so many events of that type were published."""
        while sum(envelope.event.type == kind for envelope in self.published) < times:
            await self._changed.wait()

    @asynccontextmanager
    async def subscribe(self, call_id: str | None, *, after: int = 0) -> AsyncGenerator[FakeSubscription]:
        yield FakeSubscription()

    async def close(self) -> None:
        pass


class FakeSubscription:
    first_replayed = None

    def __aiter__(self) -> AsyncIterator[Envelope]:
        return self

    async def __anext__(self) -> Envelope:
        raise StopAsyncIteration


def ticking_clock(start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Callable[[], datetime]:
    """A wall clock that moves one millisecond a look."""
    looks = 0

    def now() -> datetime:
        nonlocal looks
        looks += 1
        return start + timedelta(milliseconds=looks)

    return now
