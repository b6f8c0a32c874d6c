"""Recordings: WAV, FLAC and whatever else libsndfile reads, mono or stereo, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import soundfile

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ, Int16Array
from assist.errors import AudioFormatError

_soundfile = cast("Any", soundfile)  # ships no type information


class Recording:
    """An open recording; a context manager.

    Raises AudioFormatError on opening: "missing-audio-file", "unsupported-audio-file" (not a sound file we can read,
    more than two channels, a rate outside 8 to 48 kHz), "broken-audio-file".
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise AudioFormatError(f"There is no file {path.name}.", code="missing-audio-file")
        try:
            self._file: Any = _soundfile.SoundFile(path)
        except (_soundfile.SoundFileError, OSError) as error:
            raise AudioFormatError(
                f"{path.name} is not a readable WAV or FLAC file.", code="unsupported-audio-file"
            ) from error
        self._name = path.name
        self.rate_hz = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        self.samples = int(self._file.frames)
        """Per channel, as declared by the file."""
        if self.channels > 2 or not MIN_RATE_HZ <= self.rate_hz <= MAX_RATE_HZ:
            self._file.close()
            raise AudioFormatError(
                f"{path.name} has {self.channels} channels at {self.rate_hz} Hz; give mono or stereo at "
                f"{MIN_RATE_HZ} to {MAX_RATE_HZ} Hz.",
                code="unsupported-audio-file",
            )

    @property
    def duration_ms(self) -> int:
        """As declared by the file."""
        return self.samples * 1000 // self.rate_hz

    def blocks(self, block_ms: int = 100) -> Iterator[Int16Array]:
        """Successive blocks, shape (n, channels); the last may be shorter.

        Raises AudioFormatError "broken-audio-file" where the file stops making sense.
        """
        block = max(1, self.rate_hz * block_ms // 1000)
        remaining = self.samples
        while remaining > 0:
            try:
                pcm: Int16Array = self._file.read(min(block, remaining), dtype="int16", always_2d=True)
            except _soundfile.SoundFileError as error:
                raise self._broken() from error
            if not len(pcm):
                raise self._broken()
            remaining -= len(pcm)
            yield pcm

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _broken(self) -> AudioFormatError:
        return AudioFormatError(f"{self._name} is damaged or cut short.", code="broken-audio-file")
