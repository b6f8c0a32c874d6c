"""Text classifiers of some kilobytes in the two forms that ``nlp.backends`` serves."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"我要投诉退订谢好的贵了吗你们流量套餐多少钱0123456789")
LABELS = ("投诉", "退订", "其他")
CLUES: Mapping[str, str] = {"诉": "投诉", "退": "退订", "好": "其他"}
"""The label that a character stands for in the ONNX classifier."""
POSITIONS = 40
"""Most pieces of a text, and two."""
_CERTAIN = 6.0


def write_onnx_classifier(
    directory: Path,
    *,
    labels: Sequence[str] = LABELS,
    problem: str | None = None,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    output: str = "logits",
    kind: int = TensorProto.INT64,
) -> Path:
    """Adds what every character says for the labels; unknown texts are undecided."""
    write_tokenizer(directory)
    config = {"id2label": {str(at): label for at, label in enumerate(labels)}, "problem_type": problem}
    write_config(directory, config | {"max_position_embeddings": POSITIONS, "pad_token_id": 0})
    weights = np.zeros((len(PIECES), len(labels)), np.float32)
    for char, label in CLUES.items():
        if label in labels:
            weights[PIECES.index(char), labels.index(label)] = _CERTAIN
    (directory / "model.onnx").write_bytes(_graph(weights, inputs, output, kind))
    return directory


def write_transformers_classifier(
    directory: Path, *, labels: Sequence[str] = LABELS, problem: str | None = None
) -> Path:
    """A random network of two layers: which label it says is chance, but depends on the whole text."""
    import torch  # slow to import, and only here: the tests of the other form need none of it
    from transformers import BertConfig, BertForSequenceClassification
    from transformers.utils import logging

    logging.disable_progress_bar()  # it leaves a thread
    write_tokenizer(directory)
    cast("Any", torch).manual_seed(7)
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        pad_token_id=0,
        initializer_range=0.5,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
        problem_type=cast("Any", problem),
    )
    cast("Any", BertForSequenceClassification(config)).save_pretrained(str(directory))
    return directory


def export_onnx(directory: Path) -> None:
    """Puts the network of a transformers directory beside its weights as ``model.onnx``."""
    import torch
    from transformers import AutoModelForSequenceClassification

    network: Any = cast("Any", AutoModelForSequenceClassification).from_pretrained(
        str(directory), local_files_only=True, attn_implementation="eager"
    )
    network.config.return_dict = False
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of itself
        cast("Any", torch.onnx).export(
            network.eval(),
            tuple(torch.ones(2, 6, dtype=torch.int64) for _ in inputs),
            str(directory / "model.onnx"),
            input_names=inputs,
            output_names=["logits"],
            dynamic_axes={name: {0: "n", 1: "p"} for name in inputs},
            opset_version=17,
            dynamo=False,
        )


def write_tokenizer(directory: Path, *, frame: str = "[CLS] $A [SEP]") -> None:
    """Single characters, as BERT splits Chinese, and what stands around them."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = {piece: row for row, piece in enumerate(PIECES)}
    made: Any = Tokenizer(cast("Any", models).WordPiece(rows, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single=frame, special_tokens=[("[CLS]", rows["[CLS]"]), ("[SEP]", rows["[SEP]"])]
    )
    made.save(str(directory / "tokenizer.json"))
    specials = {"unk": "[UNK]", "pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]"}
    settings = {f"{name}_token": piece for name, piece in specials.items()}
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **settings}), "utf-8"
    )


def write_config(directory: Path, config: Mapping[str, object]) -> None:
    (directory / "config.json").write_text(json.dumps(config, ensure_ascii=False), "utf-8")


def _graph(weights: np.ndarray[Any, np.dtype[np.float32]], inputs: Sequence[str], output: str, kind: int) -> bytes:
    make: Any = cast("Any", helper)
    real = TensorProto.FLOAT
    nodes = [
        make.make_node("Cast", ["input_ids"], ["rows"], to=TensorProto.INT64),
        make.make_node("Gather", ["weights", "rows"], ["said"]),
        make.make_node("Cast", ["attention_mask"], ["mask"], to=real),
        make.make_node("Unsqueeze", ["mask", "last"], ["counted"]),
        make.make_node("Mul", ["said", "counted"], ["kept"]),
        make.make_node("ReduceSum", ["kept", "pieces"], [output], keepdims=0),
    ]
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "pieces"),
    ]
    taken = [make.make_tensor_value_info(name, kind, ["n", "p"]) for name in inputs]
    outputs = [make.make_tensor_value_info(output, real, ["n", weights.shape[1]])]
    graph = make.make_graph(nodes, "classifier", taken, outputs, constants)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=9)
    return cast(bytes, model.SerializeToString())
