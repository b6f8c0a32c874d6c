"""Counting names put right."""

from __future__ import annotations

from pathlib import Path

from asr.evaluation import ManifestRow, NameScores
from asr.evaluation.names import uncorrected
from asr.text import Scribe
from assist.messages import Correction, Utterance
from tests.support.fakes import utterance

scribe = Scribe()


def put_right(text: str, heard: str, written: str) -> Utterance:
    """An utterance in which a name was corrected."""
    start = text.index(written)
    correction = Correction(
        start=start,
        end=start + len(written),
        heard=heard,
        written=written,
        term=written,
        source="playbook",
        score=1.0,
    )
    return utterance("mixed", 1, text, 0, 1_000).model_copy(update={"corrections": (correction,)})


def row(text: str, *terms: str) -> ManifestRow:
    return ManifestRow(Path("a.wav"), text, terms=terms)


def test_the_text_without_corrections_is_what_was_heard() -> None:
    assert uncorrected(put_right("我想办畅享套餐。", "唱响", "畅享套餐")) == "我想办唱响。"


def test_a_name_found_only_by_correction_counts_for_it() -> None:
    scores = NameScores()
    heard = put_right("我想办畅享套餐和副卡。", "唱响套餐", "畅享套餐")
    scores.count(row("我想办畅享套餐和副卡", "畅享套餐", "副卡", "光猫"), [heard], scribe)
    report = scores.report()
    assert (report["names_said"], report["recall_as_heard_percent"], report["recall_percent"]) == (3, 33.3, 66.7)
    assert (report["cer_as_heard_percent"], report["cer_percent"]) == (20.0, 0.0)
    assert [miss["term"] for miss in report["missed"]] == ["光猫"]
    assert report["false_corrections"] == 0


def test_a_name_written_where_it_was_not_said_is_listed() -> None:
    scores = NameScores()
    scores.count(row("我想唱响歌声"), [put_right("我想畅享歌声", "唱响", "畅享")], scribe)
    report = scores.report()
    assert report["corrections"] == report["false_corrections"] == 1
    assert report["recall_percent"] is None
    assert report["false"] == [
        {"path": "a.wav", "heard": "唱响", "written": "畅享", "score": 1.0, "reference": "我想唱响歌声"}
    ]
