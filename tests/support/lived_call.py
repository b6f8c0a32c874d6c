"""A scripted call through the whole supervisor, and the log that it leaves behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from assist.judge import Judge
from assist.messages import ActSignal, Agent, AudioFrame, AudioGap, Customer, Envelope, Signal, Utterance
from assist.playbook import Playbook
from assist.ports import Analyser, CustomerDirectory, Pace
from assist.supervisor import CallRequest, Supervisor
from tests.support.fakes import (
    STEREO,
    FakeAudioStore,
    FakeBus,
    FakeStore,
    Said,
    ScriptedTranscriber,
    frame,
    ticking_clock,
)

FRAME_MS = 1_000


class Understander:
    """Finds an offer wherever something is recommended, as a model would, and remembers nothing."""

    name = "test@1"
    kind = "understanding"

    def open_call(self, playbook: Playbook) -> Understander:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        if "推荐" not in utterance.text:
            return ()
        return [
            ActSignal(
                utterance_id=utterance.utterance_id,
                party=utterance.party,
                label="offer",
                score=0.9,
                start_ms=utterance.start_ms,
                end_ms=utterance.end_ms,
                source=self.name,
            )
        ]

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return await self.analyse(heard)


async def live(
    script: Sequence[Said],
    end_ms: int,
    playbook: Playbook,
    analysers: Sequence[Analyser],
    spool: Path,
    *,
    pace: Pace = "live",
    call_id: str = "c1",
    store: FakeStore | None = None,
    customers: CustomerDirectory | None = None,
    judge: Judge | None = None,
    missing: AudioGap | None = None,
    customer: Customer | None = None,
) -> list[Envelope]:
    """The stored log of a call in which this is said; ``missing``: sound that never comes, in whole seconds."""
    store = store or FakeStore()
    supervisor = Supervisor(
        transcriber=ScriptedTranscriber(script),
        analysers=analysers,
        playbook=lambda _: playbook,
        store=store,
        audio_store=FakeAudioStore(),
        bus=FakeBus(),
        spool_dir=spool,
        customers=customers,
        judge=judge,
        now=ticking_clock(),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run())
        await supervisor.started()
        request = CallRequest(
            source="test", legs=STEREO, call_id=call_id, agent=Agent(agent_id="1001"), customer=customer, pace=pace
        )
        call = supervisor.open(request)
        for position_ms in range(0, end_ms, FRAME_MS):
            length_ms = min(FRAME_MS, end_ms - position_ms)
            pieces: list[AudioFrame | AudioGap] = []
            for leg in STEREO:
                if missing is None or leg.party != missing.party:
                    pieces.append(frame(leg.party, position_ms, length_ms))
                elif position_ms == missing.start_ms:
                    pieces.append(missing)
                elif not missing.start_ms < position_ms < missing.end_ms:
                    pieces.append(frame(leg.party, position_ms, length_ms))
            await call.feed(pieces)
            await asyncio.sleep(0)
        call.close()
        await call.closed()
        await supervisor.stop()
    return [store.logs[call_id][seq] for seq in sorted(store.logs[call_id])]


def script_of(ground_truth: Path) -> tuple[list[Said], int]:
    """What is said in a demo call, and its length in milliseconds."""
    truth = json.loads(ground_truth.read_text(encoding="utf-8"))
    said = [Said(turn["party"], turn["start_ms"], turn["end_ms"], turn["text"]) for turn in truth["turns"]]
    return said, truth["duration_ms"]
