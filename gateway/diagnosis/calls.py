"""The newest call of a platform, read from the running service as any program would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import numpy as np

from asr.audio.files import Recording
from asr.audio.samples import Int16Array
from assist.errors import UnavailableError
from assist.messages import CallOpened, Envelope, Party
from assist.ports import CallSummary
from gateway.api.models import CallPage, EventPage
from gateway.diagnosis.record import CallRecord

SOURCES: Final[Mapping[str, str]] = {"audio_fork": "mod_audio_fork", "audio_stream": "mod_audio_stream"}
"""What calls say of their source, where that has another name than the door."""
PAGES = 5
"""Of calls, newest first, that are looked through; 200 each."""
PAGE_CALLS = 200
PAGE_EVENTS = 5_000
HEARD_MS = 120_000
"""So much of a recording is enough to tell its codec."""
TIMEOUT_S = 20.0


async def newest_call(base_url: str, key: str, platform: str) -> CallRecord | None:
    """The newest call that the platform brought; None: none of the last thousand.

    Raises UnavailableError "service-unavailable" when the service cannot be asked.
    """
    headers = {"Authorization": f"Bearer {key}"}
    try:
        async with httpx.AsyncClient(base_url=f"{base_url}/api/v1", headers=headers, timeout=TIMEOUT_S) as client:
            call = await _find(client, platform)
            if call is None:
                return None
            log = await _log(client, call.call_id)
            sound = await _sound(client, call.call_id, log) if call.has_audio else {}
    except httpx.HTTPStatusError as error:
        message = f"The service answers with status {error.response.status_code}."
        raise UnavailableError(message, code="service-unavailable") from error
    except httpx.HTTPError as error:
        message = f"The service at {base_url} does not answer ({type(error).__name__})."
        raise UnavailableError(message, code="service-unavailable") from error
    return CallRecord(platform, call.call_id, log, sound)


async def _find(client: httpx.AsyncClient, platform: str) -> CallSummary | None:
    before: dict[str, str] = {}
    for _ in range(PAGES):
        page = CallPage.model_validate_json(await _get(client, "/calls", limit=str(PAGE_CALLS), **before))
        for call in page.calls:
            if call.source.partition("/")[0] == SOURCES.get(platform, platform):
                return call
        if page.next is None:
            return None
        before = {"before": page.next}
    return None


async def _log(client: httpx.AsyncClient, call_id: str) -> list[Envelope]:
    log: list[Envelope] = []
    after: int | None = 0
    while after is not None:
        text = await _get(client, f"/calls/{call_id}/events", after=str(after), limit=str(PAGE_EVENTS))
        page = EventPage.model_validate_json(text)
        log += page.envelopes
        after = page.next
    return log


async def _sound(client: httpx.AsyncClient, call_id: str, log: list[Envelope]) -> dict[Party, Int16Array]:
    opened = next((envelope.event for envelope in log if isinstance(envelope.event, CallOpened)), None)
    parties: tuple[Party, ...] = tuple(leg.party for leg in opened.legs) if opened is not None else ()
    content = await _get(client, f"/calls/{call_id}/audio")
    return await asyncio.to_thread(_read, content, parties)


def _read(content: bytes, parties: tuple[Party, ...]) -> dict[Party, Int16Array]:
    """Left agent, right customer, or one channel for both."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "call.flac"
        path.write_bytes(content)
        with Recording(path) as recording:
            blocks, heard_ms = list[Int16Array](), 0
            for block in recording.blocks(1_000):
                blocks.append(block)
                heard_ms += 1_000
                if heard_ms >= HEARD_MS:
                    break
    samples = np.concatenate(blocks) if blocks else np.zeros((0, 1), np.int16)
    order: tuple[Party, ...] = ("agent", "customer") if samples.shape[1] == 2 else ("mixed",)
    return {party: samples[:, channel] for channel, party in enumerate(order) if party in parties}


async def _get(client: httpx.AsyncClient, path: str, **params: str) -> bytes:
    response = await client.get(path, params=params)
    return response.raise_for_status().content
