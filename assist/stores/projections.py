"""What is made from calls and kept outside of the tables that have a ``call_id``: it must go when they go."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.ports import AudioStore


class Projection(Protocol):
    """Registered with ``RecordStore.register``, where all that keeps something of calls is known."""

    @property
    def name(self) -> str:
        """Under which the log says how many things were removed."""
        ...

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        """Remove what was made from these calls; how many things there were.

        Runs inside of the transaction that removes the calls, before their rows go; what is no table is removed even
        if the transaction fails, and then again with the next attempt. Raises StoreError.
        """
        ...

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        """How many things of these calls are there; looked at before the transaction ends."""
        ...


class SoundProjection:
    """The recordings in the audio store."""

    name = "sound"

    def __init__(self, audio_store: AudioStore) -> None:
        self._audio_store = audio_store

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return sum([await self._audio_store.remove(call_id) for call_id in call_ids])

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return sum([await self._audio_store.path(call_id) is not None for call_id in call_ids])


class FileProjection:
    """A file or a directory of each call, ``<call_id><suffix>``."""

    def __init__(self, name: str, directory: Path, *, suffix: str = "") -> None:
        self._name = name
        self._directory = directory
        self._suffix = suffix

    @property
    def name(self) -> str:
        return self._name

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return await asyncio.to_thread(lambda: sum([self._remove(self._path(call_id)) for call_id in call_ids]))

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return await asyncio.to_thread(lambda: sum([self._path(call_id).exists() for call_id in call_ids]))

    def _path(self, call_id: str) -> Path:
        return self._directory / f"{call_id}{self._suffix}"

    def _remove(self, path: Path) -> bool:
        try:
            if path.is_dir():
                shutil.rmtree(path)
                return True
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(
                f"What is kept of a call ({self._name}) cannot be removed; see the server's log."
            ) from error
        return True
