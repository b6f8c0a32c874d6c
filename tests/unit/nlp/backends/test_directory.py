"""What the config of a classifier says, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assist.errors import ModelFilesError
from nlp.backends.directory import MAX_PIECES, ClassifierConfig, read_config
from tests.support.tiny_classifier import write_config

LABELS = {"1": "b", "0": "a"}


def test_a_config_of_two_labels_says_one_of_them_holds(tmp_path: Path) -> None:
    write_config(tmp_path, {"id2label": LABELS})
    assert read_config(tmp_path) == ClassifierConfig(("a", "b"), False, MAX_PIECES, 0)


def test_a_config_says_what_the_network_can_take(tmp_path: Path) -> None:
    said = {"problem_type": "multi_label_classification", "max_position_embeddings": 66, "pad_token_id": 1}
    write_config(tmp_path, {"id2label": LABELS, **said})
    assert read_config(tmp_path) == ClassifierConfig(("a", "b"), True, 64, 1)


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, "unsupported-model"),
        ({"id2label": {}}, "unsupported-model"),
        ({"id2label": LABELS, "problem_type": "regression"}, "unsupported-model"),
        ({"id2label": {"0": "a", "2": "b"}}, "model-files-damaged"),
        ({"id2label": {"first": "a"}}, "model-files-damaged"),
        ({"id2label": 7}, "model-files-damaged"),
        ({"id2label": LABELS, "max_position_embeddings": 4}, "model-files-damaged"),
        ({"id2label": LABELS, "pad_token_id": [1]}, "model-files-damaged"),
    ],
)
def test_a_config_that_cannot_be_served_is_refused(tmp_path: Path, config: dict[str, Any], code: str) -> None:
    write_config(tmp_path, config)
    with pytest.raises(ModelFilesError) as caught:
        read_config(tmp_path)
    assert caught.value.code == code


@pytest.mark.parametrize("content", ["", "[]", "{", '"text"'])
def test_a_config_that_is_no_object_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, "utf-8")
    with pytest.raises(ModelFilesError) as caught:
        read_config(tmp_path)
    assert caught.value.code == "model-files-damaged"
