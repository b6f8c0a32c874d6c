"""The picture of an evaluation: where the errors are, and of which kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from asr.evaluation import CharacterErrors, Evaluation, Judged, ManifestRow, add_up
from bench.plot import Panel, Series, draw

LENGTHS_S = ((0, 2), (2, 3), (3, 4), (4, 5), (5, 7), (7, 10), (10, 15), (15, 30), (30, None))
"""Recordings are put together by their length, from and below."""


def draw_accuracy(path: Path, evaluation: Evaluation) -> None:
    """Error rate by length of recording and errors by kind, for every system that was run.

    Raises InputError "bad-picture", ConfigurationError "no-matplotlib".
    """
    systems = {"Livecue": evaluation.ours}
    systems |= {"faster-whisper": evaluation.baseline} if evaluation.baseline else {}
    systems |= {"Livecue, live": evaluation.live} if evaluation.live else {}
    title = f"{len(evaluation.rows)} recordings, {evaluation.audio_s:.0f} s, {evaluation.ours.trial.system}"
    draw(path, title, [_by_length(evaluation.rows, systems), _by_kind(systems)])


def _by_length(rows: Sequence[ManifestRow], systems: Mapping[str, Judged]) -> Panel:
    groups: dict[str, list[int]] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].duration_ms):
        groups.setdefault(_length(rows[place]), []).append(place)
    series = [
        Series(
            name,
            list(groups),
            [_rate([judged.errors[place] for place in places]) for places in groups.values()],
            "bars",
        )
        for name, judged in systems.items()
    ]
    return Panel("By length of recording", "seconds", "character errors, %", series)


def _by_kind(systems: Mapping[str, Judged]) -> Panel:
    kinds = ["substituted", "left out", "added"]
    series: list[Series] = []
    for name, judged in systems.items():
        errors = add_up(judged.errors)
        counts = (errors.substitutions, errors.deletions, errors.insertions)
        series.append(Series(name, kinds, [100 * count / max(1, errors.reference_chars) for count in counts], "bars"))
    return Panel("By kind of error", "", "of the characters said, %", series)


def _length(row: ManifestRow) -> str:
    seconds = row.duration_ms / 1000
    low, high = next((low, high) for low, high in LENGTHS_S if seconds >= low and (high is None or seconds < high))
    return f"{low}-{high}" if high is not None else f"{low}+"


def _rate(errors: Sequence[CharacterErrors]) -> float:
    return 100 * add_up(errors).rate
