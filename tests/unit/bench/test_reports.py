"""Reports of an archive that was filled for searches."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import InputError
from bench.reports import measure_reports
from bench.search import Load, measure_search
from tests.support.placers import TopicPlacer


def unheard(where: str) -> None:
    """Nobody watches."""


async def test_every_report_of_a_kept_archive_is_timed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    await measure_search(Load(calls=8, utterances=4, questions=1), url, TopicPlacer(), on_progress=unheard)
    for _ in range(2):
        found = await measure_reports(url, times=3, on_progress=unheard)
        assert found["calls"] == 8
        assert {"quality_by_rule_180d_ms", "service_by_team_56d_ms", "weakness_by_reason_180d_ms"} < set(found)


async def test_an_empty_database_has_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        await measure_reports(f"sqlite:///{tmp_path}/empty.db", times=3, on_progress=unheard)
    assert caught.value.code == "bench-no-calls"
