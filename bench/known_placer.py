"""Places for an archive of made-up calls: what is said recurs in them, and is placed once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from assist.search.places import Placer, Sentence
from assist.stores.meaning_search import MeaningSearch

BATCH_CALLS = 500


class KnownPlacer:
    """Remembers every sentence that nobody waited for; what somebody asks for is placed as a service does."""

    def __init__(self, placer: Placer) -> None:
        self._placer = placer
        self._known: dict[Sentence, bytes] = {}

    @property
    def source(self) -> str:
        return self._placer.source

    @property
    def width(self) -> int:
        return self._placer.width

    async def places(self, sentences: Sequence[Sentence], *, is_awaited: bool) -> Sequence[bytes]:
        if is_awaited:
            return await self._placer.places(sentences, is_awaited=True)
        new = list(dict.fromkeys(one for one in sentences if one not in self._known))
        self._known.update(zip(new, await self._placer.places(new, is_awaited=False), strict=True))
        return [self._known[one] for one in sentences]


async def place_all(meanings: MeaningSearch, *, on_progress: Callable[[str], None]) -> tuple[float, float]:
    """Place what lacks it and load all; seconds for either."""
    begun_s = time.perf_counter()
    calls = 0
    while placed := await meanings.place_some(limit=BATCH_CALLS):
        calls += placed
        on_progress(f"placing the utterances of {calls} calls")
    placed_s = time.perf_counter()
    on_progress("loading places")
    await meanings.refresh()
    return round(placed_s - begun_s, 1), round(time.perf_counter() - placed_s, 1)
