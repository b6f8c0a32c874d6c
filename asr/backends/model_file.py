"""CTranslate2's ``model.bin``: what lies where in it, and a copy with fewer rows of some variables.

Layout of binary version 6 (src/models/model.cc, Model::load), little-endian: version u32; specification, a string;
its revision u32; number of variables u32; per variable its name, rank u8, shape u32 each, type u8, size in bytes u32,
the values; number of aliases u32; per alias two names. A string is its length u16 with the closing NUL, then its bytes.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

_BINARY_VERSION = 6


class LayoutError(ValueError):
    """The file is laid out in a way that is not known here."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Where one variable lies; offsets in bytes from the begin of the file."""

    name: str
    shape: tuple[int, ...]
    type_id: int
    record_offset: int
    """Of its name."""
    values_offset: int
    size_bytes: int

    @property
    def end_offset(self) -> int:
        return self.values_offset + self.size_bytes


class ModelFile:
    """A ``model.bin``, mapped into memory and never read whole. Raises LayoutError or OSError when opened."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            try:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise LayoutError("the file is empty") from error
        try:
            self.variables = _Reader(self._bytes).variables()
        except (struct.error, UnicodeDecodeError) as error:
            self.close()
            raise LayoutError("the file ends early or is none of CTranslate2's") from error
        except LayoutError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._bytes.close()

    def write_rows(self, target: BinaryIO, rows: Sequence[int], is_cut: Callable[[Variable], bool]) -> None:
        """Write the model with only these rows, in this order, of every variable that ``is_cut`` picks."""
        copied = 0
        for variable in filter(is_cut, self.variables):
            self._copy(target, copied, variable.record_offset)
            self._write_cut(target, variable, rows)
            copied = variable.end_offset
        self._copy(target, copied, len(self._bytes))

    def _copy(self, target: BinaryIO, begin: int, end: int) -> None:
        with memoryview(self._bytes) as view, view[begin:end] as part:
            target.write(part)

    def _write_cut(self, target: BinaryIO, variable: Variable, rows: Sequence[int]) -> None:
        row_bytes = variable.size_bytes // variable.shape[0]
        name = variable.name.encode() + b"\0"
        shape = (len(rows), *variable.shape[1:])
        target.write(struct.pack("<H", len(name)) + name)
        target.write(struct.pack(f"<B{len(shape)}IBI", len(shape), *shape, variable.type_id, row_bytes * len(rows)))
        for row in rows:
            begin = variable.values_offset + row * row_bytes
            target.write(self._bytes[begin : begin + row_bytes])


class _Reader:
    """A place in the file that moves on with what is read."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._offset = 0

    def variables(self) -> tuple[Variable, ...]:
        """All variables in file order; checks that the file ends where its counts say."""
        if (version := self._number("I")) != _BINARY_VERSION:
            raise LayoutError(f"binary version {version}, not {_BINARY_VERSION}")
        self._string()
        self._number("I")
        found = tuple(self._variable() for _ in range(self._number("I")))
        for _ in range(2 * self._number("I")):
            self._string()
        if self._offset != len(self._content):
            raise LayoutError("the file goes on behind its last alias")
        return found

    def _variable(self) -> Variable:
        record_offset = self._offset
        name = self._string()
        shape = tuple(self._number("I") for _ in range(self._number("B")))
        type_id, size_bytes = self._number("B"), self._number("I")
        variable = Variable(name, shape, type_id, record_offset, self._offset, size_bytes)
        self._offset = variable.end_offset
        return variable

    def _number(self, kind: str) -> int:
        (number,) = struct.unpack_from(f"<{kind}", self._content, self._offset)
        self._offset += struct.calcsize(f"<{kind}")
        return int(number)

    def _string(self) -> str:
        length = self._number("H")
        text = self._content[self._offset : self._offset + length].rstrip(b"\0").decode()
        self._offset += length
        return text
