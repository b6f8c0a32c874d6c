"""The model that understands calls places sentences for the archive, behind all that calls need."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from assist.search.places import Sentence
from models.engine import Engine
from nlp.understanding.meaning import Float32Array
from nlp.understanding.model import TurnText, UnderstandingModel
from nlp.understanding.place_space import PlaceSpace, load_places, save_places
from nlp.understanding.places import MAX_BATCH, PlacesRunner, SentencePlacer

SPACE = PlaceSpace(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))


class FakeModel:
    """The longer a turn, the further north it lies."""

    places_version = "v1"

    def __init__(self) -> None:
        self.batches: list[list[TurnText]] = []

    def place_vectors(self, turns: Sequence[TurnText]) -> Float32Array:
        self.batches.append(list(turns))
        return np.array([[3, len(turn.text)] for turn in turns], np.float32)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


def placer_of(engine: Engine, model: FakeModel) -> SentencePlacer:
    return SentencePlacer(engine, PlacesRunner(cast(UnderstandingModel, model), SPACE, "fake@1"))


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_places_come_in_the_order_of_the_sentences_as_signed_bytes(engine: Engine, is_awaited: bool) -> None:
    placer = placer_of(engine, FakeModel())
    sentences = [Sentence("四个字呀", "agent"), Sentence("", "customer"), Sentence("四个字呀", "agent")]
    found = await placer.places(sentences, is_awaited=is_awaited)
    assert [list(np.frombuffer(place, np.int8)) for place in found] == [[76, 102], [127, 0], [76, 102]]
    assert (placer.source, placer.width) == ("v1", 2)


async def test_what_nobody_waits_for_leaves_room_between_small_batches(engine: Engine) -> None:
    model = FakeModel()
    sentences = [Sentence("字" * number, "customer") for number in range(MAX_BATCH * 2 + 1)]
    await placer_of(engine, model).places(sentences, is_awaited=False)
    assert max(map(len, model.batches)) <= MAX_BATCH
    assert sum(map(len, model.batches)) == len(sentences)


async def test_a_sentence_is_read_without_what_was_said_before_it(engine: Engine) -> None:
    model = FakeModel()
    await placer_of(engine, model).places([Sentence("太贵了吧", "mixed")], is_awaited=True)
    assert model.batches == [[TurnText("太贵了吧", "", "mixed")]]


def test_a_space_is_read_as_it_was_written(tmp_path: Path) -> None:
    space = PlaceSpace(np.array([1, 0], np.float32), np.array([[0, 2], [1, 0]], np.float32))
    save_places(space, tmp_path / "places.npz")
    read = load_places(tmp_path / "places.npz")
    assert read.places(np.array([[3, 3], [1, 0]], np.float32)).tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]
