"""Sound files for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile

from asr.audio.files import Recording
from asr.audio.samples import Int16Array

CALLS = Path("examples/calls")


def silent_recording(path: Path, seconds: float = 0.5, *, rate_hz: int = 8_000) -> Path:
    """A mono file without a sound."""
    cast("Any", soundfile).write(path, np.zeros(int(rate_hz * seconds), np.int16), rate_hz)
    return path


def voice(name: str, channel: int = 0, seconds: int = 20) -> Int16Array:
    """The beginning of one party of an example call, at 8 kHz; left the agent, right the customer."""
    with Recording(CALLS / f"{name}.flac") as recording:
        blocks = [block for block, _ in zip(recording.blocks(1_000), range(seconds), strict=False)]
    return np.ascontiguousarray(np.concatenate(blocks)[:, channel])
