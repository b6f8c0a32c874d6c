"""The load generator: live two-channel calls at the pace of speech into a real server, and what came of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assist.errors import LivecueError, OverloadedError
from assist.messages import CallDegraded, Event, PartialTranscript, SpeechStarted, Utterance, UtteranceDropped
from bench.child_server import ChildServer
from bench.live_call import LiveCall
from bench.processes import ProcessUse, busy_cpu_s
from bench.programme import Recorded, compose
from bench.scrape import Scrape
from bench.timing import Arrival
from bench.truth import Turn
from gateway.client import CallResult

STAGGER_S = 3.1
"""Between the starts of two calls; calls that play the same recording are this much times their number apart."""

SAMPLE_S = 5.0
"""Between two looks at the server."""

PULSE_S = 0.05
KEPT = (SpeechStarted, PartialTranscript, Utterance, UtteranceDropped, CallDegraded)
"""Events that are looked at later; the others would only take memory."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of a load; times count from the load's begin."""

    number: int
    starts_s: float
    duration_s: float
    first_recording: int

    @property
    def ends_s(self) -> float:
        return self.starts_s + self.duration_s


@dataclass(slots=True)
class PlayedCall:
    """What came of a planned call."""

    plan: PlannedCall
    turns: Sequence[Turn] = ()
    zero_s: float = 0.0
    """Of the paced clock, from the load's begin."""
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    result: CallResult | None = None
    failure: str = ""
    """Error code of a call that was broken off or not taken."""
    is_refused: bool = False

    @property
    def events(self) -> list[Event]:
        return [arrival.envelope.event for arrival in self.arrivals]

    def at_s(self, position_ms: float) -> float:
        """A position of the call, from the load's begin."""
        return self.zero_s + position_ms / 1000


@dataclass(frozen=True, slots=True)
class LoadSample:
    """The server and the machine at one moment."""

    at_s: float
    server: ProcessUse
    clients_cpu_s: float
    busy_cpu_s: float
    """Of the whole machine."""
    metrics: Scrape


@dataclass(slots=True)
class Load:
    """A load that has run."""

    calls: list[PlayedCall]
    samples: list[LoadSample] = field(default_factory=list[LoadSample])
    client_delays_ms: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """When, and how much later than wanted, this process woke up: what the clients add to every latency."""

    def sample_at(self, at_s: float) -> LoadSample:
        """The one nearest to a moment."""
        return min(self.samples, key=lambda sample: abs(sample.at_s - at_s))


def steady_plan(calls: int, *, seconds: float) -> Sequence[PlannedCall]:
    """Calls that start one after the other and end together, all of them live for ``seconds``."""
    end_s = (calls - 1) * STAGGER_S + seconds
    return [
        PlannedCall(number, number * STAGGER_S, end_s - number * STAGGER_S, first_recording=number)
        for number in range(calls)
    ]


async def run_load(
    server: ChildServer,
    recordings: Sequence[Recorded],
    plan: Sequence[PlannedCall],
    *,
    chunk_ms: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Load:
    """Play all planned calls. ``on_progress`` hears seconds since the begin."""
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    load = Load([PlayedCall(planned) for planned in plan])
    async with asyncio.TaskGroup() as group:
        watchers = [
            group.create_task(_watch(server, load, begin_s, on_progress), name="load watch"),
            group.create_task(_feel_delays(load, begin_s), name="load delays"),
        ]
        async with asyncio.TaskGroup() as calls:
            for call in load.calls:
                calls.create_task(_play(server, recordings, call, begin_s, chunk_ms), name=f"call {call.plan.number}")
        for watcher in watchers:
            watcher.cancel()
    load.samples.append(await _sample(server, loop.time() - begin_s))
    return load


async def _play(
    server: ChildServer, recordings: Sequence[Recorded], call: PlayedCall, begin_s: float, chunk_ms: int
) -> None:
    loop = asyncio.get_running_loop()
    plan = call.plan
    recorded = await asyncio.to_thread(
        compose, recordings, first=plan.first_recording, duration_ms=round(plan.duration_s * 1000)
    )
    call.turns = recorded.turns
    await asyncio.sleep(max(0.0, begin_s + plan.starts_s - loop.time()))
    live = LiveCall(server, recorded, chunk_ms=chunk_ms, is_kept=lambda event: isinstance(event, KEPT))
    try:
        call.result = await live.run()
    except LivecueError as error:
        call.failure, call.is_refused = error.code, isinstance(error, OverloadedError)
    call.zero_s = live.zero_s - begin_s
    call.arrivals = list(live.arrivals)


async def _watch(server: ChildServer, load: Load, begin_s: float, on_progress: Callable[[float], None]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        load.samples.append(await _sample(server, loop.time() - begin_s))
        on_progress(loop.time() - begin_s)
        await asyncio.sleep(SAMPLE_S)


async def _sample(server: ChildServer, at_s: float) -> LoadSample:
    metrics = await server.scrape()
    return LoadSample(at_s, server.use(), time.process_time(), busy_cpu_s(), metrics)


async def _feel_delays(load: Load, begin_s: float) -> None:
    loop = asyncio.get_running_loop()
    while True:
        wanted_s = loop.time() + PULSE_S
        await asyncio.sleep(PULSE_S)
        load.client_delays_ms.append((wanted_s - begin_s, (loop.time() - wanted_s) * 1000))
