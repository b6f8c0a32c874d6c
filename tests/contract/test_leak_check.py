"""The leak check of tests/conftest.py is made where it should be, whatever part of the tests is run."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

TESTS = Path(__file__).parents[1]
LEAK_CHECKED = {"contract", "integration"}


def test_whatever_is_collected_of_adapters_and_servers_is_checked_for_leaks(request: pytest.FixtureRequest) -> None:
    items = cast("list[pytest.Function]", request.session.items)
    checked = [item for item in items if item.path.relative_to(TESTS).parts[0] in LEAK_CHECKED]
    assert checked
    assert [item.nodeid for item in checked if "no_leaks" not in item.fixturenames] == []
