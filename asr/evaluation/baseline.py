"""The plain design to compare with: faster-whisper's ``transcribe`` of a whole recording, as shipped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from asr.evaluation.report import Heard
from assist.errors import ModelFilesError


class FasterWhisper:
    """``WhisperModel.transcribe(language="zh")`` with all its defaults but the beam, on all threads it is given."""

    at_once = 1

    def __init__(self, model_dir: Path, *, beam: int, device: str, compute: str, threads: int) -> None:
        """Load the model; takes about a second. Raises ModelFilesError when it is no Whisper model of this form."""
        from faster_whisper import WhisperModel, __version__  # heavy and native: only for who compares

        try:
            self._model: Any = cast("Any", WhisperModel)(
                str(model_dir), device=device, compute_type=compute, cpu_threads=threads
            )
        except (RuntimeError, ValueError) as error:
            raise ModelFilesError(f"faster-whisper cannot load {model_dir.name}: {error}") from error
        self._beam = beam
        self._name = f"faster-whisper {__version__} transcribe(beam_size={beam}), {threads} threads"

    @property
    def name(self) -> str:
        """With the settings that matter."""
        return self._name

    async def recognise(self, path: Path) -> Heard:
        """Two channels are mixed into one, as it does by itself."""
        return Heard(await asyncio.to_thread(self._transcribe, path))

    def _transcribe(self, path: Path) -> str:
        # A generator: the segments are decoded as they are taken.
        segments, _ = self._model.transcribe(str(path), language="zh", beam_size=self._beam)
        return "".join(segment.text for segment in segments)
