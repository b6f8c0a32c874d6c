"""The space in which a model compares meanings, fitted to ordinary turns; how well it tells sets of sentences apart."""
# pyright: reportUnknownMemberType=false
# onnx's own types have holes.

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import onnx
import typer
import yaml
from numpy.typing import NDArray

from assist.playbook import Meaning, parse_playbook
from models.train.scenes import Turn, read_scenes
from nlp.understanding.listening import sentences_of
from nlp.understanding.meaning import FILE, Float32Array, MeaningSpace, fit_heads, save_space
from nlp.understanding.model import VECTOR, TurnText, UnderstandingModel, load_understanding

DATA = Path(__file__).parents[1] / "data"
SETS = (DATA / "meanings" / "tuning.yaml", DATA / "meanings" / "test.yaml")
PLAYBOOK = Path(__file__).parents[3] / "examples" / "playbooks" / "telecom.yaml"
"""Many sets of sentences that mean the same."""
DIRECTIONS = 48
EVENNESS = 0.5
"""How far the spread of the directions is evened out: 0 not at all, 1 wholly."""
ORDINARY_TURNS = 4_000
DEPTH = 2 / 3
"""How far up the layer lies by whose mean meanings are compared: the last ones know what heads ask for, little else."""
BEFORE = {"customer": "请问还有什么可以帮您", "agent": "我想问一下"}
"""What the other party says before a sentence of a set: in a call something always stands before."""
MIN_SCORES = (0.3, 0.5, 0.7, 0.9)
_BATCH = 16
_HIDDEN = "LayerNormalization_output"
_LAYER = re.compile(rf"/bert/encoder/layer\.(\d+)/output/LayerNorm/{_HIDDEN}_0")
_WEIGHTED, _TOTAL = f"{VECTOR}_weighted", f"{VECTOR}_total"


@dataclass(frozen=True, slots=True)
class MeaningSet:
    """One set as its author wrote it, and sentences that it must and must not find."""

    meaning: Meaning
    same: tuple[str, ...]
    other: tuple[str, ...]


def meanings(directory: Annotated[Path, typer.Argument(help="Directory of a model; gets its space.")]) -> None:
    """Fit the space in which a model compares meanings, name the output that it needs, and measure it."""
    graph = directory / "encoder.onnx"
    name_vector(graph)
    model = load_understanding(directory)
    playbook = parse_playbook(PLAYBOOK.read_text(encoding="utf-8"), PLAYBOOK.stem)
    space = fit_space(model, ordinary_turns(), playbook.meanings)
    save_space(space, directory / FILE)
    for path in SETS:
        for line in measured(model, space, read_sets(path)):
            typer.echo(f"{path.stem:<8} {line}")


def name_vector(path: Path) -> None:
    """Make the mean of a layer over the turn's own pieces an output, made as the heads' mean of the last layer is."""
    model: Any = onnx.load(str(path))
    graph = model.graph
    if not any(output.name == VECTOR for output in graph.output):
        graph.output.append(onnx.helper.make_tensor_value_info(VECTOR, onnx.TensorProto.FLOAT, ["batch", None]))
    for node in [node for node in graph.node if {VECTOR, _WEIGHTED, _TOTAL} & set(node.output)]:
        graph.node.remove(node)
    maker = {name: node for node in graph.node for name in node.output}
    standardised = next(node for node in graph.node if node.op_type == "BatchNormalization")
    mean = maker[standardised.input[0]]
    total = maker[mean.input[0]]
    weighted = maker[total.input[0]]
    own = [name for name in weighted.input if _HIDDEN not in name]
    layers = sorted((int(found[1]), name) for name in maker if (found := _LAYER.fullmatch(name)))
    _, hidden = layers[round(DEPTH * len(layers)) - 1]
    steps = (
        (weighted, [hidden, *own]),
        (total, [_WEIGHTED, *total.input[1:]]),
        (mean, [_TOTAL, *mean.input[1:]]),
    )
    for (node, inputs), output in zip(steps, (_WEIGHTED, _TOTAL, VECTOR), strict=True):
        step = onnx.NodeProto()
        step.CopyFrom(node)
        step.name = ""
        step.input[:], step.output[:] = inputs, [output]
        graph.node.append(step)
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


def fit_space(model: UnderstandingModel, ordinary: Sequence[Turn], sets: Sequence[Meaning]) -> MeaningSpace:
    """Centre, directions and vectors of ordinary turns; how sentences of one set vary."""
    vectors = vectors_of(model, [TurnText(turn.text, turn.previous_text, turn.party) for turn in ordinary])
    centre = vectors.mean(axis=0)
    _, spread, directions = np.linalg.svd(vectors - centre, full_matrices=False)
    spread = spread[:DIRECTIONS] / np.sqrt(len(vectors))
    by_party = {who: vectors[[turn.party == who for turn in ordinary]] for who in ("agent", "customer")}
    directions = (directions[:DIRECTIONS].T / spread**EVENNESS).astype(np.float32)
    return MeaningSpace(centre, directions, by_party, {who: within(model, who, sets) for who in by_party})


def within(model: UnderstandingModel, who: str, sets: Sequence[Meaning]) -> NDArray[np.float64]:
    """(width, width): how that party's examples and counter-examples vary about the means of their sets."""
    sides = [side for one in sets if one.who == who for side in (one.examples, one.unlike) if side]
    read = [vectors_of(model, [TurnText(text, "", who) for text in side]) for side in sides]
    apart = np.concatenate([vectors - vectors.mean(axis=0) for vectors in read]).astype(np.float64)
    return apart.T @ apart / len(apart)


def measured(model: UnderstandingModel, space: MeaningSpace, sets: Sequence[MeaningSet]) -> Iterator[str]:
    """Which share of the right sentences, of near misses and of ordinary turns scores at least so much."""
    wanted = list(sentences_of([one.meaning for one in sets]))
    vectors = vectors_of(model, [TurnText(text, "", party) for party, text in wanted])
    heads = fit_heads([one.meaning for one in sets], dict(zip(wanted, vectors, strict=True)), space)
    same, other, ordinary = list[float](), list[float](), list[float]()
    for one in sets:
        who = one.meaning.who
        said = vectors_of(model, [TurnText(text, BEFORE[who], who) for text in (*one.same, *one.other)])
        found = [dict(heads[who].scores(vector)).get(one.meaning, 0.0) for vector in said]
        same += found[: len(one.same)]
        other += found[len(one.same) :]
        ordinary += [dict(heads[who].scores(vector)).get(one.meaning, 0.0) for vector in space.ordinary[who]]
    for least in MIN_SCORES:
        shares = (float(np.mean(np.array(found) >= least)) for found in (same, other, ordinary))
        yield f"at {least:.0%}: {' · '.join(f'{share:.1%}' for share in shares)}"


def vectors_of(model: UnderstandingModel, turns: Sequence[TurnText]) -> Float32Array:
    """(turns, width), in order."""
    batches = (turns[at : at + _BATCH] for at in range(0, len(turns), _BATCH))
    return np.concatenate([model.vectors(batch) for batch in batches])
