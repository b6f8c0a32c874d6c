"""What a decode costs and how well it hears: the recogniser alone, one setting varied at a time.

Every variant recognises the same utterances as finals, on as many threads as it has workers. Variants take turns, so
that whatever else the machine does meets all of them; of the repetitions the quickest counts, as other load can only
make a run slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from asr.backends.whisper import COARSE_FRAMES, DECODES, FINE_FRAMES, FULL_FRAMES, Decode, WhisperRunner
from asr.evaluation import CharacterErrors, count_errors, normalise
from asr.guards import find_repetition
from asr.speech import Hypothesis, SpeechRequest
from asr.text import Scribe
from bench.conditions import conditions
from bench.plot import Panel, Series, draw
from bench.utterances import SpokenUtterance, read_utterances
from gateway.settings import Settings
from models.directory import ModelDirectory, locate
from models.threads import compute_here, layout_here

TAILS_FRAMES = (100, 200, 300, 400, 600, 800, FULL_FRAMES)
BEAM_SIZES = (1, 3, 5, 8)
REPETITION_PENALTIES = (1.0, 1.05, 1.1)
BATCH_SIZES = (1, 2, 4, 8)
WARM_UP_UTTERANCES = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to run the recogniser."""

    axis: str
    """What is varied: "tail", "beam" …; "default" for the setting as shipped."""
    decode: Decode
    workers: int
    threads: int
    batch_size: int = 1
    full_vocabulary: bool = False
    lengths: Sequence[int] = FINE_FRAMES

    @property
    def name(self) -> str:
        """What tells it from its neighbours on the axis."""
        match self.axis:
            case "tail":
                return f"{self.decode.tail_frames / 100:g} s"
            case "beam":
                return f"beam {self.decode.beam_size}"
            case "prompt":
                return "with prompt" if self.decode.has_prompt else "without prompt"
            case "repetition":
                return f"penalty {self.decode.repetition_penalty:g}"
            case "batch":
                return f"batch of {self.batch_size}"
            case "threads":
                return f"{self.workers} × {self.threads}"
            case _:
                return "all languages" if self.full_vocabulary else "as shipped"


@dataclass(slots=True)
class _Tally:
    """What the repetitions of one variant gave."""

    wall_s: float = float("inf")
    busy_s: float = float("inf")
    heard: Sequence[Hypothesis] = ()


def variants(workers: int, threads: int, *, device: str = "cpu") -> list[Variant]:
    """The setting as shipped and its neighbours along every axis."""
    decode = DECODES["final"]
    shipped = Variant("default", decode, workers, threads)
    if device != "cpu":
        shipped = replace(shipped, batch_size=16, lengths=COARSE_FRAMES)
    found = [shipped, replace(shipped, axis="vocabulary", full_vocabulary=True)]
    found += [replace(shipped, axis="tail", decode=replace(decode, tail_frames=tail)) for tail in TAILS_FRAMES]
    found += [replace(shipped, axis="beam", decode=replace(decode, beam_size=beam)) for beam in BEAM_SIZES]
    found += [replace(shipped, axis="prompt", decode=replace(decode, has_prompt=has)) for has in (False, True)]
    found += [
        replace(shipped, axis="repetition", decode=replace(decode, repetition_penalty=penalty))
        for penalty in REPETITION_PENALTIES
    ]
    found += [replace(shipped, axis="batch", batch_size=size, lengths=COARSE_FRAMES) for size in BATCH_SIZES]
    layouts = dict.fromkeys([(1, 1), (1, workers * threads), (workers * threads, 1), (workers * threads, 2)])
    found += [replace(shipped, axis="threads", workers=count, threads=each) for count, each in layouts]
    return found


def measure_engine(
    settings: Settings,
    files: Sequence[Path],
    *,
    repetitions: int = 3,
    axes: Sequence[str] = (),
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Compare the variants of ``axes`` (all by default) on the utterances of manifests and calls.

    Blocks for minutes. Raises ModelFilesError, InputError.
    """
    layout = layout_here(settings.asr.device, workers=settings.asr.workers, threads=settings.asr.threads)
    directory = locate(settings.models_dir, settings.asr.model)
    utterances = read_utterances(files)
    compared = [
        variant
        for variant in variants(layout.workers, layout.threads, device=settings.asr.device)
        if not axes or variant.axis in ("default", *axes)
    ]
    tallies = [_Tally() for _ in compared]
    for repetition in range(repetitions):
        for variant, tally in zip(compared, tallies, strict=True):
            on_progress(f"{variant.axis}: {variant.name} ({repetition + 1} of {repetitions})")
            _repeat(variant, tally, directory, settings, utterances)
    return {
        "files": [file.name for file in files],
        "utterances": len(utterances),
        "audio_s": round(sum(utterance.duration_s for utterance in utterances), 1),
        "repetitions": repetitions,
        "variants": [_row(variant, tally, utterances) for variant, tally in zip(compared, tallies, strict=True)],
        "conditions": conditions(settings),
    }


def _repeat(
    variant: Variant,
    tally: _Tally,
    directory: ModelDirectory,
    settings: Settings,
    utterances: Sequence[SpokenUtterance],
) -> None:
    """One run of a variant; the model is loaded for it and goes again, so that memory holds one at a time."""
    runner = WhisperRunner(
        directory.path,
        directory.label,
        device=settings.asr.device,
        compute_type=compute_here(settings.asr.compute, settings.asr.device),
        intra_threads=variant.threads,
        inter_threads=variant.workers,
        full_vocabulary=variant.full_vocabulary,
        decodes={**DECODES, "final": variant.decode},
        lengths=variant.lengths,
    )
    requests = [SpeechRequest(utterance.samples, "final") for utterance in utterances]
    batches = _batches(runner, requests, variant.batch_size)
    with ThreadPoolExecutor(variant.workers) as workers:
        list(workers.map(runner.run, [[request] for request in requests[:WARM_UP_UTTERANCES]]))
        wall_s, busy_s = time.perf_counter(), time.process_time()
        answers = list(workers.map(runner.run, [[requests[place] for place in batch] for batch in batches]))
        wall_s, busy_s = time.perf_counter() - wall_s, time.process_time() - busy_s
    places = [place for batch in batches for place in batch]
    heard = [hypothesis for answer in answers for hypothesis in answer]
    tally.heard = [hypothesis for _, hypothesis in sorted(zip(places, heard, strict=True), key=lambda pair: pair[0])]
    tally.wall_s, tally.busy_s = min(tally.wall_s, wall_s), min(tally.busy_s, busy_s)


def _batches(runner: WhisperRunner, requests: Sequence[SpeechRequest], size: int) -> list[list[int]]:
    """Places of the requests, those of one batch key together; one by one in their own order for a size of 1."""
    if size == 1:
        return [[place] for place in range(len(requests))]
    keys = [str(runner.batch_key(request)) for request in requests]
    found: list[list[int]] = []
    for _, group in groupby(sorted(range(len(requests)), key=keys.__getitem__), key=keys.__getitem__):
        alike = list(group)
        found += [alike[begin : begin + size] for begin in range(0, len(alike), size)]
    return found


def _row(variant: Variant, tally: _Tally, utterances: Sequence[SpokenUtterance]) -> Mapping[str, object]:
    scribe, errors = Scribe(), CharacterErrors()
    for hypothesis, utterance in zip(tally.heard, utterances, strict=True):
        errors += count_errors(normalise(utterance.text, scribe), normalise(hypothesis.text, scribe))
    audio_s = sum(utterance.duration_s for utterance in utterances)
    return {
        "axis": variant.axis,
        "variant": variant.name,
        "times_real_time": round(audio_s / tally.wall_s, 1),
        "ms_per_utterance": round(1000 * tally.wall_s * variant.workers / len(utterances), 1),
        "cpu_ms_per_audio_s": round(1000 * tally.busy_s / audio_s, 1),
        "cer_percent": round(100 * errors.rate, 2),
        "inserted_percent": round(100 * errors.insertions / max(1, errors.reference_chars), 2),
        "looped_or_capped": sum(heard.is_capped or bool(find_repetition(heard.text)) for heard in tally.heard),
        "punctuated": sum(any(mark in heard.text for mark in "，。？！,?!") for heard in tally.heard),
    }


def draw_engine(report: Mapping[str, object], path: Path) -> None:
    """Cost and error rate along every axis that was measured. Raises InputError, ConfigurationError."""
    rows: Sequence[Mapping[str, object]] = report["variants"]  # type: ignore[assignment] -- as measured above
    axes = [axis for axis in dict.fromkeys(str(row["axis"]) for row in rows) if axis != "default"]
    panels: list[Panel] = []
    for axis in axes:
        points = [row for row in rows if row["axis"] == axis or (row["axis"] == "default" and axis == "vocabulary")]
        names = [str(row["variant"]) for row in points]
        for measure, label in (("cpu_ms_per_audio_s", "CPU ms per second of sound"), ("cer_percent", "CER %")):
            values = [float(str(row[measure])) for row in points]
            panels.append(Panel(f"{axis}: {label}", axis, label, [Series(measure, names, values, kind="bars")]))
    draw(path, f"Decoding {report['utterances']} utterances", panels)
