"""The launcher finds its packages and refuses foreign ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livecue.launcher import app_root, expose

ROOT = Path(__file__).parents[3]


def test_checkout_holds_the_packages_beside_the_launcher() -> None:
    assert app_root() == ROOT


def test_installed_copy_holds_the_packages_privately(tmp_path: Path) -> None:
    (tmp_path / "_app").mkdir()
    assert app_root(tmp_path) == tmp_path / "_app"


def test_exposed_folder_comes_first_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["/elsewhere", str(ROOT), "/other"])
    expose(ROOT)
    assert sys.path == [str(ROOT), "/elsewhere", "/other"]


def test_foreign_package_of_the_same_name_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit, match="another package named 'assist' is in the way"):
        expose(tmp_path)
