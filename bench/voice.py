"""What it costs to hear how utterances sound: each decoded with and without, and the parts of that alone.

With and without take turns, so that whatever else the machine does meets both. One thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from asr.audio.samples import Float32Array
from asr.backends.whisper import WhisperRunner
from asr.speech import SpeechRequest
from asr.voice.judge import VoiceJudge, load_voice_judge
from asr.voice.prosody import STEP_SAMPLES
from asr.voice.sound import Sound, hear_sound
from bench.conditions import conditions
from bench.utterances import read_utterances
from gateway.settings import Settings
from models.directory import locate
from models.load import percentile
from models.threads import compute_here

ENCODER_WIDTH = 512
"""Of whisper-base."""
_PARTS = ("decode_without", "decode_with", "sound", "judgement")


def measure_voice(
    settings: Settings,
    files: Sequence[Path],
    *,
    repetitions: int = 3,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """Milliseconds per utterance of manifests and calls. Blocks for minutes. Raises ModelFilesError, InputError."""
    directory = locate(settings.models_dir, settings.asr.model)
    compute = compute_here(settings.asr.compute, settings.asr.device)
    runner = WhisperRunner(directory.path, directory.label, device=settings.asr.device, compute_type=compute)
    judge = load_voice_judge()
    utterances = read_utterances(files)
    took_ms: dict[str, list[float]] = {part: [] for part in _PARTS}
    for repetition in range(repetitions):
        on_progress(f"{len(utterances)} utterances ({repetition + 1} of {repetitions})")
        for utterance in utterances:
            for part, one_ms in _time_parts(runner, judge, utterance.samples).items():
                took_ms[part].append(one_ms)
    extra = [
        with_ms - without for with_ms, without in zip(took_ms["decode_with"], took_ms["decode_without"], strict=True)
    ]
    return {
        "files": [file.name for file in files],
        "utterances": len(utterances),
        "audio_s": round(sum(utterance.duration_s for utterance in utterances), 1),
        "repetitions": repetitions,
        "milliseconds": {part: _percentiles(one) for part, one in {**took_ms, "difference": extra}.items()},
        "conditions": conditions(settings),
    }


def _time_parts(runner: WhisperRunner, judge: VoiceJudge, samples: Float32Array) -> dict[str, float]:
    """Milliseconds of each part for one utterance."""
    plain, wanted = (SpeechRequest(samples, "final", wants_sound=wants) for wants in (False, True))
    positions = np.zeros((len(samples) // STEP_SAMPLES + 1, ENCODER_WIDTH), np.float32)
    found: list[Sound | None] = []
    took_ms = {
        "decode_without": _took_ms(lambda: runner.run([plain])),
        "decode_with": _took_ms(lambda: runner.run([wanted])),
        "sound": _took_ms(lambda: found.append(hear_sound(samples, positions))),
    }
    sound = found[0]
    if sound is None:
        return took_ms
    judgement_ms = _took_ms(lambda: judge.read(sound, recogniser=runner.name, characters=10, speech_ms=2_000))
    return {**took_ms, "judgement": judgement_ms}


def _took_ms(act: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began_s)


def _percentiles(took_ms: Sequence[float]) -> Mapping[str, float]:
    return {f"p{round(100 * share)}": round(percentile(took_ms, share), 2) for share in (0.5, 0.95)}
