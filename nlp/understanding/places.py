"""Places of sentences for the archive, by the model that understands calls (``assist.search.places.Placer``)."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from itertools import islice

import numpy as np

from assist.search.places import Sentence
from models.engine import Engine, Priority
from nlp.understanding.meaning import Float32Array
from nlp.understanding.model import TurnText, UnderstandingModel
from nlp.understanding.place_space import PlaceSpace

MAX_BATCH = 8
"""A worker that has begun one keeps a final waiting until it is done."""
LENGTH = 127
"""Of a place as signed bytes."""
_LENGTH_STEP = 16


class PlacesRunner:
    """The part of the model that archives need, behind the engine (``models.engine.Runner``)."""

    def __init__(self, model: UnderstandingModel, space: PlaceSpace, name: str) -> None:
        """``name`` is name@version."""
        self._model = model
        self._space = space
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def version(self) -> str:
        """The same for models that put every turn into the same place."""
        return self._model.places_version

    @property
    def width(self) -> int:
        return self._space.directions.shape[1]

    @property
    def batch_limit(self) -> int:
        return MAX_BATCH

    def batch_key(self, request: TurnText) -> Hashable:
        """Turns of like length: padding is work for nothing."""
        return len(request.text) // _LENGTH_STEP

    def run(self, batch: Sequence[TurnText]) -> Sequence[bytes | Exception]:
        return list(map(_as_bytes, self._space.places(self._model.place_vectors(batch))))


class SentencePlacer:
    """Places sentences alone, without what was said before them: who asks has said nothing before."""

    def __init__(self, engine: Engine, runner: PlacesRunner) -> None:
        self._engine = engine
        self._runner = runner

    @property
    def source(self) -> str:
        return self._runner.version

    @property
    def width(self) -> int:
        return self._runner.width

    async def places(self, sentences: Sequence[Sentence], *, is_awaited: bool) -> Sequence[bytes]:
        """What nobody waits for is done a batch at a time, so that calls find a free worker between two."""
        priority = Priority.SIGNAL if is_awaited else Priority.ARCHIVE
        turns = {one: TurnText(one.text, "", one.party) for one in sentences}
        # Of like lengths, which share a batch.
        waiting = iter(sorted(turns, key=lambda one: len(one.text)))
        found: dict[Sentence, bytes] = {}
        while some := list(islice(waiting, MAX_BATCH)):
            runs = (self._engine.run(self._runner, turns[one], priority=priority) for one in some)
            found.update(zip(some, await asyncio.gather(*runs), strict=True))
        return [found[one] for one in sentences]


def _as_bytes(place: Float32Array) -> bytes:
    return np.rint(place * LENGTH).astype(np.int8).tobytes()
