"""Every `livecue` command that the README names exists with the options it is given there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?:\.venv/bin/|`)livecue ([a-z]+(?: (?:list|fetch|verify|latency|capacity|asr|nlu))?)([^#\n`]*)")


def commands() -> dict[str, set[str]]:
    """Subcommand as typed, and the options the README gives it."""
    found: dict[str, set[str]] = {}
    for command, rest in COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        found.setdefault(command, set()).update(re.findall(r"--[a-z-]+", rest))
    return found


@pytest.mark.parametrize(
    ("command", "options"), commands().items(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_readme_command_exists(command: str, options: set[str]) -> None:
    asked = [sys.executable, "-m", "livecue", *command.split(), "--help"]
    result = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    for option in options:
        assert option in result.stdout
