"""A disk that is full for this process."""

from __future__ import annotations

import resource
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def files_limited(size_bytes: int) -> Generator[None]:
    """Make the kernel refuse this process every write beyond that size of a file; what still fits, it takes.

    Needs no rights and no file system of its own. The error is EFBIG where a full disk says ENOSPC.
    """
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
