"""Search by meaning: places of archived utterances, made when calls are over and compared when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from assist.messages import Party
from assist.search.document import Line
from assist.search.places import LEAST_LIKENESS, Placer, asked_sentences, sentence_of
from assist.search.query import Said
from assist.stores.meaning_index import Int64Array, MeaningIndex, Near
from assist.stores.meanings import MeaningStore, checksum_of

LOADED_CALLS = 2_000
"""Read from the database at once."""

Asked = Mapping[Party | None, bytes]
"""Places of sentences by who has to have said something like them; None: anybody."""


class MeaningSearch:
    """The places that a database holds of one model, kept in memory.

    What others write and erase is taken over by ``refresh``. Methods raise StoreError when the database cannot serve,
    and what the model raises.
    """

    def __init__(self, store: MeaningStore, placer: Placer) -> None:
        self._store = store
        self._placer = placer
        self._index = MeaningIndex(placer.width)
        self._is_loaded = False
        self._turn = asyncio.Lock()

    @property
    def calls(self) -> int:
        """In memory."""
        return len(self._index)

    @property
    def utterances(self) -> int:
        """In memory."""
        return self._index.utterances

    def held(self) -> bytes:
        """Every byte of every place in memory."""
        return self._index.held()

    async def place_some(self, *, limit: int) -> int:
        """Place the utterances of the newest calls that lack it; how many calls there were."""
        return await self._place(await self._store.lacking(self._placer.source, limit=limit))

    async def place_again(self, call_ids: Sequence[str]) -> None:
        """Place the utterances of these calls, whatever is there of them; unknown calls are passed over."""
        await self._place(await self._store.lines(call_ids))

    async def _place(self, waiting: Mapping[int, Sequence[Line]]) -> int:
        source, width = self._placer.source, self._placer.width
        wanted = [sentence_of(line) for lines in waiting.values() for line in lines]
        found = await self._placer.places([one for one in wanted if one is not None], is_awaited=False)
        made = iter(found)
        places = iter([bytes(width) if one is None else next(made) for one in wanted])
        placed = {call_no: (lines, [next(places) for _ in lines]) for call_no, lines in waiting.items()}
        if placed:
            await self._store.write(source, placed)
        return len(placed)

    async def refresh(self) -> None:
        """Hold in memory what the database holds, no more and no less."""
        async with self._turn:
            await self._read_new()
            if await self._store.checksum(self._placer.source) != checksum_of(self._index.versions.values()):
                stored = await self._store.versions(self._placer.source)
                held = self._index.versions
                self._index.remove([call_no for call_no in held if held[call_no] != stored.get(call_no)])
                if len(self._index) != len(stored):
                    # Written by a service whose clock is behind, after later rows were erased.
                    self._index = MeaningIndex(self._placer.width)
                    await self._read_new()
            self._is_loaded = True

    async def asked(self, said: Iterable[Said]) -> Asked:
        """The words that are wanted, placed; once for a question."""
        sentences = asked_sentences(said)
        places = await self._placer.places(list(sentences.values()), is_awaited=True)
        return dict(zip(sentences, places, strict=True))

    async def nearest(self, asked: Asked, *, among: Int64Array | None, most: int) -> Near:
        """The calls in which something like it was said, the likest first; ``among``: those that may be found."""
        if not self._is_loaded:
            await self.refresh()
        return await asyncio.to_thread(self._index.nearest, asked, among=among, least=LEAST_LIKENESS, most=most)

    def lines_like(self, call_no: int, asked: Asked, *, most: int) -> Sequence[tuple[int, float]]:
        """Places in the call of the utterances that are like it, and how like."""
        return self._index.lines_like(call_no, asked, least=LEAST_LIKENESS, most=most)

    async def _read_new(self) -> None:
        while calls := await self._store.written_after(self._index.version, self._placer.source, limit=LOADED_CALLS):
            await asyncio.to_thread(self._index.put, calls)
