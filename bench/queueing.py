"""What the order of decodes is worth: a seeded discrete-event simulation of calls in front of the engine's own queue.

The real ``Backlog``, ``LoadMeter`` and ``Pressure`` run on invented time; only speech and decode times are drawn. So a
rule can be judged in seconds over hours of calls, and at loads that would hurt a machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random

from asr.pressure import Pressure, Stage
from models.backlog import Backlog, Pending, Priority
from models.load import EngineLoad, LoadMeter

LANES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Traffic:
    """How calls are, and what decodes cost on one thread. Times in seconds."""

    utterance_s: tuple[float, float] = (1.0, 8.0)
    between_s: tuple[float, float] = (0.2, 0.8)
    """From one turn to the next: somebody speaks 0.9 of the time."""
    pauses_per_s: float = 0.15
    """Pauses inside an utterance long enough to be speculated on in vain."""
    final_s: tuple[float, float] = (0.06, 0.06)
    """A final's first decode: fixed, and per second of speech."""
    partial_s: tuple[float, float] = (0.045, 0.02)
    doubted: float = 0.05
    """Share of finals that are decoded again, at ``doubted_cost`` times the cost."""
    doubted_cost: float = 2.0
    speculate_after_s: float = 0.2
    end_after_s: float = 0.6
    patient_end_after_s: float = 1.0
    first_partial_s: float = 0.5
    preview_age_s: float = 1.5


@dataclass(frozen=True, slots=True)
class Rule:
    """What is judged."""

    name: str
    workers: int = 2
    reserved_workers: int = 0
    """Never run a partial."""
    reserved_from_speculation: int = 0
    """Never run a speculation either."""
    speculation: Priority | None = Priority.SPECULATION
    """Its place in the queue; None: there is none."""
    fixed_interval_s: float | None = None
    """Instead of what ``Pressure`` says; then nothing ever gives way."""


@dataclass(slots=True)
class Outcome:
    """Samples in seconds of invented time."""

    final_s: list[float] = field(default_factory=list[float])
    """Final - end of speech; holds the endpoint silence."""
    final_at_s: list[float] = field(default_factory=list[float])
    """When each was asked for."""
    partial_gap_s: list[float] = field(default_factory=list[float])
    """Between partials shown while somebody speaks, the first counted from the onset."""
    stages: list[tuple[float, Stage]] = field(default_factory=list[tuple[float, Stage]])
    """Every change, with its time."""
    utterances: int = 0
    refused: int = 0
    busy_share: float = 0.0


class _Answer:
    """Of one request: tells when it is through, or dropped."""

    def __init__(self, on_result: Callable[[], None], on_drop: Callable[[], None]) -> None:
        self._on_result, self._on_drop = on_result, on_drop
        self._is_done = False

    def done(self) -> bool:
        return self._is_done

    def set_result(self, result: object, /) -> None:
        self._is_done = True
        self._on_result()

    def set_exception(self, exception: BaseException, /) -> None:
        self._is_done = True
        self._on_drop()

    def cancel(self) -> None:
        self._is_done = True


class _OneByOne:
    """A runner as far as the backlog asks."""

    name = "simulated"
    batch_limit = 1

    def batch_key(self, request: object) -> Hashable:
        return None

    def run(self, batch: Sequence[object]) -> Sequence[object]:
        return batch


class Simulation:
    """Calls over one engine; ``calls`` may come and go while it runs."""

    def __init__(self, rule: Rule, traffic: Traffic, *, seed: int, has_admission: bool = False) -> None:
        self.outcome = Outcome()
        self.now_s = 0.0
        self.rule, self.traffic, self.random = rule, traffic, Random(seed)
        self.pressure = Pressure(self._load)
        self._has_admission = has_admission
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._backlog = Backlog()
        self._meter = LoadMeter(workers=rule.workers)
        self._running: list[Priority] = []
        self._busy_s = 0.0
        self._runner = _OneByOne()

    def at(self, delay_s: float, event: Callable[[], None]) -> None:
        """Do something later."""
        heappush(self._events, (self.now_s + delay_s, next(self._order), event))

    def open_calls(self, at_s: float, number: int, *, until_s: float = math.inf) -> None:
        """So many calls come in, spread over four seconds."""
        for _ in range(number):
            self.at(at_s + self.random.uniform(0, 4), lambda: self._open(until_s))

    def run(self, until_s: float) -> Outcome:
        """Let it be ``until_s``."""
        while self._events and self._events[0][0] <= until_s:
            self.now_s, _, event = heappop(self._events)
            event()
            if self.rule.fixed_interval_s is None:
                self._note_stage()
        self.outcome.busy_share = self._busy_s / until_s / self.rule.workers
        return self.outcome

    def ask(
        self,
        lane: Hashable,
        priority: Priority,
        cost_s: float,
        on_result: Callable[[], None],
        *,
        on_start: Callable[[], None] = lambda: None,
        on_drop: Callable[[], None] = lambda: None,
    ) -> _Answer:
        """A request to the engine, as ``Engine.run`` treats it."""
        answer = _Answer(on_result, on_drop)
        expires_s = self.now_s + self.traffic.preview_age_s if priority.is_preview else math.inf
        pending = Pending(
            runner=self._runner,
            request=cost_s,
            priority=priority,
            answer=answer,
            since_s=self.now_s,
            deadline_s=expires_s if priority.is_preview else self.now_s + 1.0,
            expires_s=expires_s,
            lane=lane,
            on_start=on_start,
        )
        if superseded := self._backlog.superseded_by(pending):
            self._drop(superseded)
        self._backlog.add(pending)
        if priority.is_preview:
            self.at(self.traffic.preview_age_s, lambda: self._drop(pending))
        self._dispatch()
        return answer

    def interval_s(self) -> float:
        """Until the next partial of a lane."""
        if self.rule.fixed_interval_s is not None:
            return self.rule.fixed_interval_s
        return self.pressure.relief(self.now_s).partial_interval_ms / 1000

    def endpoint_waits(self) -> bool:
        return self.rule.fixed_interval_s is None and self.pressure.relief(self.now_s).endpoint_waits

    def _open(self, until_s: float) -> None:
        if self._has_admission and not self.pressure.has_room(self.now_s):
            self.outcome.refused += 1
            return
        call = _Call(self, until_s)
        for lane in call.lanes:
            self.pressure.open(lane, self.now_s)
        call.turn()

    def _drop(self, pending: Pending) -> None:
        if self._backlog.discard(pending) and not pending.answer.done():
            pending.answer.set_exception(TimeoutError())

    def _dispatch(self) -> None:
        while len(self._running) < self.rule.workers:
            batch = self._backlog.take(self.now_s, last=self._last_to_start())
            if not batch:
                return
            self._start(batch[0])

    def _last_to_start(self) -> Priority:
        previews = sum(priority.is_preview for priority in self._running)
        partials = sum(priority is Priority.PARTIAL for priority in self._running)
        if previews >= self.rule.workers - self.rule.reserved_from_speculation:
            return Priority.SIGNAL
        if partials >= self.rule.workers - self.rule.reserved_workers:
            return Priority.SPECULATION
        return Priority.PARTIAL

    def _start(self, pending: Pending) -> None:
        priority, cost_s = pending.priority, float(pending.request)
        waits_s = [self.now_s - pending.since_s] if pending.is_urgent_final else []
        self._running.append(priority)
        self._busy_s += cost_s
        self._meter.started(self.now_s, priority, 1, waits_s)
        if pending.on_start is not None:
            pending.on_start()

        def finish() -> None:
            self._running.remove(priority)
            self._meter.finished(self.now_s, priority)
            if not pending.answer.done():
                pending.answer.set_result(None)
            self._dispatch()

        self.at(cost_s, finish)

    def _load(self) -> EngineLoad:
        return EngineLoad(
            queued=self._backlog.counts(),
            workers=self.rule.workers,
            partial_workers=self.rule.workers - self.rule.reserved_workers,
            busy_workers=len(self._running),
            stalled_workers=0,
            final_wait_p95_s=self._meter.final_wait_p95_s(self.now_s, self._backlog.urgent_waits_s(self.now_s)),
            shares=self._meter.shares(self.now_s),
            costs_s=self._meter.costs_s(self.now_s),
        )

    def _note_stage(self) -> None:
        stage = self.pressure.relief(self.now_s).stage
        if not self.outcome.stages or self.outcome.stages[-1][1] is not stage:
            self.outcome.stages.append((self.now_s, stage))


class _Call:
    """Two parties who take turns."""

    def __init__(self, simulation: Simulation, until_s: float) -> None:
        self._simulation = simulation
        self._until_s = until_s
        self.lanes = [(id(self), party) for party in LANES]

    def turn(self) -> None:
        """Somebody speaks, and then somebody else."""
        simulation = self._simulation
        if simulation.now_s >= self._until_s:
            for lane in self.lanes:
                simulation.pressure.close(lane)
            return
        speech_s = simulation.random.uniform(*simulation.traffic.utterance_s)
        between_s = simulation.random.uniform(*simulation.traffic.between_s)
        _Utterance(simulation, simulation.random.choice(self.lanes), speech_s)
        simulation.at(speech_s + between_s, self.turn)


class _Utterance:
    """What one lane asks of the engine for one utterance."""

    def __init__(self, simulation: Simulation, lane: Hashable, speech_s: float) -> None:
        self._simulation, self._lane = simulation, lane
        self._begin_s, self._end_s = simulation.now_s, simulation.now_s + speech_s
        self._shown_s = self._begin_s
        self._is_over = False
        self._speculation: _Answer | None = None
        self._is_speculation_started = False
        self._is_final_due = False
        self._is_doubted = simulation.random.random() < simulation.traffic.doubted
        simulation.outcome.utterances += 1
        simulation.pressure.speak(lane, is_speaking=True)
        traffic = simulation.traffic
        at_s = 0.0
        while traffic.pauses_per_s and (at_s := at_s + simulation.random.expovariate(traffic.pauses_per_s)) < speech_s:
            simulation.at(at_s + traffic.speculate_after_s, self._speculate_in_vain)
        simulation.at(min(traffic.first_partial_s, speech_s), self._ask_partial)
        simulation.at(speech_s + traffic.speculate_after_s, self._speculate)
        simulation.at(speech_s + traffic.end_after_s, self._end)

    def _ask_partial(self) -> None:
        simulation = self._simulation
        if self._is_over or simulation.now_s >= self._end_s:
            return
        asked_s = simulation.now_s

        def again() -> None:
            simulation.at(max(0.0, asked_s + simulation.interval_s() - simulation.now_s), self._ask_partial)

        def show() -> None:
            self._show()
            again()

        simulation.ask(self._lane, Priority.PARTIAL, self._cost_s(simulation.traffic.partial_s), show, on_drop=again)

    def _show(self) -> None:
        now_s = self._simulation.now_s
        if not self._is_over and now_s < self._end_s:
            self._simulation.outcome.partial_gap_s.append(now_s - self._shown_s)
            self._shown_s = now_s

    def _speculate_in_vain(self) -> None:
        priority = self._simulation.rule.speculation
        if priority is not None and not self._simulation.endpoint_waits():
            cost_s = self._cost_s(self._simulation.traffic.final_s)
            self._simulation.ask(self._lane, priority, cost_s, self._show)

    def _speculate(self) -> None:
        priority = self._simulation.rule.speculation
        if priority is None or self._simulation.endpoint_waits():
            return

        def start() -> None:
            self._is_speculation_started = True

        cost_s = self._cost_s(self._simulation.traffic.final_s)
        self._speculation = self._simulation.ask(self._lane, priority, cost_s, self._first_decoded, on_start=start)

    def _end(self) -> None:
        """The silence has lasted; with a patient endpoint, longer."""
        simulation = self._simulation
        patient_s = self._end_s + simulation.traffic.patient_end_after_s
        if simulation.endpoint_waits() and simulation.now_s < patient_s - 1e-9:
            simulation.at(patient_s - simulation.now_s, self._end)
            return
        self._is_over = self._is_final_due = True
        simulation.pressure.speak(self._lane, is_speaking=False)
        if self._speculation is not None and self._is_speculation_started:
            if self._speculation.done():
                self._first_decoded()
            return
        if self._speculation is not None:
            self._speculation.cancel()
        self._ask_final(self._cost_s(simulation.traffic.final_s), self._first_decoded)

    def _first_decoded(self) -> None:
        if not self._is_final_due:
            return
        traffic = self._simulation.traffic
        if self._is_doubted:
            self._ask_final(traffic.doubted_cost * self._cost_s(traffic.final_s), self._deliver)
        else:
            self._deliver()

    def _ask_final(self, cost_s: float, on_result: Callable[[], None]) -> None:
        self._simulation.ask(self._lane, Priority.FINAL, cost_s, on_result)

    def _deliver(self) -> None:
        self._simulation.outcome.final_s.append(self._simulation.now_s - self._end_s)
        self._simulation.outcome.final_at_s.append(self._end_s)

    def _cost_s(self, cost: tuple[float, float]) -> float:
        return cost[0] + cost[1] * (min(self._simulation.now_s, self._end_s) - self._begin_s)
