"""Real lanes over a real engine with more speech than it can decode, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

from asr.lane import RecogniserTranscriber
from asr.pressure import Stage
from asr.speech import SpeechRequest
from assist.messages import AudioFrame, Utterance
from models.engine import Engine
from models.load import percentile
from tests.support.speech import LIVE_LEG, RATE_HZ, AudioPipe, CheckingSink, LevelDetector, hypothesis, sound
from tests.support.virtual_time import SlowRunner, Transit, TransitWatch, run_in_virtual_time

FRAME_MS = 200
TURN = (sound(True, 2_000), sound(False, 1_400))
"""Of one lane, again and again."""
FINAL_S, PARTIAL_S = 1.2, 0.3
USUAL_LANES, MORE_LANES = 2, 3
"""Finals, wasted first decodes and partials of three lanes fill two workers; finals alone, of five and a half."""
OVERLOAD_S, REST_S = (30.0, 210.0), 30.0


def cost_s(request: SpeechRequest) -> float:
    return PARTIAL_S if request.effort == "partial" else FINAL_S


@dataclass
class TimedSink(CheckingSink):
    """Knows when each final came, and how long after the end of its speech."""

    began_s: float = 0.0
    waits: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def __post_init__(self) -> None:
        super().__init__()

    async def final(self, event: object) -> None:
        assert isinstance(event, Utterance)
        await super().final(event)
        now_s = asyncio.get_running_loop().time()
        self.waits.append((now_s, now_s - self.began_s - event.end_ms / 1000))


@dataclass
class Outcome:
    stages: list[tuple[float, Stage]] = field(default_factory=list[tuple[float, Stage]])
    sinks: list[TimedSink] = field(default_factory=list[TimedSink])


def _turns() -> Iterator[bytes]:
    step = 2 * RATE_HZ * FRAME_MS // 1000
    for turn in cycle(TURN):
        yield from (turn[place : place + step] for place in range(0, len(turn), step))


async def _speak(transcriber: RecogniserTranscriber, name: str, outcome: Outcome, until_s: float) -> None:
    loop = asyncio.get_running_loop()
    sink = TimedSink(began_s=loop.time())
    outcome.sinks.append(sink)
    pipe = AudioPipe(2_000)
    async with asyncio.TaskGroup() as group:
        group.create_task(transcriber.open_lane(name, LIVE_LEG, pace="live").run(pipe, sink))
        for number, pcm in enumerate(_turns()):
            if loop.time() >= until_s:
                break
            await asyncio.sleep(FRAME_MS / 1000)
            await pipe.send(AudioFrame("customer", number * FRAME_MS, RATE_HZ, pcm))
        pipe.close()


async def _watch(transcriber: RecogniserTranscriber, outcome: Outcome, until_s: float) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < until_s:
        stage = transcriber.pressure.relief(loop.time()).stage
        if not outcome.stages or outcome.stages[-1][1] is not stage:
            outcome.stages.append((loop.time(), stage))
        await asyncio.sleep(0.5)


async def _overload(transit: Transit) -> Outcome:
    outcome = Outcome()
    loop = asyncio.get_running_loop()
    runner = SlowRunner(
        lambda request: hypothesis("您好请问有什么可以帮您", length_ms=len(request.samples) // 16), cost_s, transit
    )
    engine = Engine(workers=2, observer=TransitWatch(transit))
    transcriber = RecogniserTranscriber(engine, runner, LevelDetector)
    begin_s, end_s = OVERLOAD_S
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch(transcriber, outcome, end_s + REST_S))
        for number in range(USUAL_LANES):
            group.create_task(_speak(transcriber, f"usual-{number}", outcome, end_s + REST_S))
            await asyncio.sleep(1.1)
        await asyncio.sleep(begin_s - loop.time())
        for number in range(MORE_LANES):
            group.create_task(_speak(transcriber, f"more-{number}", outcome, end_s))
            await asyncio.sleep(0.5)
    await engine.close()
    return outcome


def test_overload_is_told_in_stages_loses_no_final_and_is_over_soon() -> None:
    outcome = run_in_virtual_time(_overload)
    for sink in outcome.sinks:
        sink.assert_complete()
        assert len(sink.finals) >= 5
    stages = [stage for _, stage in outcome.stages]
    peak = stages.index(max(stages))
    assert max(stages) is Stage.CALLS_REFUSED
    assert stages[: peak + 1] == sorted(set(stages))
    at_s, last = outcome.stages[-1]
    assert (last, at_s <= OVERLOAD_S[1] + REST_S) == (Stage.NORMAL, True)
    rested = [wait_s for sink in outcome.sinks for at_s, wait_s in sink.waits if at_s > OVERLOAD_S[1] + REST_S - 8]
    assert percentile(rested, 0.95) < 3.0
    told = {code for sink in outcome.sinks for code, _ in sink.health}
    assert told == {"partials-thinned", "endpoint-waits"}
