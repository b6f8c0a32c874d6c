"""A manifest decoded with every effort: what ``bench.cascade`` and ``bench.calibration`` judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.evaluation import read_manifest
from asr.speech import Effort, Hypothesis, SpeechRequest, SpeechRunner
from bench.hardships import HARDSHIPS, MAX_JOINED_S, endure, join
from bench.utterances import read_utterances

EFFORTS: tuple[Effort, ...] = ("final", "careful", "full")
EARLY_SHARE = 0.75
"""Of the samples, decoded as a partial would be."""
PLAIN = "as recorded"
JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Sample:
    """One utterance to decode."""

    samples: Float32Array
    """16 kHz"""
    text: str
    speaker: str
    """As the manifest says; those that it does not tell apart count as one."""
    kind: str
    """PLAIN, JOINED or a name of HARDSHIPS."""

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RECOGNITION_RATE_HZ


@dataclass(frozen=True, slots=True)
class Decoded:
    """What every effort heard, and what it cost."""

    sample: Sample
    heard: Mapping[Effort, Hypothesis]
    cost_s: Mapping[Effort, float]
    early_text: str
    """Heard, with the effort of a partial, in the first ``EARLY_SHARE`` of the samples."""


def read_samples(manifest: Path, *, limit: int | None = None, harder: bool = False) -> list[Sample]:
    """The recordings of a manifest; ``harder``: with one hardship each, in turn, and some joined to longer ones.

    Raises InputError "bad-manifest", AudioFormatError.
    """
    rows = read_manifest(manifest)
    plain = [
        Sample(utterance.samples, utterance.text, row.speaker, PLAIN)
        for utterance, row in zip(read_utterances([manifest]), rows, strict=True)
    ][:limit]
    if not harder:
        return plain
    names = list(HARDSHIPS)
    hard = [
        replace(sample, kind=name, samples=endure(name, sample.samples, seed=place))
        for place, sample in enumerate(plain)
        for name in [names[place % len(names)]]
    ]
    return hard + _joined(plain)


def decode(
    runner: SpeechRunner,
    samples: Sequence[Sample],
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Decoded]:
    """Every sample with every effort, one after the other, so that each cost is a decode's alone."""
    found: list[Decoded] = []
    for sample in samples:
        heard: dict[Effort, Hypothesis] = {}
        cost_s: dict[Effort, float] = {}
        for effort in EFFORTS:
            began_s = perf_counter()
            heard[effort] = _recognise(runner, sample.samples, effort)
            cost_s[effort] = perf_counter() - began_s
        early = sample.samples[: round(EARLY_SHARE * len(sample.samples))]
        found.append(Decoded(sample, heard, cost_s, _recognise(runner, early, "partial").text))
        on_progress(len(found), len(samples))
    return found


def _recognise(runner: SpeechRunner, samples: Float32Array, effort: Effort) -> Hypothesis:
    answer = runner.run([SpeechRequest(samples, effort)])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _joined(plain: Sequence[Sample]) -> list[Sample]:
    """Neighbours run together, as many as one segment may hold; a third of all recordings."""
    found: list[Sample] = []
    waiting: list[Sample] = []
    for sample in plain[: len(plain) // 3]:
        if waiting and sum(part.duration_s + 1 for part in waiting) + sample.duration_s > MAX_JOINED_S:
            found.append(_as_one(waiting))
            waiting = []
        waiting.append(sample)
    return [*found, _as_one(waiting)] if waiting else found


def _as_one(parts: Sequence[Sample]) -> Sample:
    text = "".join(part.text for part in parts)
    return Sample(join([part.samples for part in parts]), text, parts[0].speaker, JOINED)
