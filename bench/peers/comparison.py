"""Livecue and its peers one after the other: same weights, same sound, same machine, one discarded warm-up each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr.text import Scribe
from bench.capacity import NO_ADMISSION
from bench.child_server import child_server
from bench.conditions import conditions
from bench.peers.ours import play_call
from bench.peers.plain import plain_design
from bench.peers.streams import Screen, Stream, screen_figures, split
from bench.peers.whisperlivekit import VERSION, install, whisper_live_kit
from bench.plot import Panel, Series, draw
from bench.processes import read_tree
from bench.programme import compose, read_recorded
from gateway.settings import Settings
from models.directory import locate
from models.threads import layout_here

WARM_UP_MS = 10_000

Play = Callable[[Sequence[Stream]], Awaitable[Sequence[Screen]]]
CpuTime = Callable[[], float]


@dataclass(frozen=True, slots=True)
class PeerPlan:
    """What to compare."""

    streams: tuple[int, ...] = (1, 2, 4)
    """At once; two streams are the two sides of one call."""
    seconds: float = 40.0
    """Of sound per stream."""
    wait_s: float = 60.0
    """How long after the end of the sound text is still waited for."""
    repeats: int = 1
    environments: Path = Path("var/peers")
    """Directory of the peers' virtual environments."""

    def __post_init__(self) -> None:
        if not self.streams or min(self.streams) < 1 or not self.seconds > 0 or self.repeats < 1:
            raise ValueError("streams, seconds and repeats must be positive")
        if any(count > 1 and count % 2 for count in self.streams):
            raise ValueError("streams must be 1 or even: two are one call")


async def compare(
    settings: Settings,
    recordings: Sequence[Path],
    plan: PeerPlan,
    *,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Rows of figures by system and number of streams.

    Raises InputError "bad-ground-truth" or "mixed-recordings", UnavailableError "peer-failed".
    """
    recorded = read_recorded(recordings)
    model_dir = (await asyncio.to_thread(locate, settings.models_dir, settings.asr.model)).path
    environment = plan.environments / "whisperlivekit"
    on_progress("Installing WhisperLiveKit into an environment of its own …")
    await install(environment)
    workers = layout_here(settings.asr.device, workers=settings.asr.workers).workers
    systems = {
        "livecue": _livecue,
        "plain faster-whisper": lambda: _plain(model_dir, workers),
        f"whisperlivekit {VERSION}": lambda: _whisper_live_kit(model_dir, environment, plan.wait_s),
    }
    before, scribe, rows = conditions(settings), Scribe(), list[Mapping[str, object]]()
    for repeat in range(plan.repeats):
        for count in plan.streams:
            duration_ms = round(plan.seconds * 1000)
            calls = [compose(recorded, first=first, duration_ms=duration_ms) for first in range((count + 1) // 2)]
            streams = [stream for call in calls for stream in split(call)][:count]
            for name, system in systems.items():
                on_progress(f"{name}: {count} streams, run {repeat + 1} of {plan.repeats} …")
                async with system() as (play, cpu_time_s):
                    rows.append(
                        {"system": name, "streams": count, "run": repeat + 1}
                        | await _measure(play, cpu_time_s, streams, scribe)
                    )
    return {
        "seconds": plan.seconds,
        "wait_s": plan.wait_s,
        "recordings": [recording.name for recording in recordings],
        "rows": rows,
        "conditions": before,
    }


async def _measure(play: Play, cpu_time_s: CpuTime, streams: Sequence[Stream], scribe: Scribe) -> dict[str, object]:
    """One run after a warm-up that does not count."""
    first = streams[0]
    await play([Stream(first.pcm[: WARM_UP_MS * 32], [])])
    used_s, began_s = cpu_time_s(), time.monotonic()
    screens = await play(streams)
    elapsed_s = time.monotonic() - began_s
    return {
        **screen_figures(screens, scribe),
        "elapsed_s": round(elapsed_s, 1),
        "cores": round((cpu_time_s() - used_s) / elapsed_s, 2),
    }


@asynccontextmanager
async def _livecue() -> AsyncGenerator[tuple[Play, CpuTime]]:
    async with child_server(NO_ADMISSION) as server:

        async def play(streams: Sequence[Stream]) -> Sequence[Screen]:
            calls = [streams[first : first + 2] for first in range(0, len(streams), 2)]
            screens = await asyncio.gather(*(play_call(server, call) for call in calls))
            return [screen for call in screens for screen in call]

        yield play, lambda: server.use().cpu_s


@asynccontextmanager
async def _plain(model_dir: Path, workers: int) -> AsyncGenerator[tuple[Play, CpuTime]]:
    async with plain_design(model_dir, workers=workers) as design:

        async def play(streams: Sequence[Stream]) -> Sequence[Screen]:
            return await asyncio.gather(*(design.play(stream) for stream in streams))

        yield play, time.process_time


@asynccontextmanager
async def _whisper_live_kit(model_dir: Path, environment: Path, wait_s: float) -> AsyncGenerator[tuple[Play, CpuTime]]:
    async with whisper_live_kit(model_dir, environment) as server:

        async def play(streams: Sequence[Stream]) -> Sequence[Screen]:
            return await asyncio.gather(*(server.play(stream, wait_s=wait_s) for stream in streams))

        yield play, lambda: read_tree(server.pid).cpu_s


def draw_comparison(report: Mapping[str, Any], path: Path) -> None:
    """Waits and errors against the number of streams, the mean of all runs."""
    rows: list[dict[str, Any]] = report["rows"]

    def series(value: Callable[[dict[str, Any]], float]) -> list[Series]:
        found: list[Series] = []
        for system in dict.fromkeys(row["system"] for row in rows):
            points: dict[float, list[float]] = {}
            for row in rows:
                if row["system"] == system:
                    points.setdefault(float(row["streams"]), []).append(value(row))
            found.append(Series(system, list(points), [sum(values) / len(values) for values in points.values()]))
        return found

    draw(
        path,
        f"{report['seconds']:.0f} s of sound per stream, Whisper base, the same weights",
        [
            Panel(
                "Text of a turn settled after its end, p95",
                "streams at once",
                "s",
                series(lambda row: row["settled_ms"]["p95"] / 1000),
            ),
            Panel(
                "A character first shown after it was spoken, p95",
                "streams at once",
                "s",
                series(lambda row: row["shown_delay_ms"]["p95"] / 1000),
            ),
            Panel("Character error rate", "streams at once", "%", series(lambda row: row["cer_percent"])),
            Panel("Processor", "streams at once", "cores", series(lambda row: row["cores"])),
        ],
    )
