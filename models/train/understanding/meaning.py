"""The space in which a model compares meanings: fitted to ordinary turns, its curve to sets of sentences."""
# pyright: reportUnknownMemberType=false
# scikit-learn's own types have holes.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import onnx
import typer
import yaml
from sklearn.linear_model import LogisticRegression

from assist.playbook import Meaning
from models.train.scenes import Turn, read_scenes
from nlp.understanding.meaning import FILE, Float32Array, MeaningSpace, PlacedMeaning, placed_meanings, save_space
from nlp.understanding.model import VECTOR, TurnText, UnderstandingModel, load_understanding

DATA = Path(__file__).parents[1] / "data"
TUNING, TEST = DATA / "meanings" / "tuning.yaml", DATA / "meanings" / "test.yaml"
DIRECTIONS = 48
EVENNESS = 0.5
"""How far the spread of the directions is evened out: 0 not at all, 1 wholly."""
ORDINARY_TURNS = 4_000
BEFORE = {"customer": "请问还有什么可以帮您", "agent": "我想问一下"}
"""What the other party says before a sentence of a set: in a call something always stands before."""
_BATCH = 16


@dataclass(frozen=True, slots=True)
class MeaningSet:
    """One set as its author wrote it, and sentences that it must and must not find."""

    meaning: Meaning
    same: tuple[str, ...]
    other: tuple[str, ...]


def meanings(directory: Annotated[Path, typer.Argument(help="Directory of a model; gets its space.")]) -> None:
    """Fit the space in which a model compares meanings, and name the output of its graph that it needs."""
    graph = directory / "encoder.onnx"
    name_vector(graph)
    space = fit_space(load_understanding(directory), read_sets(TUNING), ordinary_turns())
    save_space(space, directory / FILE)
    typer.echo(f"{directory / FILE}: half a score at likeness {space.middle:.3f}, slope {space.slope:.1f}")


def name_vector(path: Path) -> None:
    """Make what the heads standardise, the mean over the turn's own pieces, an output of a graph that lacks it."""
    model: Any = onnx.load(str(path))
    graph = model.graph
    if any(output.name == VECTOR for output in graph.output):
        return
    standardised = next(node for node in graph.node if node.op_type == "BatchNormalization")
    graph.node.append(onnx.helper.make_node("Identity", [standardised.input[0]], [VECTOR]))
    graph.output.append(onnx.helper.make_tensor_value_info(VECTOR, onnx.TensorProto.FLOAT, ["batch", None]))
    onnx.save(model, str(path))


def read_sets(path: Path) -> list[MeaningSet]:
    sets: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        MeaningSet(
            Meaning(one["id"], one["party"], tuple(one["examples"]), tuple(one["unlike"])),
            tuple(one["same"]),
            tuple(one["other"]),
        )
        for one in sets
    ]


def ordinary_turns() -> list[Turn]:
    """Of the dialogues that the model learnt from, always the same."""
    paths = sorted(DATA.glob("w*/*.scenes"))
    turns = [turn for path in paths for turn in read_scenes(path, writer=path.parent.name)]
    return Random(1).sample(turns, ORDINARY_TURNS)


def fit_space(model: UnderstandingModel, sets: Sequence[MeaningSet], ordinary: Sequence[Turn]) -> MeaningSpace:
    """Directions from ordinary turns, the curve from what the sets say of their sentences."""
    vectors = vectors_of(model, [TurnText(turn.text, turn.previous_text, turn.party) for turn in ordinary])
    centre = vectors.mean(axis=0)
    _, spread, directions = np.linalg.svd(vectors - centre, full_matrices=False)
    spread = spread[:DIRECTIONS] / np.sqrt(len(vectors))
    space = MeaningSpace(centre, (directions[:DIRECTIONS].T / spread**EVENNESS).astype(np.float32), 1.0, 0.0)
    likeness: list[float] = []
    is_same: list[bool] = []
    for one in place_sets(model, space, sets):
        likeness += [*one.same, *one.other]
        is_same += [True] * len(one.same) + [False] * len(one.other)
    regression: Any = LogisticRegression(C=1e6, class_weight="balanced")
    curve = regression.fit(np.array(likeness)[:, None], is_same)
    slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    return MeaningSpace(space.centre, space.directions, slope, -offset / slope)


@dataclass(frozen=True, slots=True)
class SetLikeness:
    """How like the sentences of a set are to its examples."""

    placed: PlacedMeaning
    same: list[float]
    other: list[float]


def place_sets(model: UnderstandingModel, space: MeaningSpace, sets: Sequence[MeaningSet]) -> Iterator[SetLikeness]:
    """Each set as a call would find it: its examples alone, what is said after something else."""
    for one in sets:
        party, sentences = one.meaning.who, (*one.meaning.examples, *one.meaning.unlike)
        alone = space.places(vectors_of(model, [TurnText(text, "", party) for text in sentences]))
        (placed,) = placed_meanings(
            [one.meaning], {(party, text): place for text, place in zip(sentences, alone, strict=True)}
        )
        said = [*one.same, *one.other]
        places = space.places(vectors_of(model, [TurnText(text, BEFORE[party], party) for text in said]))
        found = [placed.likeness(place) for place in places]
        yield SetLikeness(placed, found[: len(one.same)], found[len(one.same) :])


def vectors_of(model: UnderstandingModel, turns: Sequence[TurnText]) -> Float32Array:
    """(turns, width), in order."""
    batches = (turns[at : at + _BATCH] for at in range(0, len(turns), _BATCH))
    return np.concatenate([model.vectors(batch) for batch in batches])
