"""Where utterances are ended: how often within a turn, how long after it, and what that does to the words.

The calls are heard as recordings, once for every rule, through the same recogniser. Livecue's rule stands beside the
same silences without the words' verdict, and beside rules that know nothing but one silence: the 600 ms that Livecue
began with, others around it, and the 2,000 ms that Silero's own defaults ask for.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from asr.audio.samples import Int16Array
from asr.evaluation.scores import CharacterErrors, count_errors, normalise
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.segmenter import SegmenterSettings
from asr.text import Scribe
from asr.vad import SileroVad
from assist.messages import (
    AudioFrame,
    AudioGap,
    Leg,
    PartialTranscript,
    Party,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)
from assist.ports import LanePart, Sureness
from bench.conditions import conditions
from bench.truth import PARTIES, Turn, read_turns
from gateway.call_audio import read_call_audio
from gateway.settings import Settings
from gateway.wiring import load_recognisers
from models.engine import Engine
from models.load import percentile
from models.threads import layout_here

EDGE_MS = 150
"""An edge that close to a turn's is the turn's."""
FIXED_MS = (400, 600, 800, 2_000)
OWN_RULE = "livecue"


def rules() -> Mapping[str, SegmenterSettings]:
    """By name: Livecue's, the same without words, and fixed silences."""
    own = SegmenterSettings()
    found = {
        OWN_RULE: own,
        "livecue without words": replace(own, finished_ms=own.unclear_ms, unfinished_ms=own.unclear_ms),
    }
    for silence_ms in FIXED_MS:
        always = ((math.inf, silence_ms),)
        found[f"{silence_ms} ms"] = replace(own, finished_ms=always, unclear_ms=always, unfinished_ms=always)
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """One utterance as it was ended; milliseconds on the call clock."""

    start_ms: int
    end_ms: int
    decided_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What a rule did to some turns."""

    turns: int = 0
    cuts: int = 0
    """Ends inside a turn."""
    cut_turns: int = 0
    """Turns with at least one."""
    joins: int = 0
    """Turns that an utterance went on beyond, into the party's next one."""
    silences_ms: tuple[int, ...] = ()
    """From the end of a turn to the decision."""
    errors: CharacterErrors = field(default_factory=CharacterErrors)

    def __add__(self, other: Ends) -> Ends:
        return Ends(
            self.turns + other.turns,
            self.cuts + other.cuts,
            self.cut_turns + other.cut_turns,
            self.joins + other.joins,
            self.silences_ms + other.silences_ms,
            self.errors + other.errors,
        )

    def row(self, rule: str) -> Mapping[str, object]:
        """For ``--json``."""
        return {
            "rule": rule,
            "turns": self.turns,
            "cuts": self.cuts,
            "cut_turns_percent": round(100 * self.cut_turns / max(1, self.turns), 1),
            "joins": self.joins,
            "silence_ms_p50": round(percentile(self.silences_ms, 0.5)),
            "silence_ms_p95": round(percentile(self.silences_ms, 0.95)),
            "cer_percent": round(100 * self.errors.rate, 2),
        }


def compare(turns: Sequence[Turn], heard: Sequence[Ended], scribe: Scribe) -> Ends:
    """One party's turns and utterances, both in order."""
    cuts = [sum(_is_cut(turn, ended, heard) for ended in heard) for turn in turns]
    silences = [
        ended.decided_ms - turn.end_ms
        for turn in turns
        for ended in heard
        if abs(ended.end_ms - turn.end_ms) <= EDGE_MS
    ]
    said = normalise("".join(turn.text for turn in turns), scribe)
    written = normalise("".join(ended.text for ended in heard), scribe)
    return Ends(
        turns=len(turns),
        cuts=sum(cuts),
        cut_turns=sum(count > 0 for count in cuts),
        joins=sum(_is_joined(turn, following, heard) for turn, following in pairwise(turns)),
        silences_ms=tuple(silences),
        errors=count_errors(said, written),
    )


def _is_cut(turn: Turn, ended: Ended, heard: Sequence[Ended]) -> bool:
    """Whether that utterance ends within the turn, and another begins there after it."""
    if not turn.start_ms + EDGE_MS < ended.end_ms < turn.end_ms - EDGE_MS:
        return False
    return any(ended.end_ms <= other.start_ms < turn.end_ms - EDGE_MS for other in heard)


def _is_joined(turn: Turn, following: Turn, heard: Sequence[Ended]) -> bool:
    return any(
        ended.start_ms < turn.end_ms - EDGE_MS and ended.end_ms > following.start_ms + EDGE_MS for ended in heard
    )


async def measure(
    settings: Settings, recordings: Sequence[Path], *, on_progress: Callable[[str], None] = lambda _: None
) -> Mapping[str, object]:
    """Hear the recordings once for every rule. Raises InputError "bad-ground-truth" before anything is heard."""
    truths = [read_turns(recording) for recording in recordings]
    layout = layout_here(settings.asr.device, workers=settings.asr.workers, threads=settings.asr.threads)
    loaded = await asyncio.to_thread(load_recognisers, settings.asr, settings.models_dir, layout)
    detector = await asyncio.to_thread(SileroVad)
    scribe = Scribe()
    rows: list[Mapping[str, object]] = []
    engine = Engine(workers=layout.workers)
    try:
        for rule, segmenter in rules().items():
            on_progress(rule)
            lanes = LaneSettings(segmenter=segmenter)
            transcriber = RecogniserTranscriber(engine, loaded.runner, detector.open, settings=lanes)
            ends = Ends()
            for recording, turns in zip(recordings, truths, strict=True):
                heard = await _hear(transcriber, recording)
                for party, ended in heard.items():
                    ends += compare([turn for turn in turns if turn.party == party], ended, scribe)
            rows.append(ends.row(rule))
    finally:
        await engine.close()
    return {
        "recordings": [recording.name for recording in recordings],
        "rules": rows,
        "conditions": conditions(settings),
    }


async def _hear(transcriber: RecogniserTranscriber, recording: Path) -> Mapping[Party, Sequence[Ended]]:
    """Every party's utterances."""
    audio = read_call_audio(recording)
    rate_hz = audio.media.rate_hz
    channels: list[Party] = [PARTIES[name] for name in audio.media.channels]
    samples = np.frombuffer(audio.data, "<i2").reshape(-1, len(channels))
    sinks: dict[Party, _Finals] = {party: _Finals() for party in channels}
    async with asyncio.TaskGroup() as lanes:
        for channel, party in enumerate(channels):
            leg = Leg(party=party, codec="pcm_s16le", rate_hz=rate_hz)
            sound = _Sound(party, rate_hz, np.ascontiguousarray(samples[:, channel]))
            lanes.create_task(transcriber.open_lane(recording.stem, leg, pace="replay").run(sound, sinks[party]))
    heard: dict[Party, Sequence[Ended]] = {party: sink.ended for party, sink in sinks.items()}
    return heard


class _Sound:
    """One channel, second by second."""

    waiting_ms = 0

    def __init__(self, party: Party, rate_hz: int, pcm: Int16Array) -> None:
        self._frames = iter(
            AudioFrame(party, start * 1000 // rate_hz, rate_hz, pcm[start : start + rate_hz].tobytes())
            for start in range(0, len(pcm), rate_hz)
        )

    async def receive(self) -> AudioFrame | AudioGap | None:
        return next(self._frames, None)


class _Finals:
    """A sink that keeps where utterances ended."""

    def __init__(self) -> None:
        self.ended: list[Ended] = []

    def speech_started(self, event: SpeechStarted) -> None:
        pass

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        pass

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        text = event.text if isinstance(event, Utterance) else ""
        self.ended.append(Ended(event.start_ms, event.end_ms, event.decided_ms, text))

    def progress(self, position_ms: int) -> None:
        pass

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        pass
