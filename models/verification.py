"""Whether a model's files are what the catalogue says.

The full check hashes every file. The quick one trusts a stamp beside the files that remembers size and modification
time of each file that hashed right, so that a start-up does not read 145 MB again, but does notice a changed file.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from assist.errors import ModelFilesError
from models.catalogue import Catalogue, CatalogueModel, ModelFile, load_catalogue

STAMP = ".verified.json"

FileState = Literal["ok", "missing", "damaged"]
Stamp = Mapping[str, tuple[int, int, str]]
"""File name to its size in bytes, modification time in ns, and sha256."""

_stamp_adapter: TypeAdapter[Stamp] = TypeAdapter(Stamp)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What was found of one file."""

    name: str
    state: FileState
    size_bytes: int | None
    """None when missing."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of a model."""

    model: str
    version: str
    directory: Path
    files: tuple[FileCheck, ...]
    repair: str
    """The command that makes it good."""

    @property
    def is_ok(self) -> bool:
        return not self.broken

    @property
    def is_absent(self) -> bool:
        """No file is there: the model was never fetched."""
        return all(check.state == "missing" for check in self.files)

    @property
    def broken(self) -> tuple[str, ...]:
        """Names of the files that are missing or damaged."""
        return tuple(check.name for check in self.files if check.state != "ok")

    @property
    def damaged(self) -> tuple[str, ...]:
        """Names of the files that are there and not what they should be."""
        return tuple(check.name for check in self.files if check.state == "damaged")

    @property
    def code(self) -> str | None:
        """Code of the error that ``require`` raises; None if all is well."""
        if self.is_ok:
            return None
        return "model-files-damaged" if self.damaged else "model-files-missing"

    def require(self) -> None:
        """Raise ModelFilesError "model-files-missing" or "model-files-damaged", with the remedy, unless all is well."""
        if self.damaged:
            raise ModelFilesError(
                f"Model {self.model} has damaged files in {self.directory}: {', '.join(self.damaged)}. "
                f"Repair them with `{self.repair}`.",
                code="model-files-damaged",
            )
        if self.is_absent:
            raise ModelFilesError(
                f"Model {self.model} is not in {self.directory}. Get it with `{self.repair}`.",
                code="model-files-missing",
            )
        if self.broken:
            raise ModelFilesError(
                f"Model {self.model} lacks files in {self.directory}: {', '.join(self.broken)}. "
                f"Get them with `{self.repair}`.",
                code="model-files-missing",
            )


def verify(models_dir: Path, name: str, *, quick: bool = False, catalogue: Catalogue | None = None) -> Verification:
    """Check every file of a catalogue model; reads them whole unless ``quick``. Blocks.

    Raises ModelFilesError "unknown-model".
    """
    return verify_model(models_dir, (catalogue or load_catalogue()).model(name), quick=quick)


def verify_model(models_dir: Path, model: CatalogueModel, *, quick: bool = False) -> Verification:
    """As ``verify``, for a model already looked up."""
    directory = model.directory(models_dir)
    is_stamped = bool(model.wheels)
    known: Stamp = _read_stamp(directory) if is_stamped else {}
    stamp: dict[str, tuple[int, int, str]] = {}
    checks: list[FileCheck] = []
    for file in model.files:
        check, entry = _check(directory / file.name, file, known.get(file.name) if quick else None)
        checks.append(check)
        if entry is not None:
            stamp[file.name] = entry
    if is_stamped and stamp != known:
        _write_stamp(directory, stamp)
    return Verification(
        model=model.name, version=model.version, directory=directory, files=tuple(checks), repair=model.repair
    )


def _check(
    path: Path, file: ModelFile, known: tuple[int, int, str] | None
) -> tuple[FileCheck, tuple[int, int, str] | None]:
    """State of one file and, if it is good, its stamp entry."""
    try:
        found = path.stat()
    except OSError:
        return FileCheck(name=file.name, state="missing", size_bytes=None), None
    entry = (found.st_size, found.st_mtime_ns, file.sha256)
    is_good = found.st_size == file.size_bytes and (entry == known or sha256_of(path) == file.sha256)
    check = FileCheck(name=file.name, state="ok" if is_good else "damaged", size_bytes=found.st_size)
    return check, entry if is_good else None


def sha256_of(path: Path) -> str | None:
    """None when it cannot be read as a file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _read_stamp(directory: Path) -> Stamp:
    try:
        return _stamp_adapter.validate_json((directory / STAMP).read_bytes())
    except (OSError, ValidationError):
        return {}


def _write_stamp(directory: Path, stamp: Stamp) -> None:
    """Best effort: a read-only models directory only costs the hashing at the next start."""
    temporary = directory / f"{STAMP}.{secrets.token_hex(4)}"
    try:
        temporary.write_bytes(_stamp_adapter.dump_json(stamp))
        temporary.replace(directory / STAMP)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
