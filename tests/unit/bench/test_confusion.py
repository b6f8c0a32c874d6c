"""The picture of what is taken for what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assist.errors import InputError
from bench.confusion import draw_confusion

REPORT: dict[str, Any] = {
    "task": "intent",
    "accuracy": 0.5,
    "macro_f1": 0.4,
    "items": 6,
    "confusion": {"账单": {"账单": 2, "refuse": 1}, "投诉": {"账单": 3}},
}


def test_labels_are_readable_without_a_chinese_font(tmp_path: Path) -> None:
    picture = tmp_path / "confusion.svg"
    draw_confusion(picture, REPORT)
    text = picture.read_text("utf-8")
    assert text.count("<!-- zhangdan -->") == 2
    assert text.count("<!-- tousu -->") == 2
    assert "<!-- refuse -->" in text


def test_a_picture_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        draw_confusion(tmp_path / "confusion.doc", REPORT)
    assert caught.value.code == "bad-picture"
