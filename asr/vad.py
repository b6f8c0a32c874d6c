"""Speech probability of 32 ms blocks: streaming Silero VAD v6.2.

The v6 export inside faster-whisper is not used: with line noise its probabilities fade in the course of a call until
speech is missed (see models/cards/silero-vad.md).

Runs inline on the event loop, not through the engine: a block costs under 0.2 ms, and waiting behind a decode of
some hundred milliseconds would delay every onset. Blocks are run one by one, so that results cannot depend on how
the audio was cut.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from asr.audio.samples import Float32Array, level_dbfs
from assist.errors import ModelFilesError
from models.sessions import open_session

BLOCK_SAMPLES = 512
"""32 ms at 16 kHz."""

LOUD_DBFS = -25.0
"""Level that the loudest block of the last seconds is lifted to: of speech at an ordinary distance."""
MAX_LIFT_DB = 20.0
"""Bound of the lift; beyond it, echoes and noise of a far speaker only grow louder too."""
_LIFT_BLOCKS = 300
"""Blocks that the loudest is taken of: about ten seconds."""

_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (1, 1, 128)


class VoiceDetector(Protocol):
    """State of one audio stream."""

    def probability(self, block: Float32Array) -> float:
        """Probability of speech, 0 to 1, in the next ``BLOCK_SAMPLES`` samples at 16 kHz."""
        ...


class SileroVad:
    """The network, loaded once and shared; ``open`` gives each stream its own state."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` defaults to the copy that ships with Livecue. Raises ModelFilesError if it is missing."""
        path = path or Path(__file__).parent / "assets" / "silero_vad_v6_2.onnx"
        if not path.is_file():
            raise ModelFilesError(f"The VAD model {path.name} is missing; reinstall Livecue.")
        self._session = open_session(path)

    def open(self) -> LiftedDetector:
        """A detector for a new stream, quiet ones included."""
        return LiftedDetector(SileroStream(self._session))


class LiftedDetector:
    """Lifts quiet sound for a detector that was taught with sound of ordinary level, and misses speech far below it.

    The lift of a block rests on the blocks up to it, so any cutting of the same samples gives the same probabilities.
    """

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._levels: deque[float] = deque(maxlen=_LIFT_BLOCKS)

    def probability(self, block: Float32Array) -> float:
        """Shape (512,). The state moves on."""
        self._levels.append(level_dbfs(block))
        lift_db = min(max(LOUD_DBFS - max(self._levels), 0.0), MAX_LIFT_DB)
        return self._detector.probability(block * np.float32(10 ** (lift_db / 20)))


class SileroStream:
    """Recurrent state and the 64 samples of context that the network wants before each block."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._input = np.zeros((1, _CONTEXT_SAMPLES + BLOCK_SAMPLES), np.float32)
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)

    def probability(self, block: Float32Array) -> float:
        """Shape (512,). The state moves on."""
        self._input[0, :_CONTEXT_SAMPLES] = self._input[0, -_CONTEXT_SAMPLES:]
        self._input[0, _CONTEXT_SAMPLES:] = block
        output, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return float(output[0])
