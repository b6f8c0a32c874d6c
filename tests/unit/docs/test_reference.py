"""The reference pages say what the code says."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pages() -> Mapping[Path, str]:
    return _reference().pages()


def _reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["events.md", "errors.md", "settings.md", "metrics.md", "reports.md"])
def test_reference_page_is_up_to_date(page: str, pages: Mapping[Path, str]) -> None:
    path = ROOT / "docs" / page
    assert path.read_text(encoding="utf-8") == pages[path], "run `make reference`"
