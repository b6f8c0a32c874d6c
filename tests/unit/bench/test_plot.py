"""Pictures of results."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assist.errors import ConfigurationError, InputError
from bench.plot import Panel, Series, check_picture, draw

PANELS = [
    Panel(
        "finals", "call", "latency (ms)", [Series("p50", [1, 2], [500, 600]), Series("p95", [1, 2], [700, 900])], 1500
    ),
    Panel("guards", "guard", "actions", [Series("actions", ["row-cap", "too-fast"], [3, 1], "bars")]),
    Panel("trade-off", "cost", "CER (%)", [Series("beam 5", [1.0, 2.0], [18.0, 17.0], "points")]),
]


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_picture_is_written_in_the_format_of_its_name(name: str, tmp_path: Path) -> None:
    draw(tmp_path / name, "a title", PANELS)
    start = (tmp_path / name).read_bytes()[:5]
    assert start == {"a.png": b"\x89PNG\r", "a.svg": b"<?xml"}[name]


@pytest.mark.parametrize("name", ["a.gif", "a", "missing/a.png"])
def test_picture_that_cannot_be_written_is_refused_before_the_measurement(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        check_picture(tmp_path / name)
    assert raised.value.code == "bad-picture"


def test_missing_matplotlib_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    check_picture(None)
    with pytest.raises(ConfigurationError) as raised:
        check_picture(tmp_path / "a.png")
    assert raised.value.code == "no-matplotlib"
