"""From the name of a model in the settings to a directory with checked files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from assist.errors import ModelFilesError
from models.catalogue import Catalogue, load_catalogue
from models.verification import verify_model

HUB_PREFIX = "hub:"

_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelDirectory:
    """A model ready to load."""

    name: str
    version: str
    """Catalogue version, hub revision, or fingerprint of a local directory's files."""
    path: Path

    @property
    def label(self) -> str:
        """name@version, for the record."""
        return f"{self.name}@{self.version}"

    def file(self, name: str) -> Path:
        """One of its files."""
        return self.path / name


def download_from_hub(name: str) -> Path:
    """Directory of a model of faster-whisper's hub names ("small", "large-v3" …) or a hub repository ("owner/name").

    Downloads it into the hub's own cache, if need be. Raises ModelFilesError "unknown-model" or "model-fetch-failed".
    """
    from faster_whisper import utils as faster_whisper  # heavy and native: only for who asks for the hub

    known = faster_whisper.available_models()
    if "/" not in name and name not in known:
        raise ModelFilesError(f"The hub has no model {name!r}; known: {', '.join(known)}.", code="unknown-model")
    try:
        return Path(cast(str, faster_whisper.download_model(name)))
    except (OSError, ValueError) as error:
        raise ModelFilesError(
            f"Model {name!r} could not be downloaded from the hub. Without network access, copy its directory here and "
            "give the path instead.",
            code="model-fetch-failed",
        ) from error


def locate(
    models_dir: Path,
    reference: str,
    *,
    catalogue: Catalogue | None = None,
    hub: Callable[[str], Path] = download_from_hub,
    require: Callable[[Path], None] | None = None,
) -> ModelDirectory:
    """The directory of a catalogue name, of a local path, or of ``hub:NAME``. Blocks: touches files, maybe the network.

    Catalogue files must match their checksums (quick check), others must be complete. The hub is asked only when the
    reference says so. ``require`` looks at the directory, and raises unless the backend can use it; by default files
    of others are looked at by ``require_recogniser_files``.
    Raises ModelFilesError "unknown-model", "model-files-missing", "model-files-damaged".
    """
    check = require or require_recogniser_files
    known = catalogue or load_catalogue()
    if reference.startswith(HUB_PREFIX):
        name = reference.removeprefix(HUB_PREFIX)
        path = hub(name)
        check(path)
        return ModelDirectory(name=name, version=path.name[:12], path=path)
    path = Path(os.path.expanduser(reference))
    if reference and reference not in known and path.is_dir():
        check(path)
        return ModelDirectory(name=path.resolve().name, version=fingerprint(path), path=path)
    if "/" in reference or reference.startswith(("~", ".")):
        raise ModelFilesError(f"There is no model directory {reference}.", code="model-files-missing")
    model = known.model(reference)
    verification = verify_model(models_dir, model, quick=True)
    verification.require()
    if require is not None:
        require(verification.directory)
    return ModelDirectory(name=model.name, version=model.version, path=verification.directory)


def require_recogniser_files(path: Path) -> None:
    """Raise ModelFilesError "model-files-missing" unless the directory is a whole CTranslate2 Whisper model.

    The tokenizer matters most: without the file, faster-whisper would ask the hub for it at start.
    """
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (path / name).is_file()]
    if not any(path.glob("vocabulary.*")):
        missing.append("vocabulary.json")
    if missing:
        raise ModelFilesError(
            f"{path} is not a complete CTranslate2 Whisper model; missing: {', '.join(missing)}.",
            code="model-files-missing",
        )


def fingerprint(path: Path) -> str:
    """12 hex digits that change with the model: size, first and last MiB of every file. Quick for large files."""
    digest = hashlib.sha256()
    for file in sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith(".")):
        size_bytes = file.stat().st_size
        digest.update(f"{file.name}:{size_bytes}:".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_SAMPLE_BYTES))
            stream.seek(max(0, size_bytes - _SAMPLE_BYTES))
            digest.update(stream.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]
