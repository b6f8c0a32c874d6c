"""A load turned into figures, and the verdict on them; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assist.messages import CallDegraded, SpeechStarted, Utterance, UtteranceDropped
from bench.flicker import Flicker, flicker
from bench.load import Load, LoadSample, PlayedCall
from bench.scrape import Between
from bench.speech_profile import SpeechProfile, speech_profile
from bench.timing import Arrival, TurnTiming, latency_report, partial_lags_ms, percentiles, time_turns
from bench.trend import trend
from bench.truth import Turn

MB = 2**20
GAUGES = (
    "engine_queued",
    "engine_utilisation",
    "engine_share",
    "engine_final_wait_seconds",
    "engine_stalled_workers",
    "load_stage",
    "partial_interval_ms",
)
"""Metrics whose mean tells something."""

Figures = Mapping[str, Any]
"""A part of a report."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What a load must hold to be carried."""

    final_p95_ms: float = 1_500.0
    text_gap_p95_ms: float = 3_000.0
    growth_ms_per_min: float = 60.0
    """How much the finals' latency may grow for certain: a thousandth of the time that passes."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a load, in seconds from its begin."""

    from_s: float
    to_s: float

    def __contains__(self, at_s: float) -> bool:
        return self.from_s <= at_s < self.to_s


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """A turn's timing and when the turn ended, in seconds from the load's begin."""

    ended_s: float
    timing: TurnTiming


@dataclass(frozen=True, slots=True)
class Impairment:
    """A part of the service that went missing for a call, or came back; in seconds from the load's begin."""

    at_s: float
    call: int
    event: CallDegraded


def impairments(load: Load) -> Sequence[Impairment]:
    """Of all calls, in the order in which they were told."""
    found = [
        Impairment(call.at_s(arrival.at_ms), call.plan.number, arrival.envelope.event)
        for call in load.calls
        for arrival in call.arrivals
        if isinstance(arrival.envelope.event, CallDegraded)
    ]
    return sorted(found, key=lambda one: one.at_s)


def timed_turns(load: Load) -> Sequence[TimedTurn]:
    """Every turn of the calls that were taken."""
    return [
        TimedTurn(call.at_s(timing.turn.end_ms), timing)
        for call in load.calls
        if not call.is_refused
        for timing in time_turns(call.turns, call.arrivals)
    ]


def window_figures(load: Load, window: Window, turns: Sequence[TimedTurn], targets: Targets) -> Figures:
    """What the agents saw, and what it took, within a part of the load."""
    inside = [turn for turn in turns if turn.ended_s in window]
    timings = [turn.timing for turn in inside]
    growth = trend([(turn.ended_s / 60, turn.timing.final_ms) for turn in inside if turn.timing.final_ms is not None])
    late = sum(timing.text_gap_ms > targets.text_gap_p95_ms for timing in timings)
    heard = [_arrivals_in(call, window) for call in load.calls]
    back = sum((flicker(arrival.envelope.event for arrival in arrivals) for arrivals in heard), Flicker())
    return {
        "seconds": round(window.to_s - window.from_s, 1),
        **latency_report(timings),
        "partial_lag_ms": percentiles(lag for arrivals in heard for lag in partial_lags_ms(arrivals)),
        "text_gap_over_target_percent": round(100 * late / len(timings), 1) if timings else 0.0,
        **back.report(),
        "final_growth_ms_per_min": round(growth.slope, 1),
        "final_growth_error": round(growth.standard_error, 1) if len(inside) > 2 else None,
        "final_growth_least": round(growth.least, 1) if len(inside) > 2 else None,
        "outcomes": dict(Counter(timing.outcome for timing in timings)),
        **use_figures(load, window),
        "profile": _profile(load, window).report(),
    }


def call_figures(load: Load) -> Figures:
    """What became of the calls of the whole load, and where every millisecond of their sound went."""
    legs = [leg for call in load.calls if call.result for leg in call.result.ledger]
    sums = {
        name: sum(getattr(leg, name) for leg in legs)
        for name in ("received_ms", "transcribed_ms", "silence_ms", "lost_ms", "shed_ms", "paused_ms", "failed_ms")
    }
    spooled = Between(load.samples[0].metrics, load.samples[-1].metrics).growth("audio_spooled_ms_total")
    return {
        "calls_refused": sum(call.is_refused for call in load.calls),
        "calls_broken": dict(
            Counter(call.failure or "incomplete" for call in load.calls if not call.is_refused and not is_whole(call))
        ),
        "ledger": sums | {"adds_up": all(_adds_up(call) for call in load.calls if call.result)},
        "finals_lost": sum(_unfinished(call) for call in load.calls if call.result),
        "audio_spooled_ms": round(sum(spooled.values())),
        "degraded": dict(Counter(one.event.code for one in impairments(load) if not one.event.restored)),
    }


def is_whole(call: PlayedCall) -> bool:
    """Whether the call went to its end over one socket."""
    return call.result is not None and call.result.cause == "hangup" and call.result.resumes == 0


def failings(figures: Figures, calls: Figures, targets: Targets) -> Sequence[str]:
    """Why the load was not carried; nothing when it was."""
    growth = figures["final_growth_least"]
    tests = {
        "calls-refused": calls["calls_refused"] > 0,
        "calls-broken": bool(calls["calls_broken"]),
        "ledger-wrong": not calls["ledger"]["adds_up"],
        "audio-shed": calls["ledger"]["shed_ms"] > 0,
        "finals-lost": calls["finals_lost"] > 0,
        "finals-failed": calls["ledger"]["failed_ms"] > 0 or "failed" in figures["outcomes"],
        "no-finals": figures["final_ms"]["n"] == 0,
        "finals-late": figures["final_ms"]["p95"] > targets.final_p95_ms,
        "finals-later-and-later": growth is not None and growth > targets.growth_ms_per_min,
        "text-gaps": figures["text_gap_ms"]["p95"] > targets.text_gap_p95_ms,
    }
    return [code for code, is_failing in tests.items() if is_failing]


def use_figures(load: Load, window: Window) -> Figures:
    """Engine, processor, memory and the clients' own delays within a part of the load."""
    first, last = load.sample_at(window.from_s), load.sample_at(window.to_s)
    between = Between(first.metrics, last.metrics)
    elapsed_s = max(last.at_s - first.at_s, 0.001)
    server = (last.server.cpu_s - first.server.cpu_s) / elapsed_s
    clients = (last.clients_cpu_s - first.clients_cpu_s) / elapsed_s
    busy = (last.busy_cpu_s - first.busy_cpu_s) / elapsed_s
    return {
        "engine": {
            "wait_ms": between.times("engine_wait_seconds"),
            "run_ms": between.times("engine_run_seconds"),
            "batch_items": {name: row["mean"] / 1000 for name, row in between.times("engine_batch_items").items()},
            "dropped": between.growth("engine_dropped_total"),
            "gauges": _gauge_means([sample for sample in load.samples if sample.at_s in window]),
            "speculations": between.growth("speculations_total").get("", 0.0),
            "speculations_used": between.growth("speculations_used_total").get("", 0.0),
            "guards": between.growth("guards_total"),
        },
        "cpu": {
            "server_cores": round(server, 3),
            "clients_cores": round(clients, 3),
            "others_cores": round(max(0.0, busy - server - clients), 3),
        },
        "memory": memory_figures([sample for sample in load.samples if sample.at_s in window] or [last]),
        "client_delay_ms": percentiles(delay for at_s, delay in load.client_delays_ms if at_s in window),
    }


def memory_figures(samples: Sequence[LoadSample]) -> dict[str, float | None]:
    """Resident memory of the server with its children over time."""
    points = [(sample.at_s / 60, sample.server.rss_bytes / MB) for sample in samples]
    begin_min = points[0][0]
    growth = trend([point for point in points if point[0] >= begin_min + 1])
    after_1_min = next((rss for at_min, rss in points if at_min >= begin_min + 1), None)
    return {
        "start_mb": round(points[0][1], 1),
        "after_1_min_mb": round(after_1_min, 1) if after_1_min is not None else None,
        "end_mb": round(points[-1][1], 1),
        "max_mb": round(max(rss for _, rss in points), 1),
        "growth_mb_per_min": round(growth.slope, 2),
    }


def _arrivals_in(call: PlayedCall, window: Window) -> Sequence[Arrival]:
    return [arrival for arrival in call.arrivals if call.at_s(arrival.at_ms) in window]


def _unfinished(call: PlayedCall) -> int:
    """Utterances that began and of which nothing was said in the end."""
    begun = {event.utterance_id for event in call.events if isinstance(event, SpeechStarted)}
    ended = {event.utterance_id for event in call.events if isinstance(event, Utterance | UtteranceDropped)}
    return len(begun - ended)


def _adds_up(call: PlayedCall) -> bool:
    """Every leg's milliseconds are accounted for, and they are those that were sent."""
    assert call.result is not None
    return all(
        leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms
        and leg.gaps_ms == leg.lost_ms + leg.shed_ms + leg.paused_ms + leg.failed_ms
        and abs(leg.received_ms - call.plan.duration_s * 1000) < 1
        for leg in call.result.ledger
    )


def _gauge_means(samples: Sequence[LoadSample]) -> dict[str, float]:
    """Mean of each gauge of the engine and of what gives way."""
    sums: defaultdict[str, float] = defaultdict(float)
    for sample in samples:
        for (name, labels), value in sample.metrics.items():
            if name in GAUGES:
                sums[" ".join([name, *(label for _, label in labels)])] += value
    return {name: round(value / len(samples), 3) for name, value in sorted(sums.items())}


def _profile(load: Load, window: Window) -> SpeechProfile:
    """Of what was said within the window, by the ground truth."""
    total = SpeechProfile()
    for call in load.calls:
        if call.is_refused:
            continue
        from_ms = max(0.0, window.from_s - call.zero_s) * 1000
        to_ms = min(call.plan.duration_s, window.to_s - call.zero_s) * 1000
        if to_ms > from_ms:
            clipped = [_clip(turn, round(from_ms), round(to_ms)) for turn in call.turns]
            total += speech_profile([turn for turn in clipped if turn.end_ms > turn.start_ms], round(to_ms - from_ms))
    return total


def _clip(turn: Turn, from_ms: int, to_ms: int) -> Turn:
    """Moved so that ``from_ms`` is 0."""
    return replace(turn, start_ms=max(turn.start_ms, from_ms) - from_ms, end_ms=min(turn.end_ms, to_ms) - from_ms)
