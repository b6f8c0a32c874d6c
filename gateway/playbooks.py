"""The playbooks of a running service: read in a thread, put in place as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from assist.playbook import Playbook, PlaybookLibrary, ReloadResult


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

    async def reload(self) -> Sequence[ReloadResult]:
        """Read the directory again; what changed or newly fails."""
        async with self._turn:
            fresh = self._library.copy()
            results = await asyncio.to_thread(self._read, fresh)
            self._library = fresh
            return results

    def _read(self, library: PlaybookLibrary) -> Sequence[ReloadResult]:
        results = library.reload()
        for result in results:
            if result.playbook is not None:
                self._prepare(result.playbook)
        return results
