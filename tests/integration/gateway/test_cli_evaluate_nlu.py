"""``livecue eval nlu`` over a model of a few kilobytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assist.errors import LivecueError
from gateway.cli import app
from tests.support.tiny_understanding import write_understanding

ROWS = (
    {"text": "太贵了", "label": "price_objection", "dialog_id": 1, "speaker": "customer"},
    {"text": "您好", "label": None, "dialog_id": 1, "speaker": "agent"},
    {"text": "谢谢", "label": "thank", "dialog_id": 1, "speaker": "customer"},
    {"text": "气好", "label": "bye", "dialog_id": 2, "speaker": "customer"},
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_understanding(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    return write(tmp_path / "turns.jsonl", *ROWS)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def evaluate(*words: object) -> Result:
    return CliRunner().invoke(app, ["eval", "nlu", *map(str, words)], env={"COLUMNS": "200"})


def failure_of(result: Result) -> LivecueError:
    assert isinstance(result.exception, LivecueError)
    return result.exception


def test_report_has_scores_baselines_and_a_picture(turns: Path, model: Path, tmp_path: Path) -> None:
    picture = tmp_path / "confusion.svg"
    baselines = ("--baseline", "majority", "--baseline", "linear")
    result = evaluate(turns, "--task", "intent", "--model", model, *baselines, "--plot", picture, "--json")
    assert result.exception is None
    report: Any = json.loads(result.stdout)
    assert (report["items"], report["unlabelled"], report["dialogues"]) == (3, 1, 2)
    assert report["model"].startswith("tiny@")
    assert report["accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert report["confusions"] == [["bye", "complain_attitude", 1]]
    assert [mistake["text"] for mistake in report["mistakes"]] == ["气好"]
    assert set(report["baselines"]) == {"majority", "linear half alone"}
    assert picture.is_file()


@pytest.mark.parametrize("task", ["intent", "emotion", "act", "entity"])
def test_people_get_tables(task: str, model: Path, tmp_path: Path) -> None:
    labels = {"intents": ["thank"], "emotion": "happy", "acts": ["thank"], "entities": [["amount", 2, 5]]}
    result = evaluate(write(tmp_path / "all.jsonl", {"text": "谢谢三十九", **labels}), "--task", task, "--model", model)
    assert result.exception is None
    assert "accuracy" in result.stdout
    assert "precision" in result.stdout


def test_labels_of_others_are_mapped(model: Path, tmp_path: Path) -> None:
    turns = write(tmp_path / "theirs.jsonl", {"text": "太贵了", "label": "价格"}, {"text": "谢谢", "label": "闲聊"})
    mapping = tmp_path / "map.yaml"
    mapping.write_text("价格: [price_objection, compare_rival]\n闲聊: null\n", "utf-8")
    result = evaluate(turns, "--task", "intent", "--model", model, "--mapping", mapping, "--json")
    report = json.loads(result.stdout)
    assert (report["items"], report["left_out"], report["accuracy"]) == (1, 1, 1.0)
    assert list(report["per_class"]) == ["价格"]


def test_names_of_a_playbook_are_entities(model: Path, tmp_path: Path) -> None:
    turns = write(tmp_path / "entities.jsonl", {"text": "谢谢三十九", "entities": [["amount", 2, 5]]})
    words = ("--task", "entity", "--playbook", "telecom", "--baseline", "network", "--baseline", "rules", "--json")
    report = json.loads(evaluate(turns, "--model", model, *words).stdout)
    assert report["accuracy"] == report["baselines"]["without rules"]["accuracy"] == 1.0
    assert report["baselines"]["rules alone"]["accuracy"] == 1.0


def test_groups_of_intents_need_no_mapping(model: Path, tmp_path: Path) -> None:
    turns = write(tmp_path / "groups.jsonl", {"text": "谢谢", "label": "praise_thanks"})
    assert (
        json.loads(evaluate(turns, "--task", "intent", "--model", model, "--groups", "--json").stdout)["accuracy"]
        == 1.0
    )
    assert evaluate(turns, "--task", "act", "--model", model, "--groups").exit_code == 2


def test_what_cannot_be_used_is_named_with_its_code(turns: Path, model: Path, tmp_path: Path) -> None:
    wrong = write(tmp_path / "wrong.jsonl", {"text": "好", "label": "价格"})
    failure = failure_of(evaluate(wrong, "--task", "intent", "--model", model))
    assert failure.code == "unknown-label"
    assert "wrong.jsonl:1" in failure.message
    broken = write(tmp_path / "broken.jsonl", {"label": "thank"})
    assert failure_of(evaluate(broken, "--task", "intent", "--model", model)).code == "bad-labelled-text"
    assert failure_of(evaluate(turns, "--task", "intent", "--mapping", wrong)).code == "bad-label-mapping"
    assert failure_of(evaluate(turns, "--task", "intent", "--model", "no-such")).code == "unknown-model"
    assert failure_of(evaluate(turns, "--task", "intent", "--model", tmp_path)).code == "model-files-missing"
    assert failure_of(evaluate(turns, "--task", "intent", "--plot", "picture.doc")).code == "bad-picture"
    assert evaluate(turns, "--task", "feelings").exit_code == 2
