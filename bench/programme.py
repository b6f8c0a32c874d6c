"""What a bench call consists of: recordings with known words, one after the other, as long as wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assist.errors import InputError
from assist.messages import Agent, Customer
from bench.truth import Turn, read_turns
from gateway.call_audio import CallAudio, read_call_audio
from gateway.sidecar import read_parties
from gateway.sources.native_messages import Media

PAUSE_MS = 1_000
"""Silence between two recordings, so that their turns stay apart."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Sound and what is really said in it when."""

    audio: CallAudio
    turns: Sequence[Turn]
    agent: Agent | None = None
    customer: Customer | None = None

    @property
    def duration_ms(self) -> int:
        return len(self.audio.data) * 1000 // self.audio.bytes_per_s


def read_recorded(paths: Sequence[Path]) -> Sequence[Recorded]:
    """Recordings with their ground truth.

    Raises AudioFormatError, InputError "bad-ground-truth", and "mixed-recordings" unless all are of one form.
    """
    recorded = [Recorded(read_call_audio(path), read_turns(path), *read_parties(path)) for path in paths]
    if not recorded or any(one.audio.media != recorded[0].audio.media for one in recorded):
        raise InputError("Give recordings of one sampling rate with the same channels.", code="mixed-recordings")
    return recorded


def compose(recordings: Sequence[Recorded], *, first: int, duration_ms: int) -> Recorded:
    """The recordings over and over from number ``first`` on, whose parties speak, cut off after ``duration_ms``.

    A turn that the end would cut is left out, and its sound is silenced: what is heard is what is known.
    """
    media = recordings[0].audio.media
    sound = bytearray()
    turns: list[Turn] = []
    begin_ms = 0
    for recorded in _rotation(recordings, first):
        if begin_ms >= duration_ms:
            break
        moved = [
            replace(turn, start_ms=turn.start_ms + begin_ms, end_ms=turn.end_ms + begin_ms) for turn in recorded.turns
        ]
        turns += moved
        sound += recorded.audio.data + bytes(_bytes_of(media, PAUSE_MS))
        begin_ms = len(sound) * 1000 // recorded.audio.bytes_per_s
    fits = duration_ms
    while cut := [turn.start_ms for turn in turns if turn.end_ms > fits and turn.start_ms < fits]:
        fits = min(cut)
    kept = _bytes_of(media, fits)
    silenced = bytes(sound[:kept]) + bytes(_bytes_of(media, duration_ms) - kept)
    return replace(
        recordings[first % len(recordings)],
        audio=CallAudio(media, silenced),
        turns=[turn for turn in turns if turn.end_ms <= fits],
    )


def _rotation(recordings: Sequence[Recorded], first: int) -> Iterator[Recorded]:
    number = first
    while True:
        yield recordings[number % len(recordings)]
        number += 1


def _bytes_of(media: Media, duration_ms: int) -> int:
    """Whole samples of every channel."""
    return duration_ms * media.rate_hz // 1000 * media.frame_bytes
