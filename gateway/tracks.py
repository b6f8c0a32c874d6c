"""Recordings as what a call is fed with: sound files, and captures of a call's packets."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from asr.audio.files import Recording
from assist.messages import AudioFrame, AudioGap, GapCause, Leg, Party
from gateway.sources.codec import Missing, Sound
from gateway.sources.rtp.recording import CaptureRecording, is_capture_file
from gateway.sources.rtp.streams import Choice

PIECE_MS = 200
"""Sound per party handed on at a time, as the ingest door does."""


@dataclass(frozen=True, slots=True)
class Track:
    """An open recording."""

    legs: tuple[Leg, ...]
    items: Iterator[Sequence[AudioFrame | AudioGap]]
    """Sound and gaps in position order per party, read once; raises AudioFormatError where the file breaks."""


@contextmanager
def open_track(path: Path, choice: Choice | None = None) -> Generator[Track]:
    """A recording of one call: mono is both parties mixed, stereo agent left and customer right.

    ``choice``: whose stream is whose in a capture. Raises AudioFormatError.
    """
    if is_capture_file(path):
        capture = CaptureRecording(path, choice)
        yield Track(capture.legs, _placed(capture))
        return
    with Recording(path) as recording:
        parties: tuple[Party, ...] = ("agent", "customer") if recording.channels == 2 else ("mixed",)
        legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=recording.rate_hz) for party in parties)
        yield Track(legs, _blocks(recording, parties))


def _blocks(recording: Recording, parties: Sequence[Party]) -> Iterator[Sequence[AudioFrame]]:
    samples = 0
    for block in recording.blocks(PIECE_MS):
        start_ms = samples * 1000 // recording.rate_hz
        yield [
            AudioFrame(party, start_ms, recording.rate_hz, block[:, channel].astype("<i2").tobytes())
            for channel, party in enumerate(parties)
        ]
        samples += len(block)


def _placed(capture: CaptureRecording) -> Iterator[Sequence[AudioFrame | AudioGap]]:
    """Everything on the call's clock, in pieces."""
    legs = {leg.party: _Placing(leg) for leg in capture.legs}
    for item in capture.sounds():
        match item:
            case Sound(party, pcm):
                yield from legs[party].sound(pcm)
            case Missing(party, duration_ms, cause):
                if party is None:
                    raise AssertionError("a gap in a capture is one party's")
                yield from legs[party].missing(duration_ms, cause)
            case _:
                assert_never(item)
    for placing in legs.values():
        yield from placing.rest()


class _Placing:
    """One leg: samples received plus declared gaps are its position."""

    def __init__(self, leg: Leg) -> None:
        self._leg = leg
        self._piece_bytes = PIECE_MS * leg.rate_hz // 1000 * 2
        self._samples = 0
        self._gaps_ms = 0
        self._waiting = bytearray()

    @property
    def _position_ms(self) -> int:
        return self._gaps_ms + self._samples * 1000 // self._leg.rate_hz

    def sound(self, pcm: bytes) -> Iterator[Sequence[AudioFrame]]:
        self._waiting += pcm
        while len(self._waiting) >= self._piece_bytes:
            yield self._frame(self._piece_bytes)

    def missing(self, duration_ms: int, cause: GapCause) -> Iterator[Sequence[AudioFrame | AudioGap]]:
        yield from self.rest()
        start_ms = self._position_ms
        self._gaps_ms += duration_ms
        yield [AudioGap(party=self._leg.party, start_ms=start_ms, end_ms=self._position_ms, cause=cause)]

    def rest(self) -> Iterator[Sequence[AudioFrame]]:
        """What does not fill a piece."""
        if self._waiting:
            yield self._frame(len(self._waiting))

    def _frame(self, size: int) -> list[AudioFrame]:
        frame = AudioFrame(self._leg.party, self._position_ms, self._leg.rate_hz, bytes(self._waiting[:size]))
        del self._waiting[:size]
        self._samples += size // 2
        return [frame]
