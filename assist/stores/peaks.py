"""How loud each party of a stored call is over its time: what a picture of its sound is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import soundfile

from assist.errors import StoreError
from assist.messages import Party
from assist.stores.audio import STEREO

FULL_SCALE = 255
SHORTEST_STEP_MS = 10

_BLOCK_FRAMES = 65_536


@dataclass(frozen=True, slots=True)
class Peaks:
    """The loudest sample of each party in each of equal steps of the time."""

    duration_ms: int
    step_ms: float
    """Of all but the last, which may be shorter."""
    parties: Mapping[Party, bytes]
    """0 to FULL_SCALE, linear, a byte for each step; as many for each party."""


def peaks_of(file: Path, *, most: int = 4_000) -> Peaks:
    """Read a FLAC file of an ``AudioStore``; at most so many steps, none shorter than SHORTEST_STEP_MS.

    Memory is bounded by a block, whatever the length. Raises StoreError "audio-store-unavailable".
    """
    sound_file = cast(Any, soundfile.SoundFile)
    try:
        with sound_file(file) as flac:
            rate_hz, frames, channels = flac.samplerate, flac.frames, flac.channels
            step_frames = max(rate_hz * SHORTEST_STEP_MS // 1000, -(-frames // most), 1)
            block_frames = step_frames * max(1, _BLOCK_FRAMES // step_frames)
            loudest = [
                _loudest(block, step_frames)
                for block in flac.blocks(block_frames, dtype="int16", always_2d=True, fill_value=None)
            ]
    except (OSError, soundfile.SoundFileError) as error:
        message = "The call's sound cannot be read now; see the server's log."
        raise StoreError(message, code="audio-store-unavailable") from error
    steps = np.concatenate(loudest) if loudest else np.zeros((0, channels), dtype=np.int32)
    scaled = np.rint(steps * (FULL_SCALE / 32_768)).astype(np.uint8)
    parties: tuple[Party, ...] = STEREO if channels == len(STEREO) else ("mixed",)
    return Peaks(
        duration_ms=round(frames * 1000 / rate_hz),
        step_ms=step_frames * 1000 / rate_hz,
        parties={party: scaled[:, channel].tobytes() for channel, party in enumerate(parties)},
    )


def _loudest(block: npt.NDArray[np.int16], step_frames: int) -> npt.NDArray[np.int32]:
    """Shape (frames, channels) in; (steps, channels) out. The last step may be shorter."""
    starts = np.arange(0, len(block), step_frames)
    # -32 768 has no positive counterpart in 16 bits.
    return np.maximum.reduceat(np.abs(block.astype(np.int32)), starts, axis=0)
