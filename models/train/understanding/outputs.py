"""Outputs of the graph beside what the network gives: means of layers over a turn's own pieces."""
# pyright: reportUnknownMemberType=false
# onnx's own types have holes.

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import onnx

from nlp.understanding.model import PLACE, VECTOR

DEPTH = 2 / 3
"""How far up the layer lies by whose mean meanings are compared: the last ones know what heads ask for, little else."""
_HIDDEN = "LayerNormalization_output"
_LAYER = re.compile(rf"/bert/encoder/layer\.(\d+)/output/LayerNorm/{_HIDDEN}_0")
_WEIGHTED, _TOTAL = f"{VECTOR}_weighted", f"{VECTOR}_total"


def name_outputs(path: Path) -> None:
    """Make the heads' own mean, of the last layer, an output, and beside it one of a middle layer made as it is.

    Naming them again changes nothing.
    """
    model: Any = onnx.load(str(path))
    graph = model.graph
    named = {output.name for output in graph.output}
    for name in (VECTOR, PLACE):
        if name not in named:
            graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", None]))
    for node in [node for node in graph.node if {VECTOR, _WEIGHTED, _TOTAL, PLACE} & set(node.output)]:
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
    graph.node.append(onnx.helper.make_node("Identity", [standardised.input[0]], [PLACE]))
    onnx.save(model, str(path))
