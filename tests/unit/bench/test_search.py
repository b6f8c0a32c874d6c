"""An archive of made-up calls is written once and asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import InputError
from bench.search import Load, measure_search
from tests.support.placers import TopicPlacer

LOAD = Load(calls=8, utterances=4, questions=1)


def unheard(where: str) -> None:
    """Nobody watches."""


async def test_a_kept_archive_is_asked_again_without_being_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    first = await measure_search(LOAD, url, TopicPlacer(), on_progress=unheard)
    second = await measure_search(LOAD, url, TopicPlacer(), on_progress=unheard)
    assert first["write_s"] is not None
    assert second["write_s"] is None
    assert second["calls_found_mean"] == first["calls_found_mean"]


async def test_an_archive_of_other_calls_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    await measure_search(LOAD, url, TopicPlacer(), on_progress=unheard)
    with pytest.raises(InputError) as caught:
        await measure_search(Load(calls=9, utterances=4, questions=1), url, TopicPlacer(), on_progress=unheard)
    assert caught.value.code == "bench-other-calls"
