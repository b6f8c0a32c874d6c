"""The graph gives the mean of its last layer for places and that of a lower one for meanings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.sessions import open_session
from models.train.understanding.outputs import name_outputs

WIDTH = 2
LAYERS = 3


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Layers that multiply by 10 each, and a head that standardises the last one's mean over a turn's own pieces."""
    make: Any = cast("Any", helper)
    nodes: list[Any] = []
    constants = [numpy_helper.from_array(np.array([1], np.int64), "pieces-axis")]
    constants.append(numpy_helper.from_array(np.array(10, np.float32), "ten"))
    for name, value in (("scale", 2), ("shift", 0), ("running-mean", 0), ("running-variance", 1)):
        constants.append(numpy_helper.from_array(np.full(WIDTH, value, np.float32), name))
    hidden = "embedded"
    for layer in range(LAYERS):
        above = f"/bert/encoder/layer.{layer}/output/LayerNorm/LayerNormalization_output_0"
        nodes.append(make.make_node("Mul", [hidden, "ten"], [above]))
        hidden = above
    nodes.append(make.make_node("Mul", [hidden, "own"], ["weighted"]))
    nodes.append(make.make_node("ReduceSum", ["weighted", "pieces-axis"], ["total"], keepdims=0))
    nodes.append(make.make_node("ReduceSum", ["own", "pieces-axis"], ["count"], keepdims=0))
    nodes.append(make.make_node("Div", ["total", "count"], ["mean"]))
    standard = ["mean", "scale", "shift", "running-mean", "running-variance"]
    nodes.append(make.make_node("BatchNormalization", standard, ["intent"], epsilon=0.0))
    inputs = [
        make.make_tensor_value_info("embedded", TensorProto.FLOAT, ["batch", "pieces", WIDTH]),
        make.make_tensor_value_info("own", TensorProto.FLOAT, ["batch", "pieces", 1]),
    ]
    outputs = [make.make_tensor_value_info("intent", TensorProto.FLOAT, None)]
    whole = make.make_graph(nodes, "layers", inputs, outputs, constants)
    path = tmp_path / "encoder.onnx"
    model = make.make_model(whole, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def found(path: Path) -> dict[str, list[list[float]]]:
    session = open_session(path)
    names = [output.name for output in session.get_outputs()]
    said = {
        "embedded": np.array([[[9, 9], [1, 2], [3, 4]]], np.float32),
        "own": np.array([[[0], [1], [1]]], np.float32),
    }
    return {name: given.tolist() for name, given in zip(names, session.run(names, said), strict=True)}


def test_meanings_come_from_two_thirds_up_and_places_from_the_last_layer(graph: Path) -> None:
    before = found(graph)
    name_outputs(graph)
    assert found(graph) == before | {"vector": [[200, 300]], "place": [[2000, 3000]]}


def test_naming_outputs_again_changes_nothing(graph: Path) -> None:
    name_outputs(graph)
    once = graph.read_bytes()
    name_outputs(graph)
    assert graph.read_bytes() == once
