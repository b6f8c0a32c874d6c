from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.models.tiny_model import TinyModel, make_tiny_model


@pytest.fixture
def tiny(tmp_path: Path) -> TinyModel:
    return make_tiny_model(tmp_path)
