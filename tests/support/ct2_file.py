"""A ``model.bin`` as CTranslate2's converter writes it, small."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_TYPES = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}


def model_bytes(
    variables: Mapping[str, npt.NDArray[np.generic]], aliases: Sequence[tuple[str, str]] = (), *, version: int = 6
) -> bytes:
    """The file with these variables in this order."""
    parts = [struct.pack("<I", version), _string("WhisperSpec"), struct.pack("<II", 3, len(variables))]
    for name, values in variables.items():
        shape = struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        parts += [_string(name), shape, struct.pack("<BI", _TYPES[values.dtype.name], values.nbytes), values.tobytes()]
    parts.append(struct.pack("<I", len(aliases)))
    parts += [_string(name) for alias in aliases for name in alias]
    return b"".join(parts)


def _string(text: str) -> bytes:
    encoded = text.encode() + b"\0"
    return struct.pack("<H", len(encoded)) + encoded
