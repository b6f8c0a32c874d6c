"""What the parts of a service tell at scrape time."""

from __future__ import annotations

import asyncio

from asr.lane import RecogniserTranscriber
from asr.pressure import Pressure, Relief
from gateway.metrics import Reading
from models.engine import Engine, Priority


def engine_readings(engine: Engine) -> tuple[Reading, ...]:
    """What the engine knows, read at scrape time."""

    def queued() -> dict[str, float]:
        waiting = engine.load().queued
        return {priority.name.lower(): float(waiting.get(priority, 0)) for priority in Priority}

    def shares() -> dict[str, float]:
        return {priority.name.lower(): share for priority, share in engine.load().shares.items()}

    return (
        Reading("engine_queued", "Requests waiting for the engine, by priority.", queued, label="priority"),
        Reading("engine_utilisation", "Busy share of the workers, 0 to 1.", lambda: engine.load().utilisation),
        Reading("engine_share", "The same, by priority of what keeps them busy.", shares, label="priority"),
        Reading(
            "engine_final_wait_seconds", "Wait of finals for a worker, p95.", lambda: engine.load().final_wait_p95_s
        ),
        Reading("engine_stalled_workers", "Workers that do not come back.", lambda: engine.load().stalled_workers),
        Reading("engine_shed_total", "Previews whose time had passed.", lambda: engine.counts.shed),
        Reading("partials_superseded_total", "Previews replaced by newer ones.", lambda: engine.counts.superseded),
    )


def pressure_readings(pressure: Pressure) -> tuple[Reading, ...]:
    """What gives way to load, read at scrape time."""

    def relief() -> Relief:
        return pressure.relief(asyncio.get_running_loop().time())

    return (
        Reading(
            "load_stage",
            "What gives way: 0 nothing, 1 partials thin out, 2 endpoints wait as well, 3 calls are refused as well.",
            lambda: relief().stage,
        ),
        Reading(
            "partial_interval_ms", "New sound between two partials of a party.", lambda: relief().partial_interval_ms
        ),
    )


def speculation_readings(transcriber: RecogniserTranscriber) -> tuple[Reading, ...]:
    """What decoding ahead costs and brings, read at scrape time."""
    counts = transcriber.speculations
    return (
        Reading("speculations_total", "Segments decoded before their end was certain.", lambda: counts.started),
        Reading("speculations_used_total", "Segments decoded ahead that became finals.", lambda: counts.used),
    )
