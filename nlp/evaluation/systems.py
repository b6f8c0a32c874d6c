"""What can be judged: the whole model with the rules of entities, its parts, and the answer that is always the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assist.playbook import Playbook
from nlp.entities.book import EntityBook
from nlp.entities.finder import find_entities, merged
from nlp.evaluation.tasks import CODES, Task
from nlp.understanding.fusion import Float32Array, OneLabel, read_fusion
from nlp.understanding.linear import load_linear
from nlp.understanding.model import Scored, TurnText, Understanding, UnderstandingModel, load_understanding
from nlp.understanding.repair import HomophoneRepair, load_counts

NO_NAMES = EntityBook.of_terms(())


class System(Protocol):
    """Something that understands a turn."""

    @property
    def name(self) -> str:
        """What it is, for the record."""
        ...

    def understand(self, turn: TurnText) -> Understanding:
        """What it makes of one turn. Blocking."""
        ...


class WholeModel:
    """The model as it is served, one turn at a time, with the entities that rules find."""

    def __init__(self, model: UnderstandingModel, name: str, playbook: Playbook | None = None) -> None:
        """The names of ``playbook`` are known."""
        self.model = model
        self.name = name
        self._book = NO_NAMES if playbook is None else EntityBook.of(playbook)

    def understand(self, turn: TurnText) -> Understanding:
        (found,) = self.model.understand([turn])
        return replace(
            found,
            entities=tuple(merged(turn.text, find_entities(turn.text, self._book, turn.previous), found.entities)),
        )


class NetworkAlone:
    """The model without the rules of entities."""

    name = "without rules"

    def __init__(self, model: UnderstandingModel) -> None:
        self._model = model

    def understand(self, turn: TurnText) -> Understanding:
        return self._model.understand([turn])[0]


class RulesAlone:
    """Entities only, by rule; of the rest always the first label."""

    name = "rules alone"

    def __init__(self, playbook: Playbook | None = None) -> None:
        """The names of ``playbook`` are known."""
        self._book = NO_NAMES if playbook is None else EntityBook.of(playbook)
        self._rest = Majority("entity")

    def understand(self, turn: TurnText) -> Understanding:
        return replace(self._rest.understand(turn), entities=tuple(find_entities(turn.text, self._book, turn.previous)))


class LinearHalf:
    """Characters and sounds only: term frequencies and one logistic regression per head, not calibrated."""

    name = "linear half alone"

    def __init__(self, directory: Path) -> None:
        """Of a directory that ``load_understanding`` accepts."""
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        self._fusion = read_fusion(config["heads"])
        self._linear = load_linear(directory / "linear.npz")
        self._repair = HomophoneRepair(load_counts(directory / "characters.npz"))

    def understand(self, turn: TurnText) -> Understanding:
        text, previous = self._repair.repaired(turn.text), self._repair.repaired(turn.previous)
        intent, emotion, act = self._fusion.linear_parts(self._linear.scores(text, previous, turn.party))
        return Understanding(
            intents=(_best(self._fusion.intent, intent),) if turn.party != "agent" else (),
            emotion=_best(self._fusion.emotion, emotion),
            intensity=0,
            acts=(_best(self._fusion.act, act),),
            entities=(),
        )


class Majority:
    """Always the same label of one task; never an entity."""

    name = "majority"

    def __init__(self, task: Task, code: str | None = None, share: float = 1.0) -> None:
        """``code``, of ours, is true of so large a share of the rows; None where nothing is to be said."""
        said = {one: Scored(CODES[one][0], share) for one in CODES}
        if code is not None:
            said[task] = Scored(code, share)
        self._answer = Understanding((said["intent"],), said["emotion"], 0, (said["act"],), ())

    def understand(self, turn: TurnText) -> Understanding:
        return self._answer


def load_whole(directory: Path, name: str, playbook: Playbook | None = None) -> WholeModel:
    """The model of a directory; the names of ``playbook`` are known.

    Raises ModelFilesError "model-files-missing" or "model-files-damaged".
    """
    return WholeModel(load_understanding(directory), name, playbook)


def _best(head: OneLabel, scores: Float32Array) -> Scored:
    weights = np.exp(scores - scores.max())
    place: Any = weights.argmax()
    return Scored(head.labels[int(place)], float(weights[place] / weights.sum()))
