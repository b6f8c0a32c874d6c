"""What a second decode is worth: error rate against cost when the most troubled finals are decoded again.

For every sign of trouble the share of the finals that it sends on goes from none to all, the most troubled first.
Broken decodes (loops, echoes of the prompt) are always sent on, as the recogniser does.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from asr.audio.samples import RECOGNITION_RATE_HZ
from asr.backends.whisper import WhisperRunner
from asr.cascade import trimmed
from asr.evaluation import CharacterErrors, add_up, count_errors, normalise
from asr.guards import GuardSettings, faults
from asr.speech import Effort, Hypothesis
from asr.text import Scribe, letters
from bench.conditions import conditions
from bench.decodes import EFFORTS, Decoded, decode, read_samples
from bench.plot import Panel, Series, draw
from gateway.settings import Settings
from models.directory import locate

SECONDS: tuple[Effort, ...] = ("careful", "full")
SHARES = tuple(step / 20 for step in range(21))


@dataclass(frozen=True, slots=True)
class Signs:
    """What a decode tells about itself; perhaps a sign of trouble."""

    log_probability: float
    """Mean over tokens."""
    lowest_quarter: float
    """Mean confidence of the least certain quarter of the characters, 0 to 1."""
    lowest: float
    """Of the least certain character."""
    compression_ratio: float
    """Bytes of the text per byte of its zlib form."""
    chars_per_s: float
    no_speech_probability: float


def signs_of(heard: Hypothesis, duration_ms: int) -> Signs:
    """Of a scored decode of audio of that length."""
    confidences = sorted(character.confidence for character in heard.characters if character.text.isalnum())
    quarter = confidences[: max(1, (len(confidences) + 3) // 4)]
    spelled = heard.text.encode()
    return Signs(
        log_probability=heard.log_probability,
        lowest_quarter=sum(quarter) / len(quarter) if quarter else 0.0,
        lowest=confidences[0] if confidences else 0.0,
        compression_ratio=len(spelled) / len(zlib.compress(spelled)),
        chars_per_s=len(letters(heard.text)) * 1000 / max(1, duration_ms),
        no_speech_probability=heard.no_speech_probability,
    )


SIGNS: Mapping[str, Callable[[Signs], float]] = {
    "mean log-probability": lambda signs: -signs.log_probability,
    "lowest quarter": lambda signs: -signs.lowest_quarter,
    "lowest character": lambda signs: -signs.lowest,
    "compression ratio": lambda signs: signs.compression_ratio,
    "characters per second": lambda signs: signs.chars_per_s,
    "no-speech probability": lambda signs: signs.no_speech_probability,
}
"""Name -> trouble, higher is worse."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One decode of one recording."""

    errors: CharacterErrors
    """After trimming."""
    is_broken: bool
    cost_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """One recording, decoded in every way."""

    duration_s: float
    attempts: Mapping[Effort, Attempt]
    signs: Signs
    """Of the first decode."""
    early_difference: float
    """Edits from the early text to the beginning of the final, per character."""

    @property
    def first(self) -> Attempt:
        return self.attempts["final"]

    def standing(self, second: Effort) -> Attempt:
        """What stands after a second decode: that one, unless it is broken."""
        again = self.attempts[second]
        return self.first if again.is_broken else again


def measure_cascade(
    settings: Settings,
    manifest: Path,
    *,
    limit: int | None = None,
    harder: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Mapping[str, object]:
    """Decode a manifest and draw the curves. Blocks for minutes. Raises InputError "bad-manifest", ModelFilesError."""
    samples = read_samples(manifest, limit=limit, harder=harder)
    directory = locate(settings.models_dir, settings.asr.model)
    scribe = Scribe()
    decoded = decode(WhisperRunner(directory.path, directory.label), samples, on_progress=on_progress)
    return {
        "manifest": manifest.name,
        "harder": harder,
        "model": directory.label,
        **report([case_of(one, scribe) for one in decoded]),
        "conditions": conditions(settings),
    }


def case_of(decoded: Decoded, scribe: Scribe) -> Case:
    """The counts of one recording."""
    reference = normalise(decoded.sample.text, scribe)
    duration_ms = len(decoded.sample.samples) * 1000 // RECOGNITION_RATE_HZ
    guards = GuardSettings()

    def attempt(effort: Effort, heard: Hypothesis) -> Attempt:
        written = normalise(trimmed(heard, duration_ms, guards).text, scribe)
        is_broken = bool(faults(heard.text, duration_ms, guards, is_capped=heard.is_capped))
        return Attempt(count_errors(reference, written), is_broken, decoded.cost_s[effort])

    first = decoded.heard["final"]
    early, final = normalise(decoded.early_text, scribe), normalise(first.text, scribe)
    return Case(
        duration_s=decoded.sample.duration_s,
        attempts={effort: attempt(effort, heard) for effort, heard in decoded.heard.items()},
        signs=signs_of(first, duration_ms),
        early_difference=_prefix_distance(early, final) / max(1, len(early)),
    )


def report(cases: Sequence[Case]) -> Mapping[str, Any]:
    """Error rate in percent and decode seconds per audio second, for every effort alone and along every curve."""
    audio_s = sum(case.duration_s for case in cases)
    efforts: dict[str, object] = {}
    for effort in EFFORTS:
        attempts = [case.attempts[effort] for case in cases]
        efforts[effort] = {
            "cer_percent": _percent([attempt.errors for attempt in attempts]),
            "cost": round(sum(attempt.cost_s for attempt in attempts) / audio_s, 4),
            "broken": sum(attempt.is_broken for attempt in attempts),
        }
    curves = {
        second: {name: curve(cases, order, second) for name, order in _orders(second).items()} for second in SECONDS
    }
    return {"recordings": len(cases), "audio_s": round(audio_s, 1), "efforts": efforts, "curves": curves}


def curve(cases: Sequence[Case], trouble: Callable[[Case], float], second: Effort) -> list[dict[str, float]]:
    """What comes out when each of ``SHARES`` of the cases, the most troubled first, is decoded a second time."""
    ordered = sorted(cases, key=lambda case: (not case.first.is_broken, -trouble(case)))
    audio_s = sum(case.duration_s for case in cases)
    first_s = sum(case.first.cost_s for case in cases)
    least = sum(case.first.is_broken for case in cases)
    points: list[dict[str, float]] = []
    for share in SHARES:
        count = max(least, round(share * len(cases)))
        again, left = ordered[:count], ordered[count:]
        errors = [*(case.standing(second).errors for case in again), *(case.first.errors for case in left)]
        again_s = sum(case.attempts[second].cost_s for case in again)
        points.append(
            {
                "share": round(count / len(cases), 3),
                "cer_percent": _percent(errors),
                "cost": round((first_s + again_s) / audio_s, 4),
                "trouble": round(trouble(again[-1]), 4) if again else 0.0,
            }
        )
    return points


def draw_cascade(result: Mapping[str, Any], path: Path) -> None:
    """Error rate against the share sent on, and against cost. Raises InputError "bad-picture"."""
    axes = (("share", "share of finals decoded again"), ("cost", "decode seconds per second of audio"))
    panels = [
        Panel(
            f"second decode: {second}",
            label,
            "CER in %",
            [
                Series(name, [point[axis] for point in points], [point["cer_percent"] for point in points])
                for name, points in result["curves"][second].items()
            ],
        )
        for second in SECONDS
        for axis, label in axes
    ]
    draw(path, f"{result['recordings']} utterances, {result['audio_s']} s, {result['model']}", panels)


def _orders(second: Effort) -> Mapping[str, Callable[[Case], float]]:
    """What finals may be ordered by; the last two show what no sign and a perfect one would do."""

    def order(of: Callable[[Signs], float]) -> Callable[[Case], float]:
        return lambda case: of(case.signs)

    return {
        **{name: order(of) for name, of in SIGNS.items()},
        "early text differs": lambda case: case.early_difference,
        "as they come": lambda _case: 0.0,
        "knowing the truth": lambda case: case.first.errors.total - case.standing(second).errors.total,
    }


def _prefix_distance(early: str, final: str) -> int:
    """Edits from the early text to the beginning of the final that fits it best."""
    return min(Levenshtein.distance(early, final[:length]) for length in range(len(final) + 1))


def _percent(errors: Sequence[CharacterErrors]) -> float:
    return round(100 * add_up(errors).rate, 2)
