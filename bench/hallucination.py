"""Characters that a recogniser writes where nobody speaks, through the whole lane.

Every sound of ``bench.signals`` is heard twice: alone, and for ``BETWEEN_S`` between two turns of real speech without
a pause, since a lane reaches back and forth at the edges of speech. What counts as invented there is every character
that is not written when the same speech stands around silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr.audio.files import Recording
from asr.audio.samples import Int16Array
from asr.evaluation.scores import count_errors, normalise
from asr.text import Scribe
from assist.errors import InputError
from assist.messages import AudioFrame, AudioGap, Leg, PartialTranscript, SpeechStarted, Utterance, UtteranceDropped
from assist.ports import LanePart, Sureness, Transcriber
from bench.signals import RATE_HZ, SIGNALS, make
from bench.truth import Turn, read_turns
from gateway.bundled import bundled_calls
from gateway.metrics import Metrics
from gateway.settings import Settings
from gateway.wiring import open_recognition

LIMIT_CHARS_PER_MIN = 2.0
"""More than that is a fault."""
BETWEEN_S = 20.0
_LEG = Leg(party="customer", codec="alaw", rate_hz=RATE_HZ)
_FRAME_SAMPLES = RATE_HZ
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Invention:
    """What became of one sound."""

    signal: str
    seconds: float
    """Alone."""
    chars: int
    """Written while it was alone."""
    between_chars: int
    """Written between speech, more than around silence."""
    lost_chars: int
    """Of the speech beside it, which are written around silence."""
    examples: tuple[str, ...]
    reasons: Mapping[str, int]
    """Why segments were dropped, by code."""

    @property
    def chars_per_min(self) -> float:
        """In both places together."""
        return 60 * (self.chars + self.between_chars) / (self.seconds + BETWEEN_S)

    def row(self) -> Mapping[str, object]:
        """For ``--json``."""
        return {
            "signal": self.signal,
            "seconds": round(self.seconds + BETWEEN_S, 1),
            "chars_per_min": round(self.chars_per_min, 2),
            "chars_alone": self.chars,
            "chars_between_speech": self.between_chars,
            "lost_speech_chars": self.lost_chars,
            "examples": list(self.examples),
            "dropped": dict(self.reasons),
        }


async def measure(
    settings: Settings, *, minutes: float = 1.0, seed: int = 0, on_progress: Callable[[str], None] = lambda _: None
) -> Mapping[str, object]:
    """Hear every sound for ``minutes``; ``seed`` makes other samples of it."""
    if minutes <= 0:
        raise InputError("The sounds must last a while: give more than 0 minutes.", code="bad-duration")
    before, after = _speech(bundled_calls()[0])
    async with open_recognition(settings, Metrics()) as recognition:
        room = _Room(recognition.transcriber, before, after)
        quiet = await room.words_around(np.zeros(round(BETWEEN_S * RATE_HZ), np.int16))
        inventions: list[Invention] = []
        for name in SIGNALS:
            on_progress(name)
            inventions.append(await _judge(room, name, quiet, 60 * minutes, seed))
        model = recognition.transcriber.name
    worst = max(inventions, key=lambda invention: invention.chars_per_min)
    return {
        "model": model,
        "limit_chars_per_min": LIMIT_CHARS_PER_MIN,
        "worst": worst.signal,
        "worst_chars_per_min": round(worst.chars_per_min, 2),
        "is_within_limit": worst.chars_per_min <= LIMIT_CHARS_PER_MIN,
        "signals": [invention.row() for invention in inventions],
    }


async def _judge(room: _Room, name: str, quiet: str, seconds: float, seed: int) -> Invention:
    alone = await room.hear(make(name, seconds, seed=seed))
    utterances = [event for event in alone if isinstance(event, Utterance)]
    reasons = [event.reason for event in alone if isinstance(event, UtteranceDropped)]
    words = await room.words_around(make(name, BETWEEN_S, seed=seed + 1))
    changed = count_errors(quiet, words)
    return Invention(
        signal=name,
        seconds=seconds,
        chars=sum(len(normalise(utterance.text, room.scribe)) for utterance in utterances),
        between_chars=changed.insertions,
        lost_chars=changed.deletions,
        examples=tuple(utterance.text for utterance in utterances[:_EXAMPLES])
        + ((words,) if changed.insertions else ()),
        reasons={reason: reasons.count(reason) for reason in sorted(set(reasons))},
    )


class _Room:
    """Where sounds are heard, with speech before and after them if wanted."""

    def __init__(self, transcriber: Transcriber, before: Int16Array, after: Int16Array) -> None:
        self.scribe = Scribe()
        self._transcriber = transcriber
        self._before = before
        self._after = after

    async def hear(self, pcm: Int16Array) -> Sequence[Utterance | UtteranceDropped]:
        """Everything final that a lane makes of the samples."""
        sink = _Finals()
        await self._transcriber.open_lane("bench", _LEG, pace="replay").run(_Samples(pcm), sink)
        return sink.events

    async def words_around(self, pcm: Int16Array) -> str:
        """What is written when the sound fills the time between two turns, to its last sample; normalised."""
        events = await self.hear(np.concatenate([self._before, pcm, self._after]))
        return normalise("".join(event.text for event in events if isinstance(event, Utterance)), self.scribe)


def _speech(recording: Path) -> tuple[Int16Array, Int16Array]:
    """The first turns of both parties that are long enough to be recognised alone."""
    turns = [turn for turn in read_turns(recording) if 2_000 <= turn.end_ms - turn.start_ms <= 8_000]
    with Recording(recording) as sound:
        if sound.rate_hz != RATE_HZ or sound.channels != 2 or len(turns) < 2:
            raise InputError(f"{recording.name} is no two-sided telephone call.", code="bad-recording")
        pcm = np.concatenate(list(sound.blocks()))
    return _cut(pcm, turns[0]), _cut(pcm, turns[1])


def _cut(pcm: Int16Array, turn: Turn) -> Int16Array:
    channel = 0 if turn.party == "agent" else 1
    return pcm[turn.start_ms * RATE_HZ // 1000 : turn.end_ms * RATE_HZ // 1000, channel]


class _Samples:
    """The audio of a leg that has been recorded already."""

    waiting_ms = 0

    def __init__(self, pcm: Int16Array) -> None:
        self._pcm = pcm
        self._at = 0

    async def receive(self) -> AudioFrame | AudioGap | None:
        part = self._pcm[self._at : self._at + _FRAME_SAMPLES]
        if not len(part):
            return None
        frame = AudioFrame("customer", self._at * 1000 // RATE_HZ, RATE_HZ, part.astype("<i2").tobytes())
        self._at += len(part)
        return frame


class _Finals:
    """A sink that keeps what is final."""

    def __init__(self) -> None:
        self.events: list[Utterance | UtteranceDropped] = []

    def speech_started(self, event: SpeechStarted) -> None:
        pass

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        pass

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        self.events.append(event)

    def progress(self, position_ms: int) -> None:
        pass

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        pass
