"""How well names are put right: found where they were said, and not written where they were not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asr.evaluation.manifest import ManifestRow
from asr.evaluation.scores import CharacterErrors, count_errors, normalise
from asr.evaluation.trials import LaneSystem
from asr.text import Edit, Scribe, edited
from assist.messages import Utterance, UtteranceDropped

MAX_LISTED = 20
"""Of each kind of mistake."""


@dataclass(slots=True)
class NameScores:
    """Counts over recordings; a name counts once per recording in which the manifest says it was said."""

    recordings: int = 0
    said: int = 0
    found_as_heard: int = 0
    """Without any correction."""
    found: int = 0
    """With the corrections that were made."""
    corrections: int = 0
    errors_as_heard: CharacterErrors = field(default_factory=CharacterErrors)
    errors: CharacterErrors = field(default_factory=CharacterErrors)
    false_corrections: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Names written where they were not said."""
    missed: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def count(self, row: ManifestRow, utterances: Sequence[Utterance], scribe: Scribe) -> None:
        """Take the utterances of one recording."""
        text = "".join(utterance.text for utterance in utterances)
        as_heard = "".join(uncorrected(utterance) for utterance in utterances)
        reference, normal, normal_as_heard = (normalise(one, scribe) for one in (row.text, text, as_heard))
        self.recordings += 1
        self.errors += count_errors(reference, normal)
        self.errors_as_heard += count_errors(reference, normal_as_heard)
        for term in row.terms:
            name = normalise(term, scribe)
            self.said += 1
            self.found += name in normal
            self.found_as_heard += name in normal_as_heard
            if name not in normal:
                self.missed.append({"path": row.path.name, "term": term, "hypothesis": text})
        for correction in (one for utterance in utterances for one in utterance.corrections):
            self.corrections += 1
            if normalise(correction.written, scribe) not in reference:
                known = correction.model_dump(include={"heard", "written", "score"})
                self.false_corrections.append({"path": row.path.name, **known, "reference": row.text})

    def report(self) -> dict[str, Any]:
        """Everything, for people and programs; rates in percent."""
        return {
            "recordings": self.recordings,
            "names_said": self.said,
            "recall_as_heard_percent": _percent(self.found_as_heard, self.said),
            "recall_percent": _percent(self.found, self.said),
            "corrections": self.corrections,
            "false_corrections": len(self.false_corrections),
            "cer_as_heard_percent": round(100 * self.errors_as_heard.rate, 2),
            "cer_percent": round(100 * self.errors.rate, 2),
            "false": self.false_corrections[:MAX_LISTED],
            "missed": self.missed[:MAX_LISTED],
        }


def uncorrected(utterance: Utterance) -> str:
    """The text with what was heard where names were put right."""
    return edited(utterance.text, (Edit(one.start, one.end, one.heard) for one in utterance.corrections))


async def score_names(
    rows: Iterable[ManifestRow], system: LaneSystem, *, progress: Callable[[int], None] = lambda done: None
) -> NameScores:
    """Recognise recordings, as many at once as the system takes, and count. Raises AudioFormatError."""
    scores, scribe = NameScores(), Scribe()
    waiting = iter(tuple(rows))

    async def work() -> None:
        for row in waiting:
            finals: Sequence[Utterance | UtteranceDropped] = await system.finals(row.path)
            scores.count(row, [final for final in finals if isinstance(final, Utterance)], scribe)
            progress(scores.recordings)

    async with asyncio.TaskGroup() as group:
        for _ in range(system.at_once):
            group.create_task(work(), name="names")
    return scores


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
