"""Every test of adapters is checked for leaks."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def leak_checked(no_leaks: None) -> None:
    """By asking for the check."""
