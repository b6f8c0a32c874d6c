"""Recordings through the same pipeline as live calls, inside this process and without a port."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from assist.messages import CallClosed, Envelope
from assist.session import CallRequest
from gateway.frames import CALL_ID_PATTERN
from gateway.settings import Settings
from gateway.sidecar import read_parties, read_playbook
from gateway.sources.rtp.streams import Choice
from gateway.tracks import open_track
from gateway.wiring import open_service


class Replayer:
    """Runs recordings one after the other; a context manager that holds the loaded models."""

    def __init__(self, settings: Settings, *, on_envelope: Callable[[Envelope], None]) -> None:
        """Nothing is kept or handed on: ``settings.data_dir`` gives way to a temporary directory.

        Nor is any prompt held out, for nothing is learnt from calls that nobody keeps.
        """
        self._settings = settings
        self._on_envelope = on_envelope
        self._stack = AsyncExitStack()
        self._names: dict[str, int] = {}

    async def __aenter__(self) -> Replayer:
        async with AsyncExitStack() as stack:
            directory = Path(stack.enter_context(TemporaryDirectory(prefix="livecue-", ignore_cleanup_errors=True)))
            experiments = self._settings.experiments.model_copy(update={"hold_outs": False})
            own = {"data_dir": directory, "store": "", "bus": "memory", "experiments": experiments}
            settings = self._settings.model_copy(update=own)
            service = await stack.enter_async_context(
                open_service(settings, on_envelope=self._on_envelope, hands_on=False)
            )
            await stack.enter_async_context(service.running())
            self._supervisor = service.supervisor
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exit_details: object) -> None:
        await self._stack.aclose()

    async def transcribe(self, path: Path, *, playbook: str | None = None, choice: Choice | None = None) -> CallClosed:
        """Run one recording to its end, under the playbook that the JSON file next to it names unless one is given.

        ``choice``: whose stream is whose in a capture of packets. Raises AudioFormatError, PlaybookError
        "unknown-playbook".
        """
        with open_track(path, choice) as track:
            agent, customer = read_parties(path)
            handle = self._supervisor.open(
                CallRequest(
                    source="file",
                    legs=track.legs,
                    call_id=self._call_id(path),
                    agent=agent,
                    customer=customer,
                    external_id=path.name,
                    playbook=playbook or read_playbook(path),
                    pace="replay",
                )
            )
            try:
                while (items := await asyncio.to_thread(next, track.items, None)) is not None:
                    await handle.feed(items)
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
