"""Wrap-ups on their way out, one small file each, so that a restart loses none."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

log = logging.getLogger(__name__)

ENDING = ".json"


class Waiting(BaseModel):
    """A call whose wrap-up is to be handed on."""

    model_config = ConfigDict(frozen=True)

    call_id: str
    next_at: datetime
    """Aware UTC: not tried before."""
    attempts: int = 0
    """Of the wrap-up that holds."""
    reason: str = ""
    """Stable code of the last failure."""


class Outbox:
    """All that waits, by call; every change is on disk when its method returns. Raises OSError."""

    def __init__(self, directory: Path) -> None:
        """``directory`` is made if it is not there."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._waiting = {one.call_id: one for path in sorted(directory.glob(f"*{ENDING}")) if (one := _read(path))}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, waiting: Waiting) -> None:
        """Take a call in, in place of what was known of it; in memory even if the disk refuses."""
        self._waiting[waiting.call_id] = waiting
        path = self._path(waiting.call_id)
        draft = path.with_suffix(".tmp")
        draft.write_text(waiting.model_dump_json(), encoding="utf-8")
        os.replace(draft, path)

    def get(self, call_id: str) -> Waiting | None:
        """What is known of a call."""
        return self._waiting.get(call_id)

    def remove(self, call_id: str) -> None:
        """Nothing is left to hand on."""
        self._path(call_id).unlink(missing_ok=True)
        self._waiting.pop(call_id, None)

    def in_order(self) -> Sequence[Waiting]:
        """The next one first."""
        return sorted(self._waiting.values(), key=lambda waiting: (waiting.next_at, waiting.call_id))

    def _path(self, call_id: str) -> Path:
        return self._directory / f"{call_id}{ENDING}"


def _read(path: Path) -> Waiting | None:
    try:
        return Waiting.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        log.warning("a waiting wrap-up cannot be read; it is left out", extra={"file": path.name})
        return None
