"""The playbooks of a running service: read in a thread, put in place as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from assist.playbook import Playbook, PlaybookFile, PlaybookLibrary, ReloadResult


class LivePlaybooks:
    """A playbook library that can be read again without stopping the event loop.

    ``prepare`` is called in the thread with every playbook that was taken over, so that its first call finds it ready.
    """

    def __init__(self, library: PlaybookLibrary, *, prepare: Callable[[Playbook], object] = lambda _: None) -> None:
        self._library = library
        self._prepare = prepare
        self._turn = asyncio.Lock()

    def get(self, name: str | None = None) -> Playbook:
        """The last good playbook of a name. Raises PlaybookError "unknown-playbook"."""
        return self._library.get(name)

    def files(self) -> Sequence[PlaybookFile]:
        """Every file and what is in use of it, by path."""
        return self._library.files()

    def in_use(self) -> Sequence[Playbook]:
        """Every playbook that calls can run under."""
        return [file.playbook for file in self._library.files() if file.playbook is not None]

    async def restore(self, path: Path, text: str) -> Playbook:
        """Use an older text in place of a broken file that has no good version. Raises PlaybookError."""
        async with self._turn:
            fresh = self._library.copy()
            playbook = await asyncio.to_thread(self._restored, fresh, path, text)
            self._library = fresh
            return playbook

    async def reload(self) -> Sequence[ReloadResult]:
        """Read the directory again; what changed or newly fails."""
        async with self._turn:
            fresh = self._library.copy()
            results = await asyncio.to_thread(self._read, fresh)
            self._library = fresh
            return results

    def _restored(self, library: PlaybookLibrary, path: Path, text: str) -> Playbook:
        playbook = library.restore(path, text)
        self._prepare(playbook)
        return playbook

    def _read(self, library: PlaybookLibrary) -> Sequence[ReloadResult]:
        results = library.reload()
        for result in results:
            if result.playbook is not None:
                self._prepare(result.playbook)
        return results
