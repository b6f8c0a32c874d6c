"""Makes Livecue's five packages importable, then hands over to the command line.

An installed copy keeps ``assist``, ``asr``, ``nlp``, ``models`` and ``gateway`` privately under ``livecue/_app``,
because names as general as these would collide in site-packages; a checkout has them beside ``livecue``. Either way
their folder goes first on ``sys.path``, which processes started by ``multiprocessing`` inherit.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

LAUNCHER_DIR = Path(__file__).resolve().parent


def app_root(launcher_dir: Path = LAUNCHER_DIR) -> Path:
    """The folder that holds the five packages: private in an installed copy, the repository in a checkout."""
    private = launcher_dir / "_app"
    return private if private.is_dir() else launcher_dir.parent


def expose(root: Path) -> None:
    """Put ``root`` first on ``sys.path`` and make sure that ``assist`` is its own.

    Exits with a message when another package of that name was imported before.
    """
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    found = importlib.import_module("assist").__file__
    if found is None or Path(found).resolve().parent != root / "assist":
        sys.exit(f"livecue: another package named 'assist' is in the way: {found}. Give Livecue its own environment.")


def main() -> None:
    """Entry point of the ``livecue`` command."""
    expose(app_root())
    importlib.import_module("gateway.cli").main()
