"""Which graphs are served, and what they are given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from assist.errors import ModelFilesError
from nlp.backends.directory import read_config
from nlp.backends.onnx import OnnxNetwork
from tests.support.tiny_classifier import LABELS, POSITIONS, write_onnx_classifier, write_tokenizer


def network(directory: Path) -> OnnxNetwork:
    return OnnxNetwork(directory, read_config(directory))


@pytest.mark.parametrize("inputs", [("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")])
@pytest.mark.parametrize("kind", [TensorProto.INT32, TensorProto.INT64])
def test_exports_differ_in_what_they_take(tmp_path: Path, inputs: Sequence[str], kind: int) -> None:
    (found,) = network(write_onnx_classifier(tmp_path / "m", inputs=inputs, kind=kind)).logits(["退订"])
    assert LABELS[int(found.argmax())] == "退订"


@pytest.mark.parametrize(
    ("inputs", "output", "kind"),
    [
        (("input_ids", "attention_mask", "pixel_values"), "logits", TensorProto.INT64),
        (("input_ids", "attention_mask"), "last_hidden_state", TensorProto.INT64),
        (("input_ids", "attention_mask"), "logits", TensorProto.INT16),
    ],
)
def test_graphs_of_another_kind_are_refused(tmp_path: Path, inputs: Sequence[str], output: str, kind: int) -> None:
    directory = write_onnx_classifier(tmp_path / "m", inputs=inputs, output=output, kind=kind)
    with pytest.raises(ModelFilesError) as caught:
        network(directory)
    assert caught.value.code == "unsupported-model"


def test_padding_does_not_count(tmp_path: Path) -> None:
    made = network(write_onnx_classifier(tmp_path / "m"))
    short, _ = made.logits(["好", "我要投诉你们的套餐"])
    np.testing.assert_array_equal(short, made.logits(["好"])[0])


def test_only_as_many_pieces_go_in_as_the_network_takes(tmp_path: Path) -> None:
    made = network(write_onnx_classifier(tmp_path / "m"))
    kept = POSITIONS - 2 - len(("[CLS]", "[SEP]"))
    (found,) = made.logits(["退" * 50 + "好" * kept])
    assert (found[LABELS.index("退订")], LABELS[int(found.argmax())]) == (0.0, "其他")


def test_a_text_without_any_piece_is_undecided(tmp_path: Path) -> None:
    directory = write_onnx_classifier(tmp_path / "m")
    write_tokenizer(directory, frame="$A")
    np.testing.assert_array_equal(network(directory).logits(["", "好"])[0], np.zeros(len(LABELS), np.float32))
