"""A classifier is found by its settings, without its libraries being imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ConfigurationError
from nlp.backends import BACKENDS, location
from nlp.backends.location import locate_classifier


def test_libraries_that_are_not_there_are_named_by_their_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(location, "find_spec", asked.append)
    with pytest.raises(ConfigurationError, match=r"livecue\[transformers\]") as caught:
        locate_classifier("transformers", str(tmp_path), tmp_path)
    assert caught.value.code == "backend-not-installed"
    assert asked == [BACKENDS["transformers"].libraries[0]]
