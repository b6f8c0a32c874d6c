"""The metadata of an ONNX file, read without loading it: the fields that export scripts leave for the runtime.

A file is one protobuf message (ModelProto in onnx.proto). Only its top level is walked; the graph, which is nearly all
of the file, is skipped unread.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from assist.errors import ModelFilesError

_METADATA_FIELD = 14
"""``metadata_props`` of ModelProto; each entry is a message of its own with key (1) and value (2)."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT_BYTES = 10


def read_metadata(path: Path) -> dict[str, str]:
    """Keys and values. Raises ModelFilesError "bad-model-files" when it cannot be an ONNX file."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            entries = [content[start:end] for number, start, end in _fields(content) if number == _METADATA_FIELD]
        return dict(_entry(entry) for entry in entries)
    except (OSError, ValueError, IndexError) as error:
        raise ModelFilesError(f"{path.name} is not a readable ONNX model: copy it again.") from error


def _entry(message: bytes) -> tuple[str, str]:
    texts = {number: message[start:end].decode() for number, start, end in _fields(message)}
    return texts.get(1, ""), texts.get(2, "")


def _fields(message: bytes | mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the value of every field. Raises ValueError or IndexError when it is no message."""
    place = 0
    while place < len(message):
        tag, start = _varint(message, place)
        match tag & 7:
            case kind if kind == _VARINT:
                _, place = _varint(message, start)
            case kind if kind == _FIXED64:
                place = start + 8
            case kind if kind == _BYTES:
                length, start = _varint(message, start)
                place = start + length
            case kind if kind == _FIXED32:
                place = start + 4
            case _:
                raise ValueError("no such wire type")
        if place > len(message):
            raise ValueError("the message ends early")
        yield tag >> 3, start, place


def _varint(message: bytes | mmap.mmap, place: int) -> tuple[int, int]:
    """Its value and where it ends."""
    value = 0
    for count in range(_LONGEST_VARINT_BYTES):
        byte = message[place + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, place + count + 1
    raise ValueError("a number without end")
