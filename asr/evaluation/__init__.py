"""Accuracy of recognisers over recordings whose words are known.

``manifest`` says which recordings, ``trials`` runs systems over them, ``scores`` counts errors, ``report`` sums up.
"""

from __future__ import annotations

from asr.evaluation.manifest import Band, ManifestRow, measured, read_manifest
from asr.evaluation.names import NameScores, score_names
from asr.evaluation.report import Cost, Evaluation, Heard, Judged, Trial
from asr.evaluation.scores import CharacterErrors, add_up, count_errors, normalise
from asr.evaluation.trials import LaneSystem, System, evaluate_manifest, run_trials

__all__ = [
    "Band",
    "CharacterErrors",
    "Cost",
    "Evaluation",
    "Heard",
    "Judged",
    "LaneSystem",
    "ManifestRow",
    "NameScores",
    "System",
    "Trial",
    "add_up",
    "count_errors",
    "evaluate_manifest",
    "measured",
    "normalise",
    "read_manifest",
    "run_trials",
    "score_names",
]
