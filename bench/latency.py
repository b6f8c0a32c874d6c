"""How long the agent waits for words: calls played at real speed, one after the other, into a real server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.child_server import child_server
from bench.conditions import conditions
from bench.live_call import LiveCall
from bench.programme import read_recorded
from bench.timing import TurnTiming, latency_report, time_turns
from gateway.settings import Settings

CHUNK_MS = 20


async def measure(
    settings: Settings, recordings: Sequence[Path], *, on_progress: Callable[[str], None] = lambda _: None
) -> Mapping[str, object]:
    """Play the recordings one after the other at speed 1 and report latencies with the conditions they hold for.

    Raises InputError "bad-ground-truth" or "mixed-recordings" before anything is played.
    """
    recorded = read_recorded(recordings)
    before = conditions(settings)
    timings: list[TurnTiming] = []
    async with child_server({}) as server:
        for recording, one in zip(recordings, recorded, strict=True):
            on_progress(recording.name)
            call = LiveCall(server, one, chunk_ms=CHUNK_MS)
            await call.run()
            timings += time_turns(one.turns, call.arrivals)
    return {
        "recordings": [recording.name for recording in recordings],
        **latency_report(timings),
        "calls_at_once": 1,
        "chunk_ms": CHUNK_MS,
        "conditions": before,
    }
