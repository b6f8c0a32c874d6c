"""The wheel holds one top-level name and works from anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("assist", "asr", "nlp", "models", "gateway")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built with the environment's own hatchling."""
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(ROOT), cwd=dist)
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, which borrows this environment's libraries but not its checkout."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", str(home / "venv"), cwd=home)
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--link-mode", "copy",
        "--python", str(home / "venv/bin/python"), str(wheel), cwd=home)  # fmt: skip
    site = next((home / "venv/lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(borrowed_libraries(home) + "\n", encoding="utf-8")
    return home


def borrowed_libraries(home: Path) -> str:
    """A folder of links to everything installed here, except Livecue itself and ``.pth`` files."""
    folder = home / "libraries"
    folder.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.suffix != ".pth" and not entry.name.startswith("livecue"):
            (folder / entry.name).symlink_to(entry)
    return str(folder)


def run(*command: str, cwd: Path) -> str:
    """Standard output of a command outside the checkout."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_wheel_has_one_top_level_name(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"livecue"}


def test_wheel_holds_what_runs_need_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for package in PACKAGES:
        assert f"livecue/_app/{package}/__init__.py" in names
    assert "livecue/_app/models/manifest.toml" in names
    assert any(name.startswith("livecue/_app/asr/assets/") and name.endswith(".onnx") for name in names)
    assert any(name.startswith("livecue/_app/models/cards/") for name in names)
    assert any(name.startswith("livecue/_app/assist/stores/migrations/versions/") for name in names)
    assert "livecue/_app/examples/playbooks/telecom.yaml" in names
    assert "livecue/_app/examples/calls/01-cross-sell.flac" in names
    assert "livecue/_app/examples/customers/telecom.csv" in names
    assert not any("tests/" in name or name.endswith(".pyc") for name in names)
    if (ROOT / "gateway/static/index.html").is_file():
        assert "livecue/_app/gateway/static/index.html" in names


def test_installed_command_runs_outside_the_checkout(installed: Path) -> None:
    command = str(installed / "venv/bin/livecue")
    assert "0.1.0" in run(command, "--version", cwd=installed)
    models = json.loads(run(command, "models", "list", "--json", cwd=installed).splitlines()[0])
    assert "whisper-base" in json.dumps(models)


def test_packages_are_private_without_the_launcher(installed: Path) -> None:
    probe = f"import importlib.util as u, json; print(json.dumps([bool(u.find_spec(n)) for n in {PACKAGES!r}]))"
    found = json.loads(run(str(installed / "venv/bin/python"), "-c", probe, cwd=installed))
    assert found == [False] * len(PACKAGES)


def test_launcher_exposes_its_own_packages(installed: Path) -> None:
    probe = "from livecue import launcher; launcher.expose(launcher.app_root()); import assist; print(assist.__file__)"
    where = run(str(installed / "venv/bin/python"), "-c", probe, cwd=installed).strip()
    assert where.endswith("livecue/_app/assist/__init__.py")
