"""Recordings and what is said in them: a file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from asr.audio.files import Recording
from assist.errors import AudioFormatError, InputError

Band = Literal["8k", "16k"]
UNSTATED = "unstated"
"""A style, dataset or speaker that the manifest leaves out."""

_CHECKED_MS = 10_000


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One recording with its words."""

    path: Path
    text: str
    style: str = UNSTATED
    """"read", "spontaneous" …"""
    dataset: str = UNSTATED
    speaker: str = UNSTATED
    terms: tuple[str, ...] = ()
    """Names that are said in it."""
    duration_ms: int = 0
    """As the file declares it; 0 until ``measured``."""


def read_manifest(manifest: Path, *, band: Band | None = None) -> list[ManifestRow]:
    """Rows of JSON lines: ``text``, ``path`` or ``path_8k``, perhaps ``style``, ``dataset``, ``speaker``, ``terms``.

    Paths are relative to the manifest's folder. Without a band ``path_8k`` goes before ``path``; "8k" wants
    ``path_8k`` and "16k" ``path`` on every line. Raises InputError "bad-manifest" with the line that cannot be used.
    """
    rows: list[ManifestRow] = []
    try:
        lines = manifest.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The manifest {manifest.name} cannot be read.", code="bad-manifest") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(cast("dict[str, Any]", json.loads(line)), manifest.parent, band))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            wanted = {"8k": "path_8k", "16k": "path", None: "path (or path_8k)"}[band]
            raise InputError(
                f"{manifest.name}:{number}: every line must be an object with {wanted} and text.", code="bad-manifest"
            ) from error
    if not rows:
        raise InputError(f"The manifest {manifest.name} names no recordings.", code="bad-manifest")
    return rows


def _row(fields: dict[str, Any], folder: Path, band: Band | None) -> ManifestRow:
    match band:
        case "8k":
            path = fields["path_8k"]
        case "16k":
            path = fields["path"]
        case None:
            path = fields.get("path_8k") or fields["path"]
    return ManifestRow(
        path=folder / str(path),
        text=str(fields["text"]),
        style=str(fields.get("style") or UNSTATED),
        dataset=str(fields.get("dataset") or UNSTATED),
        speaker=str(fields.get("speaker") or UNSTATED),
        terms=tuple(map(str, fields.get("terms") or ())),
    )


def measured(rows: Sequence[ManifestRow]) -> list[ManifestRow]:
    """The rows with their durations; reads every file to its end, so that a bad one is found before the long run.

    Raises InputError "bad-manifest" that counts the recordings that cannot be read and says why for the first.
    """
    found: list[ManifestRow] = []
    failures: list[AudioFormatError] = []
    for row in rows:
        try:
            with Recording(row.path) as recording:
                samples = sum(len(block) for block in recording.blocks(_CHECKED_MS))
                found.append(replace(row, duration_ms=samples * 1000 // recording.rate_hz))
        except AudioFormatError as failure:
            failures.append(failure)
    if failures:
        raise InputError(
            f"{len(failures)} of {len(rows)} recordings cannot be read; the first: {failures[0].message}",
            code="bad-manifest",
        ) from failures[0]
    return found
