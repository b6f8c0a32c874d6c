"""What is on its way out, one small file each, so that a restart loses none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assist.whole_file import whole_file

log = logging.getLogger(__name__)

ENDING = ".json"

Place = tuple[str, int]
"""Call id, and the place in its log; 0: what holds of the call as a whole."""


class Waiting(BaseModel):
    """Something of a call that is to be handed on; what it says is read from the store when it goes."""

    model_config = ConfigDict(frozen=True)

    call_id: str
    seq: int = 0
    """Of the event; 0: what holds of the call as a whole."""
    channel: str = ""
    """To whom, where there are several receivers."""
    name: str = ""
    """Of what is handed on, within its call."""
    next_at: datetime
    """Aware UTC: not tried before."""
    attempts: int = 0
    """So far."""
    reason: str = ""
    """Stable code of the last failure."""

    @property
    def place(self) -> Place:
        return self.call_id, self.seq


class Outbox:
    """All that waits, by place; every change outlives the process when its method returns. Raises OSError.

    Layout: ``CALL_ID.json`` for what holds of a call, ``CALL_ID/SEQ.json`` for its events.
    """

    def __init__(self, directory: Path, *, limit: int = 100_000) -> None:
        """``directory`` is made if it is not there; ``limit``: how many may wait."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._limit = limit
        paths = sorted((*directory.glob(f"*{ENDING}"), *directory.glob(f"*/*{ENDING}")))
        self._waiting = {one.place: one for path in paths if path.is_file() and (one := _read(path))}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether nothing more may come; what waits may still be put back."""
        return len(self._waiting) >= self._limit

    def put(self, waiting: Waiting) -> None:
        """Take it in, in place of what was known of its place; in memory even if the disk refuses."""
        self._waiting[waiting.place] = waiting
        path = self._path(waiting.place)
        path.parent.mkdir(exist_ok=True)
        # Called on the event loop, which is not to wait for the disk.
        with whole_file(path, is_durable=False) as file:
            file.write(waiting.model_dump_json().encode())

    def get(self, place: Place) -> Waiting | None:
        """What waits of a place."""
        return self._waiting.get(place)

    def remove(self, place: Place) -> None:
        """Nothing is left of it to hand on."""
        path = self._path(place)
        path.unlink(missing_ok=True)
        self._waiting.pop(place, None)
        if path.parent != self._directory and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def next(self, takes: Callable[[Waiting], bool] = lambda _: True) -> Waiting | None:
        """The longest due of those that ``takes`` wants."""
        wanted = filter(takes, self._waiting.values())
        return min(wanted, key=lambda waiting: (waiting.next_at, waiting.place), default=None)

    def _path(self, place: Place) -> Path:
        call_id, seq = place
        return self._directory / f"{call_id}/{seq}{ENDING}" if seq else self._directory / f"{call_id}{ENDING}"


def _read(path: Path) -> Waiting | None:
    try:
        return Waiting.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        log.warning("something that waits to be handed on cannot be read; it is left out", extra={"file": path.name})
        return None
