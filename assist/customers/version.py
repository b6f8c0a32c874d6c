"""Which state of a file an answer comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path


def version_of(*paths: Path) -> str:
    """When the newest of these files was written, in UTC to the microsecond; the first must exist. Raises OSError."""
    newest_ns = max(path.stat().st_mtime_ns for path in paths if path is paths[0] or path.exists())
    written = datetime.fromtimestamp(newest_ns // 10**9, UTC)
    return f"{written:%Y%m%dT%H%M%S}.{newest_ns % 10**9 // 1000:06d}Z"
