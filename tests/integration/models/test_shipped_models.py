"""The models of the real catalogue, where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.catalogue import load_catalogue
from models.directory import locate, require_recogniser_files
from models.verification import verify

MODELS_DIR = Path(os.environ.get("LIVECUE_MODELS_DIR", Path(__file__).parents[3] / "var" / "models"))


def test_voice_detector_is_the_one_inside_the_installed_package() -> None:
    verify(MODELS_DIR, "silero-vad").require()
    assert locate(MODELS_DIR, "silero-vad").file("silero_vad_v6_2.onnx").is_file()


def test_default_recogniser_matches_every_checksum() -> None:
    if verify(MODELS_DIR, "whisper-base", quick=True).is_absent:
        pytest.fail("whisper-base is not in the models directory; get it with `livecue models fetch whisper-base`")
    verify(MODELS_DIR, "whisper-base").require()
    found = locate(MODELS_DIR, "whisper-base")
    assert found.label == "whisper-base@1.0.0"
    require_recogniser_files(found.path)
    assert {path.name for path in found.path.iterdir() if not path.name.startswith(".")} == {
        file.name for file in load_catalogue().model("whisper-base").files
    }
