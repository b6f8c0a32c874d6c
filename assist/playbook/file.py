"""Playbook files."""

from __future__ import annotations

from pathlib import Path

from assist.errors import PlaybookError
from assist.playbook.model import Playbook
from assist.playbook.parse import parse_playbook
from assist.playbook.reader import MAX_PLAYBOOK_BYTES


def load_playbook(path: Path) -> Playbook:
    """Read and parse a file. Raises PlaybookError, also when it cannot be read."""
    return parse_playbook(read_playbook(path), str(path))


def read_playbook(path: Path) -> str:
    """The text of a file. Raises PlaybookError where it cannot be read or is not UTF-8."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PLAYBOOK_BYTES + 1)
    except OSError as error:
        raise PlaybookError(f"cannot be read: {error.strerror}", path=str(path)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PlaybookError("not UTF-8 text; save the file as UTF-8", path=str(path), line=line) from error
