"""Customers in a CSV file, as Excel saves it; read again whenever it changes."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assist.customers.columns import Columns
from assist.customers.version import version_of
from assist.errors import ConfigurationError, InputError
from assist.messages.customers import MAX_VALUE_CHARS
from assist.ports import CustomerRecord

log = logging.getLogger(__name__)

MAX_BYTES = 16 * 1024 * 1024
"""Beyond it a table of SQLite is the better place."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One state of the file."""

    version: str
    columns: Columns
    rows: Mapping[str, tuple[str, ...]]


class CsvDirectory:
    """Looks customers up in memory; a file that cannot be used leaves its last good state in use."""

    def __init__(self, path: Path) -> None:
        """Raises InputError, OSError when the file cannot be used; blocks while it is read."""
        self._path = path
        self._table = _read(path)
        self._seen = self._table.version
        self._turn = asyncio.Lock()

    async def look_up(self, customer_id: str) -> CustomerRecord:
        async with self._turn:
            await asyncio.to_thread(self._refresh)
        table = self._table
        source = f"{self._path.name}@{table.version}"
        row = table.rows.get(customer_id.strip())
        if row is None:
            return CustomerRecord(source, is_known=False)
        return CustomerRecord(source, True, table.columns.name(row), table.columns.fields(row))

    def _refresh(self) -> None:
        try:
            version = version_of(self._path)
            if version != self._seen:
                self._seen = version
                self._table = _read(self._path)
        except (InputError, OSError) as error:
            reason = error.message if isinstance(error, InputError) else error.strerror
            log.warning("the customer file cannot be used; its last good state stays", extra={"reason": reason})


@asynccontextmanager
async def open_csv_directory(url: str, *, token: str) -> AsyncGenerator[CsvDirectory]:
    """``csv:PATH``; needs no token. Raises ConfigurationError "bad-customers"."""
    path = Path(url.partition(":")[2])
    try:
        directory = await asyncio.to_thread(CsvDirectory, path)
    except OSError as error:
        message = f"The customer file {path} cannot be read: {error.strerror}."
        raise ConfigurationError(message, code="bad-customers") from error
    except InputError as error:
        raise ConfigurationError(f"The customer file {path}: {error.message}", code="bad-customers") from error
    yield directory


def _read(path: Path) -> _Table:
    version = version_of(path)
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InputError(f"It has more than {MAX_BYTES} bytes; put it into SQLite.", code="bad-customer-file")
    lines = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    rows: dict[str, tuple[str, ...]] = {}
    try:
        head = next(lines, list[str]())
        columns = Columns.of(head)
        for row in lines:
            if any(cell.strip() for cell in row):
                _add(rows, columns, tuple(row), width=len(head), line=lines.line_num)
    except csv.Error as error:
        raise InputError(f"Line {lines.line_num}: {error}.", code="bad-customer-file") from error
    return _Table(version, columns, rows)


def _add(rows: dict[str, tuple[str, ...]], columns: Columns, row: tuple[str, ...], *, width: int, line: int) -> None:
    if len(row) != width:
        raise InputError(f"Line {line}: {len(row)} cells where the head has {width}.", code="bad-customer-file")
    customer_id = columns.customer_id(row)
    if not customer_id or customer_id in rows:
        raise InputError(f"Line {line}: every customer needs an id, once.", code="bad-customer-file")
    if max(map(len, row)) > MAX_VALUE_CHARS:
        raise InputError(f"Line {line}: a cell has more than {MAX_VALUE_CHARS} characters.", code="bad-customer-file")
    rows[customer_id] = row


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes in China."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("Its text is neither UTF-8 nor GB 18030.", code="bad-customer-file")
