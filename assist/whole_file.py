"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(
    path: Path, *, mode: int | None = None, keeps_old: bool = False, is_durable: bool = True
) -> Generator[BinaryIO]:
    """A file to write (and read) that is put in the place of ``path`` when the block ends; nothing is left if it fails.

    A link to a file stays a link. ``mode``: rights of the file, which at no moment has more; None: as the process gives
    them. ``keeps_old``: a file that came to be there meanwhile stays. ``is_durable``: the content is on disk then, for
    which one waits; else it outlives this process, and a power cut may empty it. Raises OSError.
    """
    target = path.resolve()
    unfinished = target.with_name(f".{secrets.token_hex(8)}.part")
    created_with = 0o666 if mode is None else mode & 0o600
    try:
        with open(unfinished, "x+b", opener=lambda name, flags: os.open(name, flags, created_with)) as file:
            yield file
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        if mode is not None:
            unfinished.chmod(mode)
        if keeps_old:
            with suppress(FileExistsError):
                os.link(unfinished, target)
        else:
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
