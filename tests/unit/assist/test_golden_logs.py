"""The golden call logs, which the browser's fold is tested against too, fold to the views stored beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assist.messages import Envelope, envelope_adapter
from assist.view import CallView, fold, fold_all

LOGS = Path(__file__).parents[2] / "fixtures" / "logs"
NAMES = sorted(path.stem for path in LOGS.glob("*.jsonl"))


def read_log(name: str) -> list[Envelope]:
    lines = (LOGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [envelope_adapter.validate_json(line) for line in lines]


def read_views(name: str) -> list[CallView]:
    text = (LOGS / f"{name}.views.json").read_text(encoding="utf-8")
    return [CallView.model_validate(view) for view in json.loads(text)]


@pytest.mark.parametrize("name", NAMES)
def test_golden_log_counts_its_envelopes_without_gaps(name: str) -> None:
    assert [envelope.seq for envelope in read_log(name)] == list(range(1, len(read_log(name)) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_golden_log_folds_to_each_stored_view(name: str) -> None:
    log = read_log(name)
    views = read_views(name)
    assert views[-1].seq == len(log)
    for view in views:
        assert fold_all(log[0].call_id, log[: view.seq]) == view


@pytest.mark.parametrize("name", NAMES)
def test_folding_on_from_any_stored_view_gives_the_last_one(name: str) -> None:
    log = read_log(name)
    *earlier, last = read_views(name)
    for view in earlier:
        for envelope in log:
            view = fold(view, envelope)
        assert view == last
