"""Recognisers of a few kilobytes in the formats of sherpa-onnx: right shapes and metadata, fixed random weights.

They hear nothing meaningful, but what they write depends on all their input, chunk by chunk where they stream.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

HANZI = "我你他请问话费流量套餐多少钱一二三四五六七八九十百千万元月年"
SPECIALS = ("<blank>", "<s>", "</s>")
TAGS = ("<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>")
_STATE = 8
_MEL_BINS = 80
_STACKED = 7 * _MEL_BINS
_CHUNK_FRAMES = 32
_HEARD_FRAMES = 45
_NEVER = -100.0

Array = npt.NDArray[Any]
Shape = Sequence[int | str]


class _Graph:
    """An ONNX model in the making."""

    def __init__(self, seed: int) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._random = np.random.default_rng(seed)

    def input(self, name: str, shape: Shape, kind: int = TensorProto.FLOAT) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, value: str, shape: Shape, kind: int = TensorProto.FLOAT) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def add(self, operator: str, *inputs: str, **attributes: object) -> str:
        name = f"{operator}-{len(self._nodes)}"
        self._nodes.append(cast("Any", helper.make_node)(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, values: object, kind: npt.DTypeLike = np.float32) -> str:
        name = f"constant-{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def random(self, *shape: int) -> str:
        return self.constant(self._random.standard_normal(shape) / np.sqrt(shape[0]))

    def linear(self, value: str, inputs: int, outputs: int) -> str:
        return self.add("MatMul", value, self.random(inputs, outputs))

    def bend(self, *values: str) -> str:
        """A sum through a function that is steep enough to tell similar frames apart."""
        return self.add("Sin", self.add("Mul", self.constant(3.0), self.add("Sum", *values)))

    def slice(self, value: str, axis: int, start: int, end: int, step: int = 1) -> str:
        return self.add("Slice", value, *(self.constant([number], np.int64) for number in (start, end, axis, step)))

    def save(self, path: Path, metadata: Mapping[str, object] | None = None) -> None:
        graph = helper.make_graph(self._nodes, path.stem, self._inputs, self._outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        helper.set_model_props(model, {key: str(value) for key, value in (metadata or {}).items()})
        path.write_bytes(model.SerializeToString())


def write_streaming_transducer(directory: Path) -> Path:
    """As icefall's streaming zipformer, with one layer that remembers its last frame."""
    vocabulary = _write_tokens(directory, ("<blk>", "<sos/eos>", "<unk>"))
    _zipformer_encoder(directory / "encoder.onnx")
    decoder = _Graph(seed=2)
    context = decoder.add("Gather", decoder.random(vocabulary, _STATE), decoder.input("y", ["N", 2], TensorProto.INT64))
    mean = decoder.add("ReduceMean", context, axes=[1], keepdims=0)
    decoder.output("decoder_out", mean, ["N", _STATE])
    decoder.save(directory / "decoder.onnx", {"vocab_size": vocabulary, "context_size": 2})
    joiner = _Graph(seed=3)
    heard, said = (joiner.input(name, ["N", _STATE]) for name in ("encoder_out", "decoder_out"))
    logits = joiner.linear(joiner.add("Sin", joiner.add("Add", heard, said)), _STATE, vocabulary)
    bias = joiner.constant([1.5, _NEVER, _NEVER, *[0.0] * len(HANZI)])
    joiner.output("logit", joiner.add("Add", logits, bias), ["N", vocabulary])
    joiner.save(directory / "joiner.onnx", {"joiner_dim": _STATE})
    return directory


def _zipformer_encoder(path: Path) -> None:
    graph = _Graph(seed=1)
    features = graph.input("x", ["N", _HEARD_FRAMES, _MEL_BINS])
    states: Mapping[str, Shape] = {
        "cached_key_0": (4, "N", 4),
        "cached_nonlin_attn_0": (1, "N", 4, 6),
        "cached_val1_0": (4, "N", 4),
        "cached_val2_0": (4, "N", 4),
        "cached_conv1_0": ("N", _STATE, 1),
        "cached_conv2_0": ("N", _STATE, 1),
        "embed_states": ("N", 128, 3, 19),
    }
    cached = {name: graph.input(name, shape) for name, shape in states.items()}
    processed = graph.input("processed_lens", ["N"], TensorProto.INT64)
    frames = graph.slice(graph.add("Div", features, graph.constant(4.0)), 1, 0, _CHUNK_FRAMES, 4)
    memory = graph.add("Transpose", cached["cached_conv1_0"], perm=[0, 2, 1])
    heard = graph.add("Mul", graph.constant(2.0), graph.bend(graph.linear(frames, _MEL_BINS, _STATE), memory))
    graph.output("encoder_out", heard, ["N", _CHUNK_FRAMES // 4, _STATE])
    last = graph.slice(heard, 1, _CHUNK_FRAMES // 4 - 1, _CHUNK_FRAMES // 4)
    after = {**cached, "cached_conv1_0": graph.add("Transpose", last, perm=[0, 2, 1])}
    for name, shape in states.items():
        graph.output(f"new_{name}", after[name], shape)
    moved = graph.add("Add", processed, graph.constant([_CHUNK_FRAMES // 2], np.int64))
    graph.output("new_processed_lens", moved, ["N"], TensorProto.INT64)
    metadata = {
        "model_type": "zipformer2",
        "encoder_dims": _STATE,
        "query_head_dims": 4,
        "value_head_dims": 4,
        "num_heads": 1,
        "num_encoder_layers": 1,
        "cnn_module_kernels": 3,
        "left_context_len": 4,
        "T": _HEARD_FRAMES,
        "decode_chunk_len": _CHUNK_FRAMES,
    }
    graph.save(path, metadata)


def write_streaming_paraformer(directory: Path) -> Path:
    """As FunASR's online Paraformer: fires a token about every third of its frames of 60 ms."""
    vocabulary = _write_tokens(directory, SPECIALS)
    metadata = {
        **_stacked_metadata(vocabulary, "paraformer"),
        "encoder_output_size": _STATE,
        "decoder_num_blocks": 1,
        "decoder_kernel_size": 3,
    }
    encoder = _Graph(seed=4)
    features = encoder.input("speech", [1, "T", _STACKED])
    lengths = encoder.input("speech_lengths", [1], TensorProto.INT32)
    heard = encoder.bend(encoder.linear(features, _STACKED, _STATE))
    weights = encoder.add("Sigmoid", encoder.linear(heard, _STATE, 1))
    fired = encoder.add("Mul", encoder.add("Squeeze", weights, encoder.constant([2], np.int64)), encoder.constant(0.6))
    encoder.output("enc", heard, [1, "T", _STATE])
    encoder.output("enc_len", lengths, [1], TensorProto.INT32)
    encoder.output("alphas", fired, [1, "T"])
    encoder.save(directory / "encoder.onnx", metadata)
    decoder = _Graph(seed=5)
    decoder.input("enc", [1, "T", _STATE])
    decoder.input("enc_len", [1], TensorProto.INT32)
    embeds = decoder.input("acoustic_embeds", [1, "L", _STATE])
    decoder.input("acoustic_embeds_len", [1], TensorProto.INT32)
    cache = decoder.input("in_cache_0", [1, _STATE, 2])
    before = decoder.add("ReduceMean", cache, axes=[2], keepdims=0)
    logits = _logits(decoder, decoder.add("Add", embeds, before), _STATE, vocabulary)
    decoder.output("logits", logits, [1, "L", vocabulary])
    decoder.output("sample_ids", decoder.add("ArgMax", logits, axis=2, keepdims=0), [1, "L"], TensorProto.INT64)
    last = decoder.add("Transpose", decoder.slice(embeds, 1, -1, 2**31 - 1), perm=[0, 2, 1])
    decoder.output("out_cache_0", decoder.add("Concat", last, last, axis=2), [1, _STATE, 2])
    decoder.save(directory / "decoder.onnx")
    return directory


def write_paraformer(directory: Path) -> Path:
    """As FunASR's offline Paraformer: a token for every fourth of its frames of 60 ms."""
    vocabulary = _write_tokens(directory, SPECIALS)
    graph = _Graph(seed=6)
    features = graph.input("speech", ["N", "T", _STACKED])
    lengths = graph.input("speech_lengths", ["N"], TensorProto.INT32)
    logits = _logits(graph, graph.slice(features, 1, 0, 2**31 - 1, 4), _STACKED, vocabulary)
    frames = graph.add("Gather", graph.add("Shape", features), graph.constant(1, np.int64))
    places = graph.add("Range", graph.constant(0, np.int64), frames, graph.constant(4, np.int64))
    ends = graph.add("Unsqueeze", graph.add("Cast", lengths, to=TensorProto.INT64), graph.constant([1], np.int64))
    is_heard = graph.add("Unsqueeze", graph.add("Less", places, ends), graph.constant([2], np.int64))
    end = graph.constant(np.eye(vocabulary)[SPECIALS.index("</s>")])
    graph.output("logits", graph.add("Where", is_heard, logits, end), ["N", "L", vocabulary])
    graph.output("token_num", lengths, ["N"], TensorProto.INT32)
    graph.save(directory / "model.onnx", _stacked_metadata(vocabulary, "paraformer"))
    return directory


def write_sense_voice(directory: Path) -> Path:
    """As FunASR's SenseVoice: four tags, then CTC over frames of 60 ms."""
    vocabulary = _write_tokens(directory, (*SPECIALS, *TAGS))
    graph = _Graph(seed=7)
    features = graph.input("x", ["N", "T", _STACKED])
    for name in ("x_length", "language", "text_norm"):
        graph.input(name, ["N"], TensorProto.INT32)
    logits = _logits(graph, features, _STACKED, vocabulary, specials=len(SPECIALS) + len(TAGS))
    tags = graph.constant(10 * np.eye(vocabulary)[None, len(SPECIALS) : len(SPECIALS) + len(TAGS)])
    rows = graph.slice(graph.add("Shape", features), 0, 0, 1)
    one = graph.constant([1], np.int64)
    prefix = graph.add("Expand", tags, graph.add("Concat", rows, one, one, axis=0))
    graph.output("logits", graph.add("Concat", prefix, logits, axis=1), ["N", "F", vocabulary])
    languages = {f"lang_{code}": place for place, code in enumerate(("auto", "zh", "en", "ja", "ko", "yue"))}
    metadata = {"normalize_samples": 0, "with_itn": 14, "without_itn": 15, **languages}
    graph.save(directory / "model.onnx", {**_stacked_metadata(vocabulary, "sense_voice_ctc"), **metadata})
    return directory


def _logits(graph: _Graph, value: str, inputs: int, vocabulary: int, specials: int = len(SPECIALS)) -> str:
    """Of words only: the specials are never heard."""
    bias = graph.constant([_NEVER] * specials + [0.0] * (vocabulary - specials))
    hidden = graph.bend(graph.linear(value, inputs, _STATE))
    return graph.add("Add", graph.linear(hidden, _STATE, vocabulary), bias)


def _stacked_metadata(vocabulary: int, kind: str) -> dict[str, object]:
    return {
        "model_type": kind,
        "vocab_size": vocabulary,
        "lfr_window_size": 7,
        "lfr_window_shift": 6,
        "neg_mean": ",".join(["-12.0"] * _STACKED),
        "inv_stddev": ",".join(["0.25"] * _STACKED),
        "comment": "tiny",
    }


def _write_tokens(directory: Path, specials: Sequence[str]) -> int:
    """The vocabulary file; how many it holds."""
    directory.mkdir(parents=True, exist_ok=True)
    symbols = [*specials, *HANZI]
    lines = [f"{symbol} {place}" for place, symbol in enumerate(symbols)]
    (directory / "tokens.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return len(symbols)
