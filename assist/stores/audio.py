"""``AudioStore`` as FLAC files in a directory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from assist.errors import InputError, StoreError
from assist.messages import Party
from assist.ports import Rates
from assist.whole_file import whole_file

_CALL_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAMPLE_BYTES = 2
STEREO: tuple[Party, ...] = ("agent", "customer")

Samples = npt.NDArray[np.int16]


class FlacAudioStore:
    """One FLAC file per call, ``<call_id>.flac``.

    Encoding runs in a worker thread, ``block_frames`` samples per leg at a time, and the file appears whole or not at
    all. Raises StoreError "audio-store-unavailable" when a file cannot be read or written, InputError "bad-call-id".
    """

    def __init__(self, directory: Path, *, block_frames: int = 65_536) -> None:
        if block_frames < 1:
            raise ValueError("block_frames must be at least 1")
        self._directory = directory
        self._block_frames = block_frames

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        """Encode raw pcm_s16le files; shorter or missing legs are filled with silence, half a sample is left out."""
        if not legs or ("mixed" in legs and len(legs) > 1):
            raise ValueError("legs must be agent and/or customer, or mixed alone")
        rates: dict[Party, int] = {party: rate_hz if isinstance(rate_hz, int) else rate_hz[party] for party in legs}
        parties: tuple[Party, ...] = ("mixed",) if "mixed" in legs else STEREO
        channels = [(legs[party], rates[party]) if party in legs else None for party in parties]
        await asyncio.to_thread(self._encode, self._file(call_id), channels, max(rates.values()))

    async def path(self, call_id: str) -> Path | None:
        file = self._file(call_id)
        return file if await asyncio.to_thread(file.is_file) else None

    async def remove(self, call_id: str) -> bool:
        return await asyncio.to_thread(self._remove, self._file(call_id))

    def _file(self, call_id: str) -> Path:
        if _CALL_ID.fullmatch(call_id) is None:
            raise InputError("A call id has 1 to 64 letters, digits, dots, dashes or underscores.", code="bad-call-id")
        return self._directory / f"{call_id}.flac"

    def _remove(self, file: Path) -> bool:
        with _audio_store_errors():
            try:
                file.unlink()
            except FileNotFoundError:
                return False
            return True

    def _encode(self, file: Path, channels: Sequence[tuple[Path, int] | None], rate_hz: int) -> None:
        with _audio_store_errors():
            self._directory.mkdir(parents=True, exist_ok=True)
            with ExitStack() as files:
                legs = [
                    _RawLeg(files.enter_context(leg[0].open("rb")), leg[1], rate_hz) if leg else None
                    for leg in channels
                ]
                output = files.enter_context(whole_file(file))
                _write_flac(output, _blocks(legs, self._block_frames), channels=len(legs), rate_hz=rate_hz)


class _RawLeg:
    """A raw pcm_s16le file, read at another rate than it has if need be; half a sample at its end is left out."""

    def __init__(self, file: BinaryIO, rate_hz: int, to_hz: int) -> None:
        self._file = file
        self._stream: Any = None
        if rate_hz != to_hz:
            self._stream = cast(Any, soxr).ResampleStream(rate_hz, to_hz, 1, dtype="float32", quality="HQ")
        self._waiting = np.zeros(0, np.int16)
        self._is_over = False

    def read(self, frames: int) -> Samples:
        """So many samples; fewer at the end."""
        while len(self._waiting) < frames and not self._is_over:
            part = self._file.read(frames * _SAMPLE_BYTES)
            samples = np.frombuffer(part, dtype="<i2", count=len(part) // _SAMPLE_BYTES)
            self._is_over = len(samples) < frames
            self._waiting = np.concatenate([self._waiting, self._convert(samples)])
        ready, self._waiting = self._waiting[:frames], self._waiting[frames:]
        return ready

    def _convert(self, samples: Samples) -> Samples:
        if self._stream is None:
            return samples
        converted = self._stream.resample_chunk(samples.astype(np.float32), last=self._is_over)
        return np.clip(np.rint(converted), -32_768, 32_767).astype(np.int16)


def _blocks(legs: Sequence[_RawLeg | None], block_frames: int) -> Iterator[Samples]:
    """Interleaved blocks, shape (n, legs), until the longest leg ends.

    A call without sound gives one silent frame: libsndfile writes no header for an empty FLAC.
    """
    least = 1
    while True:
        parts = [None if leg is None else leg.read(block_frames) for leg in legs]
        frames = max(least, max(len(part) for part in parts if part is not None))
        if frames == 0:
            return
        least = 0
        block = np.zeros((frames, len(legs)), dtype=np.int16)
        for channel, samples in enumerate(parts):
            if samples is not None:
                block[: len(samples), channel] = samples
        yield block


def _write_flac(output: BinaryIO, blocks: Iterator[Samples], *, channels: int, rate_hz: int) -> None:
    sound_file = cast(Any, soundfile.SoundFile)
    with sound_file(output, "w", samplerate=rate_hz, channels=channels, format="FLAC", subtype="PCM_16") as flac:
        for block in blocks:
            flac.write(block)


@contextmanager
def _audio_store_errors() -> Generator[None]:
    try:
        yield
    except (OSError, soundfile.SoundFileError) as error:
        message = "The call's audio cannot be stored now; see the server's log."
        raise StoreError(message, code="audio-store-unavailable") from error
