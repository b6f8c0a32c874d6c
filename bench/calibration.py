"""What the recogniser's probabilities are worth: fits ``asr.confidence`` and says how honest it is on new speakers.

A character of a decode is right when a minimal edit script against the reference keeps it. Every figure is taken on
speakers that the weights were not fitted on.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from asr.backends.whisper import WhisperRunner
from asr.confidence import WHISPER_BASE, features_of
from asr.evaluation import normalise
from asr.guards import GuardSettings, faults
from asr.text import Character, Scribe
from bench.conditions import conditions
from bench.decodes import Decoded, decode, read_samples
from gateway.settings import Settings
from models.directory import locate

Rows = npt.NDArray[np.float64]

FOLDS = 8
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
BINS = 10
_RIDGE = 0.01
_STEPS = 30


@dataclass(frozen=True, slots=True)
class Judged:
    """The characters of some decodes."""

    features: Rows
    """Shape (characters, weights)."""
    is_right: npt.NDArray[np.bool_]
    fold: npt.NDArray[np.int64]
    """Of the speaker."""


def measure_confidence(
    settings: Settings,
    manifests: Sequence[Path],
    *,
    limit: int | None = None,
    harder: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Mapping[str, object]:
    """Decode manifests, as recorded and perhaps with hardships, fit and judge. Blocks for minutes.

    Raises InputError "bad-manifest", ModelFilesError.
    """
    samples = [
        sample
        for manifest in manifests
        for is_hard in ((False, True) if harder else (False,))
        for sample in read_samples(manifest, limit=limit, harder=is_hard)
    ]
    directory = locate(settings.models_dir, settings.asr.model)
    decoded = decode(WhisperRunner(directory.path, directory.label), samples, on_progress=on_progress)
    return {
        "manifests": [manifest.name for manifest in manifests],
        "harder": harder,
        "model": directory.label,
        **report(judge(decoded, Scribe())),
        "conditions": conditions(settings),
    }


def judge(decoded: Sequence[Decoded], scribe: Scribe) -> Judged:
    """Every character of the unbroken finals: without a second decode, and beside one."""
    features: list[tuple[float, ...]] = []
    is_right: list[bool] = []
    folds: list[int] = []
    for one in decoded:
        final, careful = one.heard["final"], one.heard["careful"]
        characters = scribe.simplified(final.characters)
        duration_ms = round(one.sample.duration_s * 1000)
        if not characters or faults(final.text, duration_ms, GuardSettings(), is_capped=final.is_capped):
            continue
        right = _right(characters, normalise(one.sample.text, scribe), scribe)
        for other in (None, scribe.simplify(careful.text)):
            features += features_of(characters, final.log_probability, other)
            is_right += right
            folds += [zlib.crc32(one.sample.speaker.encode()) % FOLDS] * len(right)
    return Judged(np.array(features), np.array(is_right), np.array(folds))


def report(judged: Judged) -> Mapping[str, Any]:
    """Weights over all speakers; everything else on speakers left out, with these folds' own weights."""
    held_out = np.empty(len(judged.is_right))
    for fold in range(FOLDS):
        out = judged.fold == fold
        held_out[out] = _probabilities(judged.features[out], fit(judged.features[~out], judged.is_right[~out]))
    shipped = np.array([WHISPER_BASE.probability(row) for row in judged.features.tolist()])
    raw = 1 / (1 + np.exp(-judged.features[:, 1]))
    return {
        "characters": len(judged.is_right) // 2,
        "right_share": round(float(judged.is_right.mean()), 3),
        "weights": [round(float(weight), 3) for weight in fit(judged.features, judged.is_right)],
        "as_the_recogniser_says": _figures(raw, judged.is_right),
        "calibrated_on_other_speakers": _figures(held_out, judged.is_right),
        "as_shipped": _figures(shipped, judged.is_right),
        "reliability": _reliability(held_out, judged.is_right),
        "doubtful_below": [_marks(held_out, judged.is_right, threshold) for threshold in THRESHOLDS],
    }


def fit(features: Rows, is_right: npt.NDArray[np.bool_]) -> Rows:
    """Weights of a logistic regression with a slight ridge, by Newton's method."""
    weights = np.zeros(features.shape[1])
    ridge = _RIDGE * np.eye(features.shape[1])
    for _ in range(_STEPS):
        probabilities = _probabilities(features, weights)
        slope = features.T @ (probabilities - is_right) + ridge @ weights
        curvature = (features * (probabilities * (1 - probabilities))[:, None]).T @ features + ridge
        weights -= np.linalg.solve(curvature, slope)
    return weights


def expected_calibration_error(probabilities: Rows, is_right: npt.NDArray[np.bool_]) -> float:
    """Mean distance between claimed and true share of right characters over ``BINS`` bins, weighted by size."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [abs(float(probabilities[places == place].sum() - is_right[places == place].sum())) for place in range(BINS)]
    return sum(gaps) / len(probabilities)


def _figures(probabilities: Rows, is_right: npt.NDArray[np.bool_]) -> Mapping[str, float]:
    return {
        "expected_calibration_error": round(expected_calibration_error(probabilities, is_right), 4),
        "area_under_roc": round(_area_under_roc(probabilities, is_right), 4),
    }


def _area_under_roc(probabilities: Rows, is_right: npt.NDArray[np.bool_]) -> float:
    """How often a right character has more than a wrong one; ties are broken by order."""
    ranks = np.empty(len(probabilities))
    ranks[np.argsort(probabilities, kind="stable")] = np.arange(len(probabilities))
    right, wrong = int(is_right.sum()), int((~is_right).sum())
    if not right or not wrong:
        return math.nan
    return float((ranks[is_right].sum() - right * (right - 1) / 2) / (right * wrong))


def _reliability(probabilities: Rows, is_right: npt.NDArray[np.bool_]) -> list[Mapping[str, float]]:
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    bins = ((place, places == place) for place in range(BINS))
    return [
        {
            "from": place / BINS,
            "characters": int(inside.sum()),
            "claimed": round(float(probabilities[inside].mean()), 3),
            "right": round(float(is_right[inside].mean()), 3),
        }
        for place, inside in bins
        if inside.any()
    ]


def _marks(probabilities: Rows, is_right: npt.NDArray[np.bool_], threshold: float) -> Mapping[str, float]:
    """What marking every character below the threshold finds."""
    marked = probabilities < threshold
    found = float((marked & ~is_right).sum())
    return {
        "threshold": threshold,
        "marked": round(float(marked.mean()), 3),
        "precision": round(found / max(1.0, float(marked.sum())), 3),
        "recall": round(found / max(1.0, float((~is_right).sum())), 3),
    }


def _probabilities(features: Rows, weights: Rows) -> Rows:
    return 1 / (1 + np.exp(-(features @ weights)))


def _right(characters: Sequence[Character], reference: str, scribe: Scribe) -> list[bool]:
    """Whether each letter of a decode stands in the reference too."""
    letters = [normalise(character.text, scribe)[:1] or "_" for character in characters if character.text.isalnum()]
    kept = [False] * len(letters)
    for edit in Levenshtein.opcodes(reference, "".join(letters)):
        if edit.tag == "equal":
            kept[edit.dest_start : edit.dest_end] = [True] * (edit.dest_end - edit.dest_start)
    return kept
