"""What the runs of a manifest amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from asr.evaluation.manifest import ManifestRow
from asr.evaluation.scores import (
    NORMALISATION,
    CharacterErrors,
    add_up,
    count_errors,
    difference_interval,
    normalise,
    rate_interval,
    says_number,
    without_fillers,
    wrong_places,
)
from asr.text import Scribe
from assist.messages import Utterance, UtteranceDropped


@dataclass(frozen=True, slots=True)
class Heard:
    """What a system made of one recording."""

    text: str
    guards: tuple[str, ...] = ()
    """Codes of what was doubted, changed or dropped, in order."""
    confidence: float | None = None
    """Of the least certain utterance; None if there is none, or the system does not say."""
    words: tuple[tuple[str, bool], ...] = ()
    """Each word and whether the system marked it doubtful; empty if it does not say."""

    @classmethod
    def of(cls, finals: Sequence[Utterance | UtteranceDropped]) -> Heard:
        """The finals of a lane as one."""
        utterances = [final for final in finals if isinstance(final, Utterance)]
        codes = [final.guards if isinstance(final, Utterance) else (final.reason,) for final in finals]
        return cls(
            text="".join(utterance.text for utterance in utterances),
            guards=tuple(code for several in codes for code in several),
            confidence=min((utterance.confidence for utterance in utterances), default=None),
            words=tuple((word.text, word.doubtful) for utterance in utterances for word in utterance.words),
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What recognising took."""

    cpu_s: float = 0.0
    """Of all threads of this process."""
    wall_s: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s)


@dataclass(frozen=True, slots=True)
class Trial:
    """One system over all recordings of a manifest, in their order."""

    system: str
    heard: Sequence[Heard]
    cost: Cost | None = None
    """None where it says nothing: audio at the pace of speech."""
    at_once: int = 1
    degraded: Mapping[str, int] = field(default_factory=dict[str, int])
    """Codes under which live calls said that something was impaired or were refused, counted."""


class Judged:
    """A trial beside the references, error by error."""

    def __init__(self, rows: Sequence[ManifestRow], trial: Trial, scribe: Scribe) -> None:
        if len(rows) != len(trial.heard):
            raise ValueError("a trial answers every row")
        self.trial = trial
        self.texts = [
            (normalise(row.text, scribe), normalise(heard.text, scribe))
            for row, heard in zip(rows, trial.heard, strict=True)
        ]
        self.errors = [count_errors(reference, hypothesis) for reference, hypothesis in self.texts]
        self._marks = [
            [is_doubtful for text, is_doubtful in heard.words for _ in normalise(text, scribe)] for heard in trial.heard
        ]

    @property
    def empty(self) -> int:
        """Recordings in which nothing was recognised."""
        return sum(not hypothesis for _, hypothesis in self.texts)

    def rate_without_fillers(self) -> float:
        """The error rate with hesitations left out on both sides."""
        return add_up([count_errors(without_fillers(said), without_fillers(heard)) for said, heard in self.texts]).rate

    def doubts(self) -> dict[str, object]:
        """How well the marks of doubt tell right characters from wrong ones; deletions leave nothing to mark."""
        marked = wrong = wrong_marked = characters = 0
        for (reference, hypothesis), marks in zip(self.texts, self._marks, strict=True):
            if len(marks) != len(hypothesis):
                continue  # words that are not the text's: the system marks none
            errors = wrong_places(reference, hypothesis)
            characters += len(marks)
            marked += sum(marks)
            wrong += len(errors)
            wrong_marked += sum(marks[place] for place in errors)
        return {
            "characters": characters,
            "marked_percent": _percent(marked / max(1, characters)),
            "wrong_of_marked_percent": _percent(wrong_marked / max(1, marked)),
            "wrong_of_others_percent": _percent((wrong - wrong_marked) / max(1, characters - marked)),
            "marked_of_wrong_percent": _percent(wrong_marked / max(1, wrong)),
        }

    def figures(self) -> dict[str, object]:
        """The counts and rates that every system has."""
        return {
            **_counts(add_up(self.errors)),
            "cer_interval_percent": _percents(rate_interval(self.errors)),
            "cer_without_fillers_percent": _percent(self.rate_without_fillers()),
            "empty": self.empty,
        }


class Evaluation:
    """Our recogniser over a manifest and, where they were run, the baseline and the same audio through live calls."""

    def __init__(
        self,
        rows: Sequence[ManifestRow],
        ours: Trial,
        *,
        band: str = "as-listed",
        baseline: Trial | None = None,
        live: Trial | None = None,
    ) -> None:
        scribe = Scribe()
        self.rows = rows
        self.band = band
        self.ours = Judged(rows, ours, scribe)
        self.baseline = Judged(rows, baseline, scribe) if baseline else None
        self.live = Judged(rows, live, scribe) if live else None

    @cached_property
    def errors(self) -> CharacterErrors:
        """Ours, over everything."""
        return add_up(self.ours.errors)

    @property
    def audio_s(self) -> float:
        """Of all recordings."""
        return sum(row.duration_ms for row in self.rows) / 1000

    def report(self, *, worst: int = 10) -> dict[str, object]:
        """For ``--json``; rates in percent of reference characters, ``worst`` recordings listed."""
        figures = self.ours.figures()
        report: dict[str, object] = {
            "model": self.ours.trial.system,
            "recordings": len(self.rows),
            "audio_s": round(self.audio_s, 1),
            **figures,
            "guards": dict(sorted(Counter(code for heard in self.ours.trial.heard for code in heard.guards).items())),
            "band": self.band,
            "normalisation": NORMALISATION,
            "numbers": self._numbers(),
            "doubtful": self.ours.doubts(),
            "cost": self._cost(self.ours.trial),
            "by_style": self._by(lambda row: row.style),
            "by_dataset": self._by(lambda row: row.dataset),
            "by_speaker": self._by(lambda row: row.speaker),
            "worst": self.worst(worst),
        }
        if self.baseline is not None:
            report["baseline"] = self._compared(self.baseline)
        if self.live is not None:
            report["live"] = self._compared(self.live)
        return report

    def worst(self, limit: int) -> list[dict[str, object]]:
        """Recordings with errors, most errors first."""
        places = sorted(range(len(self.rows)), key=lambda place: -self.ours.errors[place].total)[:limit]
        return [self._recording(place) for place in places if self.ours.errors[place].total]

    def _recording(self, place: int) -> dict[str, object]:
        row, heard, errors = self.rows[place], self.ours.trial.heard[place], self.ours.errors[place]
        others = {"baseline": self.baseline, "live": self.live}
        return {
            "path": str(row.path),
            "seconds": round(row.duration_ms / 1000, 2),
            "reference": row.text,
            "hypothesis": heard.text,
            **{name: judged.trial.heard[place].text for name, judged in others.items() if judged},
            **_counts(errors),
            "guards": list(heard.guards),
            "confidence": None if heard.confidence is None else round(heard.confidence, 3),
        }

    def _by(self, group_of: Callable[[ManifestRow], str]) -> dict[str, dict[str, object]]:
        groups: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            groups.setdefault(group_of(row), []).append(place)
        return {
            name: {
                "recordings": len(places),
                "audio_s": round(sum(self.rows[place].duration_ms for place in places) / 1000, 1),
                **_counts(add_up([self.ours.errors[place] for place in places])),
                **self._baseline_rate(places),
            }
            for name, places in sorted(groups.items())
        }

    def _baseline_rate(self, places: Sequence[int]) -> dict[str, object]:
        if self.baseline is None:
            return {}
        return {"baseline_cer_percent": _percent(add_up([self.baseline.errors[place] for place in places]).rate)}

    def _numbers(self) -> dict[str, object]:
        """Where a number is said, its form may count as errors: 1200 against 一千二百."""
        with_number = [says_number(row.text) for row in self.rows]
        others = [place for place, has_number in enumerate(with_number) if not has_number]
        return {
            "recordings": sum(with_number),
            "share_percent": _percent(sum(with_number) / len(self.rows)),
            "cer_without_them_percent": _percent(add_up([self.ours.errors[place] for place in others]).rate),
            **{f"{name}_without_them": rate for name, rate in self._baseline_rate(others).items()},
        }

    def _cost(self, trial: Trial) -> dict[str, object] | None:
        if trial.cost is None:
            return None
        return {
            "cpu_s": round(trial.cost.cpu_s, 2),
            "wall_s": round(trial.cost.wall_s, 2),
            "cpu_s_per_audio_s": round(trial.cost.cpu_s / self.audio_s, 4),
            "wall_s_per_audio_s": round(trial.cost.wall_s / self.audio_s, 4),
            "recordings_at_once": trial.at_once,
        }

    def _compared(self, other: Judged) -> dict[str, object]:
        """Another trial's figures and how ours differ: negative differences and ratios above 1 are in our favour."""
        our_cost, cost = self.ours.trial.cost, other.trial.cost
        figures = {
            "system": other.trial.system,
            **other.figures(),
            "cer_difference_points": _percent(self.errors.rate - add_up(other.errors).rate),
            "cer_difference_interval_points": _percents(difference_interval(self.ours.errors, other.errors)),
            "recordings_with_other_text": sum(
                ours != theirs for (_, ours), (_, theirs) in zip(self.ours.texts, other.texts, strict=True)
            ),
            "cost": self._cost(other.trial),
            "degraded": dict(other.trial.degraded),
        }
        if our_cost is None or cost is None:
            return figures
        ratios = {"cpu": cost.cpu_s / our_cost.cpu_s, "wall": cost.wall_s / our_cost.wall_s}
        return figures | {"cost_ratio": {name: round(ratio, 2) for name, ratio in ratios.items()}}


def _counts(errors: CharacterErrors) -> Mapping[str, object]:
    return {
        "reference_chars": errors.reference_chars,
        "cer_percent": _percent(errors.rate),
        "substitutions": errors.substitutions,
        "deletions": errors.deletions,
        "insertions": errors.insertions,
    }


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _percents(shares: Sequence[float]) -> list[float]:
    return [_percent(share) for share in shares]
