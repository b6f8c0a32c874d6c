"""The picture of an evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr.evaluation import Evaluation, Heard, ManifestRow, Trial
from assist.errors import InputError
from bench.accuracy import draw_accuracy

ROWS = [ManifestRow(Path("a.wav"), "您好", duration_ms=900), ManifestRow(Path("b.wav"), "请讲", duration_ms=31_000)]
OURS = Trial("ours@1", [Heard("您好"), Heard("请")])


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_every_system_is_in_the_picture(tmp_path: Path, ending: str) -> None:
    picture = tmp_path / f"accuracy.{ending}"
    draw_accuracy(picture, Evaluation(ROWS, OURS, baseline=OURS, live=OURS))
    if ending == "svg":
        assert picture.read_text("utf-8").count("<!-- faster-whisper -->") >= 2
    assert picture.stat().st_size > 1_000


def test_a_picture_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        draw_accuracy(tmp_path / "accuracy.doc", Evaluation(ROWS, OURS))
    assert caught.value.code == "bad-picture"
