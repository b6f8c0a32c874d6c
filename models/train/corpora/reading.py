"""Rows of CPED and CrossWOZ as labelled turns: JSON lines of text, label, speaker, dialog_id and split."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.train.scenes import Turn
from nlp.evaluation.rows import read_labelled
from nlp.understanding.model import TurnText

Label = str


@dataclass(frozen=True, slots=True)
class Task:
    """One label per turn, out of several."""

    name: str
    field: str
    """Of a row."""
    classes: Mapping[str, Label]
    """Their label, the class that it counts as; rows with another label have none."""
    order: tuple[str, ...] = ()
    """Where a row has several labels, the first of these is the one that counts."""

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(dict.fromkeys(self.classes.values()))

    def of(self, row: Mapping[str, Any]) -> Label | None:
        """The class of a row."""
        value = row.get(self.field)
        if isinstance(value, list):
            value = next((label for label in self.order if label in value), None)
        return self.classes.get(str(value))


@dataclass(frozen=True, slots=True)
class Corpus:
    """The rows of one file, in two parts that share no dialogue."""

    name: str
    tasks: tuple[Task, ...]
    train: Sequence[CorpusTurn]
    test: Sequence[CorpusTurn]


@dataclass(frozen=True, slots=True)
class CorpusTurn:
    """A turn and its class in each task of its corpus."""

    said: TurnText
    classes: tuple[Label | None, ...]
    dialogue: str

    def as_turn(self) -> Turn:
        """For what learns from turns; its labels are of no use."""
        return Turn(
            party="agent" if self.said.party == "agent" else "customer",
            text=self.said.text,
            intents=(),
            emotion="neutral",
            intensity=0,
            acts=("other",),
            entities=(),
            previous_text=self.said.previous,
            scene=self.dialogue,
            domain="",
            writer="",
            place="",
        )


def _same(*labels: str) -> dict[str, str]:
    return {label: label for label in labels}


CPED_TASKS = (
    Task(
        "act",
        "da",
        {
            **_same("question", "answer", "command", "thanking", "apology", "greeting", "conventional-closing"),
            **dict.fromkeys(("statement-non-opinion", "statement-opinion"), "statement"),
            **dict.fromkeys(("acknowledge", "agreement", "appreciation"), "acknowledge"),
            **dict.fromkeys(("reject", "disagreement"), "rejection"),
        },
    ),
    Task(
        "emotion",
        "label",
        {**_same("neutral", "anger", "depress", "happy"), **dict.fromkeys(("worried", "fear"), "worried")},
    ),
    Task("sentiment", "sentiment", _same("negative", "neutral", "positive")),
)
"""Ten acts, five emotions, three sentiments. The published test part, which is the larger one, trains and the
validation part tests: other shows with other people. The published training part is not at hand."""

CROSSWOZ_TASKS = (
    Task(
        "act",
        "label",
        _same("NoOffer", "Recommend", "Select", "Request", "Inform", "General+bye", "General+thank", "General+welcome"),
        order=(
            "NoOffer",
            "Recommend",
            "Select",
            "Request",
            "Inform",
            "General+bye",
            "General+thank",
            "General+welcome",
        ),
    ),
)
"""The main act of a turn that has several: the rarer and the more telling one first, formulas last."""


def read_cped(path: Path) -> Corpus:
    """Raises InputError "bad-labelled-text"."""
    return _read("CPED", path, CPED_TASKS, trains="test")


def read_crosswoz(path: Path) -> Corpus:
    """Raises InputError "bad-labelled-text"."""
    return _read("CrossWOZ", path, CROSSWOZ_TASKS, trains="val")


def _read(name: str, path: Path, tasks: tuple[Task, ...], *, trains: str) -> Corpus:
    fields = dict(enumerate((json.loads(line) for line in path.read_text("utf-8").splitlines()), 1))
    parts: dict[bool, list[CorpusTurn]] = {True: [], False: []}
    for row in read_labelled(path, "act", label_field=tasks[0].field):
        classes = tuple(task.of(fields[row.line]) for task in tasks)
        parts[fields[row.line]["split"] == trains].append(CorpusTurn(row.turn, classes, row.dialogue))
    return Corpus(name, tasks, parts[True], parts[False])
