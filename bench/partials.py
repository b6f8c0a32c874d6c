"""How soon words are shown while they are spoken, and how much of that is taken back; by the length of the recordings'
sound, not by the clock: every decode takes no time, so the same recordings give the same figures on any machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from asr.audio.files import Recording
from asr.evaluation.manifest import read_manifest
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.partials import PartialSettings
from asr.pressure import PressureSettings
from asr.speech import Hypothesis, SpeechRequest, SpeechRunner
from asr.stable import StableSettings
from asr.text import letters
from asr.vad import SileroVad
from assist.messages import AudioFrame, AudioGap, Leg, PartialTranscript, SpeechStarted, Utterance, UtteranceDropped
from assist.ports import LanePart, Sureness
from bench.conditions import conditions
from bench.flicker import Flicker, flicker
from gateway.settings import Settings
from gateway.wiring import load_recognisers
from models.engine import Engine, EngineLoad, Priority
from models.load import percentile
from models.threads import layout_here

INTERVALS_MS = (600, 1_200, 2_500)
FRAME_MS = 100
_TURNS_PER_FRAME = 60
"""Of the event loop: enough for every task to take what was decoded."""

RULES: Mapping[str, StableSettings] = {
    "as built": StableSettings(),
    "LocalAgreement-2": StableSettings(agreeing=2, agreeing_unscored=2, sureness=0.0),
    "LocalAgreement-3": StableSettings(agreeing=3, agreeing_unscored=3, sureness=0.0),
    "all that is shown": StableSettings(agreeing=10_000, agreeing_unscored=10_000),
}
"""The last one marks nothing itself: everything that it shows counts as stable."""


@dataclass(slots=True)
class Outcome:
    """Of one rule at one interval."""

    taken_back: Flicker = field(default_factory=Flicker)
    emission_ms: list[int] = field(default_factory=list[int])
    """Sound heard when a character was stable, in a partial or by the final - where it ends."""
    early: int = 0
    """Characters that were stable before the final."""
    first_ms: list[int] = field(default_factory=list[int])
    """Sound heard at the first partial - begin of the utterance."""
    partials: int = 0
    utterances: int = 0
    without_partial: int = 0

    def row(self) -> Mapping[str, float]:
        """Percentages are of the characters of finals."""
        return {
            **self.taken_back.report(),
            "stable_percent": round(100 * self.early / max(1, self.taken_back.finals), 1),
            "emission_p50_ms": percentile(self.emission_ms, 0.5),
            "emission_p95_ms": percentile(self.emission_ms, 0.95),
            "first_p50_ms": percentile(self.first_ms, 0.5),
            "partials": self.partials,
            "utterances": self.utterances,
            "without_partial": self.without_partial,
        }


def measure(
    settings: Settings,
    files: Sequence[Path],
    *,
    intervals_ms: Sequence[int] = INTERVALS_MS,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Every rule at every interval over manifests and recordings, each channel a lane of its own."""
    runner = _Remembering(_load(settings))
    recordings = [path for file in files for path in _recordings(file)]
    rows: list[Mapping[str, object]] = []
    for interval_ms in intervals_ms:
        for name, rule in RULES.items():
            on_progress(f"{name}, a partial every {interval_ms} ms")
            outcome = asyncio.run(
                _hear_all(runner, recordings, rule, interval_ms, is_all_stable=name.startswith("all"))
            )
            rows.append({"interval_ms": interval_ms, "rule": name, **outcome.row()})
    return {
        "recordings": len(recordings),
        "rules": rows,
        "decodes": runner.report(),
        "conditions": conditions(settings),
    }


async def _hear_all(
    runner: SpeechRunner, recordings: Sequence[Path], rule: StableSettings, interval_ms: int, *, is_all_stable: bool
) -> Outcome:
    lanes = LaneSettings(
        partials=PartialSettings(stable=rule),
        pressure=PressureSettings(min_interval_ms=interval_ms, max_interval_ms=interval_ms),
    )
    transcriber = RecogniserTranscriber(cast("Engine", _Instant()), runner, SileroVad().open, settings=lanes)
    outcome = Outcome()
    for path in recordings:
        with Recording(path) as recording:
            channels, rate_hz = recording.channels, recording.rate_hz
            blocks = list(recording.blocks(FRAME_MS))
        for channel in range(channels):
            sink = _Collector()
            source = _Paced((block[:, channel].astype("<i2").tobytes() for block in blocks), rate_hz)
            leg = Leg(party="customer", codec="pcm_s16le", rate_hz=rate_hz)
            await transcriber.open_lane(f"{path.name}/{channel}", leg, pace="live").run(source, sink)
            _judge(outcome, sink.events, is_all_stable=is_all_stable)
    return outcome


def _judge(outcome: Outcome, events: Sequence[PartialTranscript | Utterance], *, is_all_stable: bool) -> None:
    if is_all_stable:
        events = [
            event.model_copy(update={"stable_chars": len(event.text)})
            if isinstance(event, PartialTranscript)
            else event
            for event in events
        ]
    outcome.taken_back += flicker(events)
    shown: dict[str, list[PartialTranscript]] = {}
    for event in events:
        if isinstance(event, PartialTranscript):
            shown.setdefault(event.utterance_id, []).append(event)
            continue
        partials = shown.pop(event.utterance_id, [])
        outcome.utterances += 1
        outcome.partials += len(partials)
        if not partials:
            outcome.without_partial += 1
            continue
        outcome.first_ms.append(partials[0].end_ms - event.start_ms)
        _add_emission(outcome, event, partials)


def _add_emission(outcome: Outcome, final: Utterance, partials: Sequence[PartialTranscript]) -> None:
    stable = [(len(letters(partial.text[: partial.stable_chars])), partial.end_ms) for partial in partials]
    ends_ms = [word.end_ms for word in final.words for _ in letters(word.text)]
    for place, end_ms in enumerate(ends_ms):
        heard_ms = next((at_ms for length, at_ms in stable if length > place), None)
        outcome.early += heard_ms is not None
        outcome.emission_ms.append(max(0, (final.decided_ms if heard_ms is None else heard_ms) - end_ms))


def _recordings(file: Path) -> Sequence[Path]:
    return [row.path for row in read_manifest(file)] if file.suffix == ".jsonl" else [file]


def _load(settings: Settings) -> SpeechRunner:
    layout = layout_here(settings.asr.device, workers=1, threads=settings.asr.threads)
    return load_recognisers(settings.asr, settings.models_dir, layout).runner


class _Remembering:
    """A runner that decodes the same sound only once, and knows what the first time cost."""

    def __init__(self, runner: SpeechRunner) -> None:
        self._runner = runner
        self._known: dict[bytes, Hypothesis | Exception] = {}
        self._costs_s: dict[str, list[float]] = {}
        self.name, self.batch_limit, self.capabilities = runner.name, 1, runner.capabilities

    def batch_key(self, request: SpeechRequest) -> Hashable:
        return self._runner.batch_key(request)

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis | Exception]:
        return [self._heard(request) for request in batch]

    def report(self) -> Mapping[str, Mapping[str, float]]:
        """Number and mean seconds of the decodes of each effort."""
        return {
            effort: {"n": len(costs_s), "mean_s": round(sum(costs_s) / len(costs_s), 3)}
            for effort, costs_s in self._costs_s.items()
        }

    def _heard(self, request: SpeechRequest) -> Hypothesis | Exception:
        key = blake2b(request.samples.tobytes(), key=request.effort.encode()).digest()
        if key not in self._known:
            begin_s = perf_counter()
            (self._known[key],) = self._runner.run([replace(request, voice=None)])
            self._costs_s.setdefault(request.effort, []).append(perf_counter() - begin_s)
        return self._known[key]


class _Instant:
    """An engine that answers at once; as much of ``Engine`` as lanes use."""

    async def run(
        self,
        runner: SpeechRunner,
        request: SpeechRequest,
        *,
        on_start: Callable[[], None] | None = None,
        **_: Any,
    ) -> Hypothesis:
        if on_start is not None:
            on_start()
        (heard,) = runner.run([request])
        if isinstance(heard, Exception):
            raise heard
        return heard

    def load(self) -> EngineLoad:
        """Nothing to do."""
        idle = dict.fromkeys(Priority, 0.0)
        return EngineLoad(dict.fromkeys(Priority, 0), 1, 1, 0, 0, 0.0, idle, idle)


class _Paced:
    """The sound of one channel, each piece only when all that came before has been dealt with."""

    waiting_ms = 0

    def __init__(self, pieces: Iterator[bytes], rate_hz: int) -> None:
        self._pieces = pieces
        self._rate_hz = rate_hz
        self._samples = 0

    async def receive(self) -> AudioFrame | AudioGap | None:
        for _ in range(_TURNS_PER_FRAME):
            await asyncio.sleep(0)
        piece = next(self._pieces, None)
        if piece is None:
            return None
        start_ms = self._samples * 1000 // self._rate_hz
        self._samples += len(piece) // 2
        return AudioFrame("customer", start_ms, self._rate_hz, piece)


@dataclass(slots=True)
class _Collector:
    """A sink that keeps words."""

    events: list[PartialTranscript | Utterance] = field(default_factory=list[PartialTranscript | Utterance])

    def speech_started(self, event: SpeechStarted) -> None:
        pass

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        self.events.append(event)

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        if isinstance(event, Utterance):
            self.events.append(event)

    def progress(self, position_ms: int) -> None:
        pass

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        pass
