"""Recordings through the same pipeline as live calls, inside this process and without a port."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from asr.audio.files import Recording
from assist.handle import CallHandle
from assist.messages import AudioFrame, CallClosed, Envelope, Leg, Party
from assist.session import CallRequest
from gateway.frames import CALL_ID_PATTERN
from gateway.settings import Settings
from gateway.sidecar import read_parties, read_playbook
from gateway.wiring import open_service

PIECE_MS = 200
"""Audio per party handed on at a time, as the ingest door does."""


class Replayer:
    """Runs recordings one after the other; a context manager that holds the loaded models."""

    def __init__(self, settings: Settings, *, on_envelope: Callable[[Envelope], None]) -> None:
        """Nothing is kept: ``settings.data_dir`` gives way to a temporary directory."""
        self._settings = settings
        self._on_envelope = on_envelope
        self._stack = AsyncExitStack()
        self._names: dict[str, int] = {}

    async def __aenter__(self) -> Replayer:
        async with AsyncExitStack() as stack:
            directory = Path(stack.enter_context(TemporaryDirectory(prefix="livecue-", ignore_cleanup_errors=True)))
            settings = self._settings.model_copy(update={"data_dir": directory, "store": "", "bus": "memory"})
            service = await stack.enter_async_context(open_service(settings, on_envelope=self._on_envelope))
            await stack.enter_async_context(service.running())
            self._supervisor = service.supervisor
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exit_details: object) -> None:
        await self._stack.aclose()

    async def transcribe(self, path: Path, *, playbook: str | None = None) -> CallClosed:
        """Run one recording to its end, under the playbook that the JSON file next to it names unless one is given.

        Raises AudioFormatError, PlaybookError "unknown-playbook".
        """
        with Recording(path) as recording:
            parties: tuple[Party, ...] = ("agent", "customer") if recording.channels == 2 else ("mixed",)
            agent, customer = read_parties(path)
            handle = self._supervisor.open(
                CallRequest(
                    source="file",
                    legs=tuple(Leg(party=party, codec="pcm_s16le", rate_hz=recording.rate_hz) for party in parties),
                    call_id=self._call_id(path),
                    agent=agent,
                    customer=customer,
                    external_id=path.name,
                    playbook=playbook or read_playbook(path),
                    pace="replay",
                )
            )
            try:
                await _feed(handle, recording, parties)
            finally:
                handle.close("hangup")
            return await handle.closed()

    def _call_id(self, path: Path) -> str | None:
        """The file's name, numbered when it comes again; None lets the supervisor choose."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:56]
        if not re.match(CALL_ID_PATTERN, name):
            return None
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name}-{self._names[name]}"


async def _feed(handle: CallHandle, recording: Recording, parties: tuple[Party, ...]) -> None:
    pieces = _pieces(recording, parties)
    samples = 0
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        start_ms = samples * 1000 // recording.rate_hz
        frames = [
            AudioFrame(party, start_ms, recording.rate_hz, pcm) for party, pcm in zip(parties, piece, strict=True)
        ]
        await handle.feed(frames)
        samples += len(piece[0]) // 2


def _pieces(recording: Recording, parties: tuple[Party, ...]) -> Iterator[tuple[bytes, ...]]:
    """Per party the next samples as pcm_s16le."""
    for block in recording.blocks(PIECE_MS):
        yield tuple(block[:, channel].astype("<i2").tobytes() for channel in range(len(parties)))
