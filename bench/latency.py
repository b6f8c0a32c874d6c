"""How long the agent waits for words: calls played at real speed into a real server in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from assist.messages import Envelope
from bench.conditions import conditions
from bench.timing import Arrival, TurnTiming, latency_report, time_turns
from bench.truth import read_turns
from gateway.client import CallClient, read_call_audio, read_parties
from gateway.first_run import prepare_first_run, read_local_key
from gateway.server import base_url, bind, serve
from gateway.service import RECOGNISER
from gateway.settings import Settings
from gateway.sources.native_messages import Open
from gateway.wiring import open_service

CHUNK_MS = 20


async def measure(
    settings: Settings, recordings: Sequence[Path], *, on_progress: Callable[[str], None] = lambda _: None
) -> Mapping[str, object]:
    """Play the recordings one after the other at speed 1 and report latencies with the conditions they hold for.

    Raises InputError "bad-ground-truth" before anything is played.
    """
    truths = [read_turns(recording) for recording in recordings]
    timings: list[TurnTiming] = []
    with TemporaryDirectory(prefix="livecue-bench-", ignore_cleanup_errors=True) as directory:
        own = settings.model_copy(update={"data_dir": Path(directory), "store": "", "bus": "memory"})
        with bind("127.0.0.1", 0) as listener:
            async with open_service(own) as service:
                await prepare_first_run(service.accounts, own.cli_key_path)
                url = f"ws{base_url(listener).removeprefix('http')}/ingest/v1"
                key = read_local_key(own.cli_key_path) or ""
                stop = asyncio.Event()
                async with asyncio.TaskGroup() as group:
                    group.create_task(serve(service, listener=listener, stop=stop), name="server")
                    await service.readiness.started(RECOGNISER)
                    for recording, turns in zip(recordings, truths, strict=True):
                        on_progress(recording.name)
                        timings += time_turns(turns, await _play(url, key, recording))
                    stop.set()
    return {
        "recordings": [recording.name for recording in recordings],
        **latency_report(timings),
        "calls_at_once": 1,
        "chunk_ms": CHUNK_MS,
        "conditions": conditions(settings),
    }


async def _play(url: str, key: str, recording: Path) -> Sequence[Arrival]:
    """One call at real speed; what arrived when."""
    heard: list[tuple[float, Envelope]] = []
    loop = asyncio.get_running_loop()
    audio = await asyncio.to_thread(read_call_audio, recording)
    agent, customer = read_parties(recording)
    client = CallClient(
        url,
        key,
        Open(media=audio.media, agent=agent, customer=customer, events="all", pace="live"),
        audio,
        speed=1.0,
        chunk_ms=CHUNK_MS,
        on_envelope=lambda envelope: heard.append((loop.time(), envelope)),
    )
    await client.run()
    zero_s = (client.began_s or 0.0) - CHUNK_MS / 1000
    return [Arrival((at_s - zero_s) * 1000, envelope) for at_s, envelope in heard]
