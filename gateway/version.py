"""Which Livecue this is."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version

from gateway.settings import SOURCE_ROOT


def livecue_version() -> str:
    """Of the installed copy, else of the checkout it runs from."""
    try:
        return version("livecue")
    except PackageNotFoundError:
        project = tomllib.loads((SOURCE_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])
