"""A language model of some kilobytes in the form that ``nlp.understanding`` serves: single characters give it away."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from models.train.encoder.tokenizer import build_tokenizer
from models.train.encoder.vocabulary import SPECIAL
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes
from nlp.understanding.encoding import MARKERS
from nlp.understanding.linear import LinearModel, save_linear
from nlp.understanding.model import PLACE, VECTOR
from nlp.understanding.repair import count_characters, save_counts

CLUES: Mapping[str, Mapping[str, str]] = {
    "贵": {"intent": "price_objection", "act": "object"},
    "退": {"intent": "cancel_vas", "act": "request"},
    "谢": {"intent": "thank", "emotion": "happy", "act": "thank"},
    "气": {"intent": "complain_attitude", "emotion": "angry", "act": "complain"},
}
"""Labels that a character stands for; a turn without any of them is not understood."""
AMOUNT = "三十九"
"""The first character begins an amount of money, the others go on with it."""
MEANS: Mapping[str, str] = {VECTOR: "intent-sum", PLACE: "emotion-sum"}
"""What stands for the means of layers: unlike each other, zero for a turn that is not understood."""

_LABELS = {"intent": codes(INTENTS), "emotion": codes(EMOTIONS), "act": codes(ACTS)}
_PIECES = (*SPECIAL, "▁", *MARKERS.values(), *CLUES, *AMOUNT, *"的我要太了块好生")
_CERTAIN = 8.0
_TURNS, _PIECES_AXIS, _CHARS = "turns", "pieces", "chars"

Float32Array = npt.NDArray[np.float32]


def write_understanding(directory: Path, means: Collection[str] = ()) -> Path:
    """A directory as training leaves it, without what is fitted to ordinary turns.

    ``means``: outputs of the graph beside the heads', of ``MEANS``.
    """
    directory.mkdir(parents=True, exist_ok=True)
    build_tokenizer(_PIECES, [0.0] * len(SPECIAL) + [-1.0] * (len(_PIECES) - len(SPECIAL))).save(
        str(directory / "tokenizer.json")
    )
    (directory / "replacements.json").write_text(json.dumps({str(ord("\u3000")): " "}), "utf-8")
    (directory / "config.json").write_text(json.dumps({"labels_version": 1, "heads": _heads()}), "utf-8")
    (directory / "encoder.onnx").write_bytes(_graph(means))
    save_linear(_linear(), directory / "linear.npz")
    save_counts(count_characters(["好的"], 1), directory / "characters.npz")
    return directory


def _heads() -> dict[str, Any]:
    def one(name: str) -> dict[str, Any]:
        labels = _LABELS[name]
        return {
            "labels": labels,
            "encoder": 1.0,
            "linear": 0.5,
            "bias": [0.0] * len(labels),
            "thresholds": [0.5] * len(labels),
        }

    def many(name: str) -> dict[str, Any]:
        return {"labels": _LABELS[name], "scale": 1.0, "shift": -_CERTAIN / 2, "threshold": 0.5}

    return {
        **{name: one(name) for name in _LABELS},
        "mentions": many("intent"),
        "acts": many("act"),
        "entities": {"labels": codes(ENTITIES), "thresholds": [0.0] * len(ENTITIES)},
    }


def _graph(means: Collection[str]) -> bytes:
    """Looks up the logits of every piece and adds them over the turn; those of tags, of every character."""
    make: Any = cast("Any", helper)
    nodes: list[Any] = []
    constants: list[Any] = [numpy_helper.from_array(np.array([1]), "second")]
    axes = {"ids": _PIECES_AXIS, "mask": _PIECES_AXIS, "is_turn": _PIECES_AXIS, "chars": _CHARS, "piece_of": _CHARS}
    inputs = [make.make_tensor_value_info(name, TensorProto.INT64, [_TURNS, axis]) for name, axis in axes.items()]
    nodes.append(make.make_node("Cast", ["is_turn"], ["own"], to=TensorProto.FLOAT))
    heads = {"intent": "intent", "mentions": "intent", "emotion": "emotion", "act": "act", "acts": "act"}
    tables = {output: _table(_LABELS[head], head) for output, head in heads.items()}
    tables["intensity"] = np.full((len(_PIECES), 1), 0.2, np.float32)
    for output, table in tables.items():
        constants.append(numpy_helper.from_array(table, f"{output}-table"))
        nodes.append(make.make_node("Gather", [f"{output}-table", "ids"], [f"{output}-each"]))
        nodes.append(make.make_node("Einsum", ["own", f"{output}-each"], [f"{output}-sum"], equation="tp,tpl->tl"))
        last = ["Squeeze", [f"{output}-sum", "second"]] if output == "intensity" else ["Identity", [f"{output}-sum"]]
        nodes.append(make.make_node(*last, [output]))
    constants.append(numpy_helper.from_array(_tags(), "tags-table"))
    nodes.append(make.make_node("Gather", ["tags-table", "chars"], ["tags"]))
    nodes += [make.make_node("Identity", [MEANS[name]], [name]) for name in means]
    outputs = [make.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (*tables, "tags", *means)]
    graph = make.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    return cast(bytes, model.SerializeToString())


def _table(labels: tuple[str, ...], head: str) -> Float32Array:
    """(pieces, labels)"""
    table = np.zeros((len(_PIECES), len(labels)), np.float32)
    for char, clues in CLUES.items():
        if head in clues:
            table[_PIECES.index(char), labels.index(clues[head])] = _CERTAIN
    return table


def _tags() -> Float32Array:
    """(pieces, tags): outside unless the character is part of an amount."""
    table = np.zeros((len(_PIECES), 1 + 2 * len(ENTITIES)), np.float32)
    table[:, 0] = _CERTAIN / 2
    begin = 1 + 2 * codes(ENTITIES).index("amount")
    for place, char in enumerate(AMOUNT):
        table[_PIECES.index(char), begin + (place > 0)] = _CERTAIN
    return table


def _linear() -> LinearModel:
    """Knows the same characters."""
    labels = [(head, label) for head, several in _LABELS.items() for label in several]
    weights = np.zeros((len(CLUES), len(labels)), np.int8)
    for row, clues in enumerate(CLUES.values()):
        for clue in clues.items():
            weights[row, labels.index(clue)] = 100
    return LinearModel(
        rows={f"c{char}": row for row, char in enumerate(CLUES)},
        rarity=np.ones(len(CLUES), np.float32),
        weights=weights,
        scales=np.full(len(labels), 0.1, np.float32),
        bias=np.zeros(len(labels), np.float32),
    )
