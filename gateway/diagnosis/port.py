"""AudioSocket's port from the outside: what its settings say, and how it answers a stranger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from gateway.diagnosis.door import LATE_MS, LOCAL, TOO_LATE_MS, DoorLimits
from gateway.diagnosis.findings import Finding, State
from gateway.settings import Settings
from gateway.sources.audiosocket.frames import Kind, encode_frame

AUDIOSOCKET: Final = "audiosocket"
ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


async def examine_port(settings: Settings, *, url: str | None, limits: DoorLimits | None = None) -> Sequence[Finding]:
    """What is to be said of the port; ``url`` names the host that the switch is told, ``tcp://HOST:PORT`` both."""
    own = settings.sources.audiosocket
    if not own.enabled:
        return [Finding(AUDIOSOCKET, "door-off", "fail")]
    host, number = _place(url, ANY_ADDRESS.get(own.host, own.host), own.port)
    address = {"url": f"tcp://{host}:{number}"}
    found = [Finding(AUDIOSOCKET, "unsigned", "warn")] if own.unsigned else []
    if host in LOCAL:
        found.append(Finding(AUDIOSOCKET, "address-local", "warn", address))
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        async with asyncio.timeout((limits or DoorLimits()).connect_timeout_s):
            await _connect_as_stranger(host, number, is_refused=not own.unsigned)
    except (OSError, ValueError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return [*found, Finding(AUDIOSOCKET, "unreachable", "fail", address | {"reason": reason})]
    took_ms = (loop.time() - began_s) * 1000
    state: State = "fail" if took_ms > TOO_LATE_MS else "warn" if took_ms > LATE_MS else "ok"
    code = "answers-late" if state != "ok" else "answers" if own.unsigned else "refuses-strangers"
    return [*found, Finding(AUDIOSOCKET, code, state, {"ms": f"{took_ms:.0f}"})]


async def _connect_as_stranger(host: str, number: int, *, is_refused: bool) -> None:
    """Say a UUID that nobody announced; without sound it opens no call. Raises ValueError for a strange answer."""
    reader, writer = await asyncio.open_connection(host, number)
    try:
        if is_refused:
            writer.write(encode_frame(Kind.UUID, uuid4().bytes))
            if await reader.read() != encode_frame(Kind.TERMINATE):
                raise ValueError("it does not speak AudioSocket")
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _place(url: str | None, host: str, number: int) -> tuple[str, int]:
    parts = urlsplit(url or "")
    return parts.hostname or host, (parts.port or number) if parts.scheme == "tcp" else number
