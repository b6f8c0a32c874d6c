"""docs/operations.md names what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from gateway.cli import app

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_metric_in_an_alarm_exists() -> None:
    named = set(re.findall(r"livecue_[a-z_]+", TEXT))
    known = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert named
    assert not [name for name in named if f"`{name}`" not in known]


def test_every_setting_exists() -> None:
    named = set(re.findall(r"LIVECUE_[A-Z_]+", TEXT)) - {"LIVECUE_API_KEY"}
    known = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert not [name for name in named if f"`{name}`" not in known]


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`livecue ([a-z][a-z ]*)", TEXT))))
def test_every_command_exists(line: str) -> None:
    command = get_command(app)
    for word in line.split():
        command = getattr(command, "commands", {}).get(word)
        assert command is not None, line
