"""Where Debian's Chromium is."""

from __future__ import annotations

import shutil


def chromium_path() -> str:
    """The browser that `make test` installs. Raises RuntimeError with what to do when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise RuntimeError("no Chromium on PATH; run scripts/system_packages.sh test")
