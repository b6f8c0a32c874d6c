"""The sound of stored calls as it leaves the service."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from assist.errors import NotFoundError
from assist.ports import AudioStore
from assist.stores.peaks import Peaks, peaks_of

_Version = tuple[Path, int, int]
"""Of a file: where it is, when it was written, how long it is."""


class CallSound:
    """What may be heard of calls, and pictures of it.

    Pictures of the last ``kept_peaks`` calls stay in memory (about 8 kB each): a file of them would be one more place
    to look when a call is erased. They are made one at a time, for each keeps a core busy.
    """

    def __init__(self, store: AudioStore, *, kept_peaks: int = 256) -> None:
        if kept_peaks < 1:
            raise ValueError("kept_peaks must be at least 1")
        self._store = store
        self._kept_peaks = kept_peaks
        self._peaks: OrderedDict[_Version, Peaks] = OrderedDict()
        self._turn = asyncio.Lock()

    async def file(self, call_id: str) -> Path:
        """The file that is played: all sound of calls, and every picture of it, comes through here.

        Raises NotFoundError "no-audio".
        """
        path = await self._store.path(call_id)
        if path is None:
            raise NotFoundError("This call has no recording, or it is still live.", code="no-audio")
        return path

    async def peaks(self, call_id: str) -> Peaks:
        """How loud the parties are over the time of what is played.

        Raises NotFoundError "no-audio", StoreError "audio-store-unavailable".
        """
        file = await self.file(call_id)
        async with self._turn:
            version = await asyncio.to_thread(_version, file)
            peaks = self._peaks.pop(version, None) or await asyncio.to_thread(peaks_of, file)
            self._peaks[version] = peaks
            while len(self._peaks) > self._kept_peaks:
                self._peaks.popitem(last=False)
        return peaks


def _version(file: Path) -> _Version:
    try:
        state = file.stat()
    except FileNotFoundError:
        raise NotFoundError("This call has no recording any more.", code="no-audio") from None
    return file, state.st_mtime_ns, state.st_size
