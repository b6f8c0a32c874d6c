"""A call's working files: its log and its sound, on disk before anything is acknowledged.

A write reaches the operating system before the method returns, so a killed process loses nothing that was acknowledged
(a power cut may). Layout: ``SPOOL/CALL_ID/call.json · events.jsonl · PARTY.pcm``; removed once store and audio store
hold the call.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from assist.messages import Envelope, Leg, Party, envelope_adapter

SAMPLE_BYTES = 2


class CallSpool:
    """The files of one call, open for appending. Raises OSError when the disk refuses."""

    def __init__(self, directory: Path, legs: Sequence[Leg]) -> None:
        directory.mkdir(parents=True, exist_ok=False)
        self.directory = directory
        (directory / "call.json").write_text(json.dumps([leg.model_dump() for leg in legs]), encoding="utf-8")
        self._events: BinaryIO = (directory / "events.jsonl").open("xb", buffering=0)
        self._events_end = 0
        self._read_seq = 0
        self._read_end = 0
        self._sound = {leg.party: LegRecording(directory / f"{leg.party}.pcm", leg.rate_hz) for leg in legs}

    def append(self, envelope: Envelope) -> None:
        """Write one envelope through to the operating system, whole or not at all."""
        line = envelope.model_dump_json().encode() + b"\n"
        try:
            _write(self._events.fileno(), line, self._events_end)
        except OSError:
            # What a full disk took of a line would end every reading of the file.
            os.ftruncate(self._events.fileno(), self._events_end)
            raise
        self._events_end += len(line)

    def envelopes(self, *, after: int, limit: int) -> list[Envelope]:
        """Read back envelopes with ``seq > after``; quick where the last reading ended at ``after``."""
        found: list[Envelope] = []
        for envelope, end in _read(self.directory, self._read_end if after == self._read_seq else 0):
            if envelope.seq > after:
                found.append(envelope)
                self._read_seq, self._read_end = envelope.seq, end
                if len(found) == limit:
                    break
        return found

    def leg(self, party: Party) -> LegRecording:
        return self._sound[party]

    def close(self) -> None:
        self._events.close()
        for recording in self._sound.values():
            recording.close()


class LegRecording:
    """Raw pcm_s16le of one leg; a declared gap is a hole that reads as silence, so offsets are positions."""

    def __init__(self, path: Path, rate_hz: int) -> None:
        self.path = path
        self.rate_hz = rate_hz
        self._file = path.open("w+b", buffering=0)
        self._end_bytes = 0

    def append(self, start_ms: int, pcm: bytes) -> None:
        """Write samples at the end of what is there, or at ``start_ms`` if that lies later (after a gap)."""
        offset = max(self._end_bytes, start_ms * self.rate_hz // 1000 * SAMPLE_BYTES)
        _write(self._file.fileno(), pcm, offset)
        self._end_bytes = offset + len(pcm)

    @property
    def end_bytes(self) -> int:
        return self._end_bytes

    def read(self, offset_bytes: int, size_bytes: int) -> bytes:
        """Samples written earlier."""
        return os.pread(self._file.fileno(), size_bytes, offset_bytes)

    def close(self) -> None:
        self._file.close()


def read_events(directory: Path) -> Iterator[Envelope]:
    """Envelopes of a spool in order; a line torn by a crash ends the reading."""
    for envelope, _ in _read(directory, 0):
        yield envelope


def _read(directory: Path, start_bytes: int) -> Iterator[tuple[Envelope, int]]:
    """Envelopes from there on, each with where it ends in the file."""
    end_bytes = start_bytes
    with suppress(FileNotFoundError), (directory / "events.jsonl").open("rb") as lines:
        lines.seek(start_bytes)
        for line in lines:
            end_bytes += len(line)
            try:
                yield envelope_adapter.validate_json(line), end_bytes
            except ValidationError:
                return


def _write(file: int, content: bytes, offset_bytes: int) -> None:
    """All of it: a disk that fills up takes what still fits before it refuses."""
    rest = memoryview(content)
    while rest:
        written = os.pwrite(file, rest, offset_bytes)
        rest, offset_bytes = rest[written:], offset_bytes + written


def read_legs(directory: Path) -> tuple[Leg, ...]:
    """The legs a spool was opened with; empty if the crash came before they were written."""
    try:
        rows = json.loads((directory / "call.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ()
    return tuple(Leg.model_validate(row) for row in rows)


def recordings(directory: Path, legs: Sequence[Leg]) -> Mapping[Party, Path]:
    """The raw sound files of a spool that exist and are not empty."""
    paths: dict[Party, Path] = {leg.party: directory / f"{leg.party}.pcm" for leg in legs}
    return {party: path for party, path in paths.items() if path.exists() and path.stat().st_size}
