"""Private words out of the sound that is played."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import soundfile

from assist.errors import StoreError
from assist.messages import Party
from assist.ports import AudioStore, Rates
from assist.redaction.sound import SilentSpans
from assist.stores.audio import STEREO
from assist.whole_file import whole_file

Samples = npt.NDArray[np.int16]
DEFAULT_FADE_MS = 8
"""Shorter is heard as a click."""
_BLOCK_FRAMES = 65_536


def silenced(
    pcm: Samples,
    rate_hz: int,
    spans_ms: Iterable[tuple[int, int]],
    *,
    first_sample: int = 0,
    fade_ms: int = DEFAULT_FADE_MS,
) -> Samples:
    """One party's samples with silence in [from, to) of the call, faded on both sides of it.

    Shape (n,) in and out; ``first_sample`` is the place of the first one in the call, so that sound can be silenced
    block by block with the same result. The fade lies outside the span: nothing of it is heard.
    Raises ValueError for ``fade_ms`` below 1.
    """
    if fade_ms < 1:
        raise ValueError("fade_ms must be at least 1")
    gain = np.ones(len(pcm), np.float32)
    fade = max(1, fade_ms * rate_hz // 1000)
    for from_ms, to_ms in spans_ms:
        start = from_ms * rate_hz // 1000 - first_sample
        end = -(-to_ms * rate_hz // 1000) - first_sample
        near = np.arange(max(0, start - fade), min(len(pcm), end + fade))
        if not len(near):
            continue
        away = np.maximum(np.maximum(start - near, near - end + 1), 0)
        level = 0.5 - 0.5 * np.cos(np.pi * np.minimum(away / fade, 1.0))
        gain[near] = np.minimum(gain[near], level.astype(np.float32))
    return np.rint(pcm * gain).astype(np.int16)


class SilencedAudioStore:
    """``AudioStore`` that gives out sound without the private words; what it keeps of a call goes with its sound.

    Silenced copies lie in ``directory``, one folder a call, made when a call is first asked for and again when more
    of it turned out to be private. They are made one at a time: each keeps a core busy. A call without private words
    is given out as it is. Raises StoreError "audio-store-unavailable".
    """

    def __init__(
        self, store: AudioStore, directory: Path, *, private_sound: Callable[[str], Awaitable[SilentSpans]]
    ) -> None:
        self._store = store
        self._directory = directory
        self._private_sound = private_sound
        self._turn = asyncio.Lock()

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        await self._store.save(call_id, legs, rate_hz)
        await asyncio.to_thread(shutil.rmtree, self._directory / call_id, ignore_errors=True)

    async def path(self, call_id: str) -> Path | None:
        original = await self._store.path(call_id)
        if original is None:
            return None
        spans = await self._private_sound(call_id)
        if not any(spans.values()):
            return original
        told = sorted((party, *span) for party, said in spans.items() for span in said)
        copy = self._directory / call_id / f"{sha256(repr(told).encode()).hexdigest()[:32]}.flac"
        async with self._turn:
            if not await asyncio.to_thread(copy.is_file):
                await asyncio.to_thread(_make_copy, original, copy, spans)
        return copy

    async def remove(self, call_id: str) -> bool:
        await asyncio.to_thread(shutil.rmtree, self._directory / call_id, ignore_errors=True)
        return await self._store.remove(call_id)


def _make_copy(original: Path, copy: Path, spans: SilentSpans) -> None:
    """In place of earlier ones; it appears whole or not at all, for its owner alone."""
    sound_file = cast(Any, soundfile.SoundFile)
    try:
        shutil.rmtree(copy.parent, ignore_errors=True)
        copy.parent.mkdir(parents=True, mode=0o700)
        with (
            sound_file(original) as played,
            whole_file(copy, mode=0o600) as output,
        ):
            shape = {"samplerate": played.samplerate, "channels": played.channels}
            with sound_file(output, "w", format="FLAC", subtype="PCM_16", **shape) as quiet:
                first = 0
                for block in played.blocks(_BLOCK_FRAMES, dtype="int16", always_2d=True):
                    quiet.write(_without(block, played.samplerate, spans, first))
                    first += len(block)
    except (OSError, soundfile.SoundFileError) as error:
        message = "The call's sound cannot be silenced now; see the server's log."
        raise StoreError(message, code="audio-store-unavailable") from error


def _without(block: Samples, rate_hz: int, spans: SilentSpans, first: int) -> Samples:
    """Shape (n, parties): left agent, right customer. What no channel of its own has is silenced in all."""
    parties: tuple[Party, ...] = STEREO if block.shape[1] == len(STEREO) else ("mixed",)
    quiet = block.copy()
    for channel, party in enumerate(parties):
        said = [*spans.get(party, ())]
        for other, more in spans.items():
            said += more if other not in parties else ()
        quiet[:, channel] = silenced(block[:, channel], rate_hz, said, first_sample=first)
    return quiet
