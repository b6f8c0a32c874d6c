"""Recordings played as live calls, at the pace of speech, into a real server in this process: what finals they give."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from asr.audio.files import Recording
from asr.evaluation import Heard, Trial
from assist.errors import OverloadedError
from assist.messages import CallDegraded, Envelope, Utterance, UtteranceDropped
from gateway.call_audio import CallAudio
from gateway.client import CallClient
from gateway.first_run import prepare_first_run, read_local_key
from gateway.listening import base_url, bind
from gateway.server import serve
from gateway.service import RECOGNISER
from gateway.settings import Settings
from gateway.sources.native_messages import Media, Open
from gateway.wiring import open_service

MAX_REFUSALS = 20
"""In a row, for one recording; each is waited out as long as the server asks for."""


async def try_live(
    settings: Settings,
    recordings: Sequence[Path],
    *,
    calls_at_once: int,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Trial:
    """Play each recording's first channel as a call of its own, ``calls_at_once`` of them at a time.

    ``progress`` hears recordings done and in all. A refused call is tried again, and counted among what was degraded.
    Raises OverloadedError when one is refused MAX_REFUSALS times in a row.
    """
    if calls_at_once < 1:
        raise ValueError("calls_at_once must be at least 1")
    envelopes: list[list[Envelope]] = [[] for _ in recordings]
    waiting, done, codes = iter(enumerate(recordings)), 0, Counter[str]()

    async def play_next(url: str, key: str) -> None:
        nonlocal done
        for place, recording in waiting:
            await _play(url, key, recording, envelopes[place].append, codes)
            done += 1
            progress(done, len(recordings))

    async with _own_server(settings) as (url, key), asyncio.TaskGroup() as group:
        for _ in range(min(calls_at_once, len(recordings))):
            group.create_task(play_next(url, key), name="live trial")
    events = [[envelope.event for envelope in call] for call in envelopes]
    finals = [[event for event in call if isinstance(event, Utterance | UtteranceDropped)] for call in events]
    codes.update(event.code for call in events for event in call if isinstance(event, CallDegraded))
    return Trial(
        system=f"live calls, {calls_at_once} at once",
        heard=[Heard.of(call) for call in finals],
        at_once=calls_at_once,
        degraded=dict(sorted(codes.items())),
    )


@asynccontextmanager
async def _own_server(settings: Settings) -> AsyncGenerator[tuple[str, str]]:
    """A service on a free port that keeps nothing: its ingest address and an API key."""
    with TemporaryDirectory(prefix="livecue-trial-", ignore_cleanup_errors=True) as directory:
        own = settings.model_copy(update={"data_dir": Path(directory), "store": "", "bus": "memory"})
        stop = asyncio.Event()
        with bind("127.0.0.1", 0) as listener:
            async with open_service(own, hands_on=False) as service, asyncio.TaskGroup() as group:
                await prepare_first_run(service.accounts, own.cli_key_path)
                group.create_task(serve(service, listener=listener, stop=stop), name="server")
                await service.readiness.started(RECOGNISER)
                try:
                    url = f"ws{base_url(listener).removeprefix('http')}/ingest/v1"
                    yield url, read_local_key(own.cli_key_path) or ""
                finally:
                    stop.set()


async def _play(
    url: str, key: str, recording: Path, on_envelope: Callable[[Envelope], None], codes: Counter[str]
) -> None:
    audio = await asyncio.to_thread(_first_channel, recording)
    opening = Open(media=audio.media, events="all", pace="live")
    for attempt in range(1, MAX_REFUSALS + 1):
        try:
            await CallClient(url, key, opening, audio, on_envelope=on_envelope).run()
        except OverloadedError as refusal:
            codes[refusal.code] += 1
            if attempt == MAX_REFUSALS:
                raise
            await asyncio.sleep(refusal.retry_after_s)
        else:
            return


def _first_channel(path: Path) -> CallAudio:
    with Recording(path) as recording:
        data = b"".join(block[:, 0].astype("<i2").tobytes() for block in recording.blocks())
        return CallAudio(Media(encoding="pcm_s16le", rate_hz=recording.rate_hz, channels=("mixed",)), data)
