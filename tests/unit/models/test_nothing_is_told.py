"""What runs the models keeps no record for its maker and sends none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlp.understanding import model

UNDERSTANDING = Path(model.__file__).parents[1] / "assets" / "understanding"


@pytest.mark.parametrize(
    "load",
    [
        "from pathlib import Path; from models.sessions import open_session; open_session(Path(sys.argv[1]))",
        "import models.directory, onnxruntime",
    ],
)
def test_the_runtime_keeps_nothing_for_its_maker(load: str, tmp_path: Path) -> None:
    unmarked = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    command = [sys.executable, "-c", f"import sys; {load}", str(UNDERSTANDING / "encoder.onnx")]
    done = subprocess.run(
        command,
        env=unmarked | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not list(tmp_path.rglob("onnxruntime*"))
