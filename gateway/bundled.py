"""The calls that come with Livecue: the demonstration plays them, the softphone drills with them."""

from __future__ import annotations

from pathlib import Path

from assist.errors import ConfigurationError
from gateway.settings import SOURCE_ROOT

CALLS_DIR = SOURCE_ROOT / "examples" / "calls"
HOTLINES_DIR = CALLS_DIR / "other-hotlines"
"""Calls to a bank and a shop, under their playbooks."""


def bundled_calls(directory: Path = CALLS_DIR) -> tuple[Path, ...]:
    """The telecom calls that come with Livecue. Raises ConfigurationError "no-demo-calls"."""
    recordings = tuple(sorted(directory.glob("*.flac")))
    if not recordings:
        raise ConfigurationError(f"There are no demo calls in {directory}; reinstall Livecue.", code="no-demo-calls")
    return recordings


def demo_calls() -> tuple[Path, ...]:
    """All calls that come with Livecue, telecom first. Raises ConfigurationError "no-demo-calls"."""
    return *bundled_calls(), *bundled_calls(HOTLINES_DIR)
