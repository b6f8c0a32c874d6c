"""A Whisper of some kilobytes in CTranslate2's format: right layout and vocabulary order, fixed random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import ctranslate2.specs
import numpy as np
import tokenizers

from asr.backends.spelling import token_bytes

WIDTH = 16
_HEADS = 2
_LAYERS = 1
_ENCODER_POSITIONS, _DECODER_POSITIONS = 1_500, 448
_LIKELY, _RARE = 8.0, 4.0
"""Added to the logits of whole characters, and of the end of text and other specials: otherwise it says nothing."""
_ADDED = ("你", "好", "话", "费", "元")
_SPECIALS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|zh|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    "<|0.00|>",
    "<|0.02|>",
)
"""In the order of every multilingual Whisper, whose special tokens follow the words."""


def write_whisper(directory: Path, *, mel_bins: int = 80) -> Path:
    """A directory as a converter leaves it; large-v3 and turbo have 128 mel bins."""
    directory.mkdir(parents=True, exist_ok=True)
    symbols = _symbols()
    specs = cast("Any", ctranslate2.specs)
    spec = specs.WhisperSpec(_LAYERS, _HEADS, _LAYERS, _HEADS)
    weights = np.random.default_rng(mel_bins)
    _fill(spec.encoder, spec.decoder, weights, mel_bins, len(symbols) + len(_SPECIALS))
    spec.config.alignment_heads = [[0, 0]]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [len(symbols)]
    spec.config.lang_ids = [len(symbols) + 2, len(symbols) + 3]
    spec.register_vocabulary([*symbols, *_SPECIALS])
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(directory))
    _write_tokenizer(directory / "tokenizer.json", symbols)
    (directory / "preprocessor_config.json").write_text(json.dumps({"feature_size": mel_bins}), "utf-8")
    return directory


def _symbols() -> list[str]:
    """Every byte, then some characters whole."""
    alphabet = sorted(cast("Any", tokenizers).pre_tokenizers.ByteLevel.alphabet())
    of_byte = {token_bytes(symbol)[0]: symbol for symbol in alphabet}
    return [*alphabet, *("".join(of_byte[byte] for byte in text.encode()) for text in _ADDED)]


def _fill(encoder: Any, decoder: Any, random: np.random.Generator, mel_bins: int, vocabulary: int) -> None:
    def weight(*shape: int) -> Any:
        return (random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = weight(outputs, inputs), np.zeros(outputs, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def convolution(layer: Any, inputs: int) -> None:
        layer.weight, layer.bias = weight(WIDTH, inputs, 3), np.zeros(WIDTH, np.float32)

    def attention(block: Any, *outputs: int) -> None:
        norm(block.layer_norm)
        for layer, size in zip(block.linear, outputs, strict=True):
            linear(layer, size, WIDTH)

    def feed_forward(block: Any) -> None:
        norm(block.layer_norm)
        linear(block.linear_0, 4 * WIDTH, WIDTH)
        linear(block.linear_1, WIDTH, 4 * WIDTH)

    convolution(encoder.conv1, mel_bins)
    convolution(encoder.conv2, WIDTH)
    encoder.position_encodings.encodings = weight(_ENCODER_POSITIONS, WIDTH)
    norm(encoder.layer_norm)
    for layer in encoder.layer:
        attention(layer.self_attention, 3 * WIDTH, WIDTH)
        feed_forward(layer.ffn)
    decoder.embeddings.weight = 2 * weight(vocabulary, WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.projection.bias = np.array([0.0] * 256 + [_LIKELY] * len(_ADDED) + [_RARE] * len(_SPECIALS), np.float32)
    decoder.position_encodings.encodings = 16 * weight(_DECODER_POSITIONS, WIDTH)
    norm(decoder.layer_norm)
    for layer in decoder.layer:
        attention(layer.self_attention, 3 * WIDTH, WIDTH)
        attention(layer.attention, WIDTH, 2 * WIDTH, WIDTH)
        feed_forward(layer.ffn)


def _write_tokenizer(path: Path, symbols: list[str]) -> None:
    library = cast("Any", tokenizers)
    tokenizer = library.Tokenizer(library.models.BPE({symbol: place for place, symbol in enumerate(symbols)}, []))
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = library.decoders.ByteLevel()
    tokenizer.add_special_tokens(list(_SPECIALS))
    tokenizer.save(str(path))
