"""A supervisor with fake adapters, and calls that are played to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from assist.messages import Envelope, LegLedger, Utterance
from assist.playbook import Playbook
from assist.supervisor import CallHandle, Supervisor, SupervisorLimits
from tests.support.fakes import (
    FakeAudioStore,
    FakeBus,
    FakeStore,
    Said,
    ScriptedTranscriber,
    SilentAnalyser,
    frame,
    plain_playbook,
    ticking_clock,
)

SCRIPT = (
    Said("agent", 200, 900, "您好请讲"),
    Said("customer", 1700, 2500, "查一下流量"),
    Said("agent", 2600, 3400, "好的请稍等"),
)
PROMPTING = """\
name: prompting
version: "1"
title: 测试
rules:
  - id: hush
    title: 静默
    severity: minor
    silence: {min_ms: 1000}
    because: 没有人说话
    expires_ms: 60000
    emit: {prompt: {kind: say, title: 说话, body: 您好}}
"""


class World:
    """A supervisor with fake adapters."""

    def __init__(
        self,
        spool: Path,
        transcriber: ScriptedTranscriber,
        playbook: Playbook,
        limits: SupervisorLimits,
        analyser: SilentAnalyser,
    ) -> None:
        self.store, self.audio_store, self.bus = FakeStore(), FakeAudioStore(), FakeBus()
        self.supervisor = Supervisor(
            transcriber=transcriber,
            analysers=(analyser,),
            playbook=lambda _: playbook,
            store=self.store,
            audio_store=self.audio_store,
            bus=self.bus,
            spool_dir=spool,
            now=ticking_clock(),
            limits=limits,
        )

    def log(self, call_id: str) -> list[Envelope]:
        return [self.store.logs[call_id][seq] for seq in sorted(self.store.logs[call_id])]


@asynccontextmanager
async def world(
    spool: Path,
    transcriber: ScriptedTranscriber | None = None,
    *,
    playbook: Playbook | None = None,
    limits: SupervisorLimits | None = None,
    analyser: SilentAnalyser | None = None,
) -> AsyncGenerator[World]:
    made = World(
        spool,
        transcriber or ScriptedTranscriber(SCRIPT),
        playbook or plain_playbook(),
        limits or SupervisorLimits(),
        analyser or SilentAnalyser(),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(made.supervisor.run())
        await made.supervisor.started()
        yield made
        await made.supervisor.stop()


async def play(call: CallHandle, start_ms: int, end_ms: int) -> None:
    for position in range(start_ms, end_ms, 20):
        await call.feed([frame("agent", position), frame("customer", position)])
        await asyncio.sleep(0)


def texts(log: Sequence[Envelope]) -> list[str]:
    return [envelope.event.text for envelope in log if isinstance(envelope.event, Utterance)]


def assert_adds_up(ledger: Sequence[LegLedger]) -> None:
    for leg in ledger:
        assert leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms
