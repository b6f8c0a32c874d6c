"""Sound files for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile


def silent_recording(path: Path, seconds: float = 0.5, *, rate_hz: int = 8_000) -> Path:
    """A mono file without a sound."""
    cast("Any", soundfile).write(path, np.zeros(int(rate_hz * seconds), np.int16), rate_hz)
    return path
