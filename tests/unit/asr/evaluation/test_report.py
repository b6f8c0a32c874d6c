"""What runs amount to; the keys are a contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asr.evaluation import Cost, Evaluation, Heard, ManifestRow, Trial
from assist.messages import UtteranceDropped
from tests.support.fakes import utterance

ROWS = [
    ManifestRow(Path("a.wav"), "您好请讲", "read", "one", "A", duration_ms=2_000),
    ManifestRow(Path("b.wav"), "一千二百元", "spontaneous", "two", "A", duration_ms=3_000),
    ManifestRow(Path("c.wav"), "好的", "spontaneous", "two", "B", duration_ms=1_000),
]
OURS = Trial(
    "ours@1",
    [Heard("您好，请讲。", (), 0.9), Heard("1200元", ("too-fast", "redecoded"), 0.4), Heard("", ("no-speech",))],
    Cost(cpu_s=1.2, wall_s=0.6),
    at_once=2,
)
BASELINE = Trial("theirs", [Heard("您好请将"), Heard("一千二百元"), Heard("好的")], Cost(cpu_s=6.0, wall_s=2.4))


def report_of(**trials: Trial) -> Any:
    return json.loads(json.dumps(Evaluation(ROWS, OURS, band="8k", **trials).report()))


def test_the_report_without_comparison() -> None:
    report = report_of()
    assert list(report) == [
        "model",
        "recordings",
        "audio_s",
        "reference_chars",
        "cer_percent",
        "substitutions",
        "deletions",
        "insertions",
        "cer_interval_percent",
        "cer_without_fillers_percent",
        "empty",
        "guards",
        "band",
        "normalisation",
        "numbers",
        "doubtful",
        "cost",
        "by_style",
        "by_dataset",
        "by_speaker",
        "worst",
    ]
    assert (report["model"], report["recordings"], report["audio_s"], report["band"]) == ("ours@1", 3, 6.0, "8k")
    # 一千二百元 against 一二零零元 and 好的 against nothing.
    assert (report["reference_chars"], report["cer_percent"]) == (11, 45.45)
    assert (report["substitutions"], report["deletions"], report["insertions"], report["empty"]) == (3, 2, 0, 1)
    assert report["guards"] == {"no-speech": 1, "redecoded": 1, "too-fast": 1}


def test_groups_are_counted_apart() -> None:
    report = report_of()
    assert report["by_style"]["read"] == {
        "recordings": 1,
        "audio_s": 2.0,
        "reference_chars": 4,
        "cer_percent": 0.0,
        "substitutions": 0,
        "deletions": 0,
        "insertions": 0,
    }
    assert report["by_style"]["spontaneous"]["cer_percent"] == 71.43
    assert list(report["by_dataset"]) == ["one", "two"]
    assert {name: group["recordings"] for name, group in report["by_speaker"].items()} == {"A": 2, "B": 1}


def test_recordings_with_numbers_are_named_apart() -> None:
    assert report_of()["numbers"] == {"recordings": 1, "share_percent": 33.33, "cer_without_them_percent": 33.33}


def test_marks_of_doubt_are_held_against_the_errors() -> None:
    marked = Trial(
        "ours@1", [Heard("甲乙，丙丁戊", words=(("甲", False), ("乙", True), ("丙丁", True), ("戊", False)))]
    )
    report = Evaluation([ManifestRow(Path("a.wav"), "甲己丙丁")], marked).report()
    # 乙 is wrong and marked, 戊 is added and not marked, 丙丁 are marked without need.
    assert report["doubtful"] == {
        "characters": 5,
        "marked_percent": 60.0,
        "wrong_of_marked_percent": 33.33,
        "wrong_of_others_percent": 50.0,
        "marked_of_wrong_percent": 50.0,
    }


def test_words_that_are_not_the_texts_mark_nothing() -> None:
    report = Evaluation(ROWS, OURS).report()
    assert report["doubtful"] == dict.fromkeys(
        (
            "characters",
            "marked_percent",
            "wrong_of_marked_percent",
            "wrong_of_others_percent",
            "marked_of_wrong_percent",
        ),
        0,
    )


def test_cost_is_per_second_of_audio() -> None:
    assert report_of()["cost"] == {
        "cpu_s": 1.2,
        "wall_s": 0.6,
        "cpu_s_per_audio_s": 0.2,
        "wall_s_per_audio_s": 0.1,
        "recordings_at_once": 2,
    }


def test_the_worst_come_first_and_the_faultless_not_at_all() -> None:
    worst = report_of()["worst"]
    assert [row["path"] for row in worst] == ["b.wav", "c.wav"]
    assert worst[0] == {
        "path": "b.wav",
        "seconds": 3.0,
        "reference": "一千二百元",
        "hypothesis": "1200元",
        "reference_chars": 5,
        "cer_percent": 60.0,
        "substitutions": 3,
        "deletions": 0,
        "insertions": 0,
        "guards": ["too-fast", "redecoded"],
        "confidence": 0.4,
    }
    assert worst[1]["confidence"] is None
    assert Evaluation(ROWS, OURS).report(worst=1)["worst"] == worst[:1]
    assert Evaluation(ROWS, OURS).report(worst=0)["worst"] == []


def test_a_baseline_is_compared() -> None:
    report = report_of(baseline=BASELINE)
    baseline = report["baseline"]
    assert (baseline["system"], baseline["cer_percent"], baseline["recordings_with_other_text"]) == ("theirs", 9.09, 3)
    assert baseline["cer_difference_points"] == 36.36
    assert baseline["cost_ratio"] == {"cpu": 5.0, "wall": 4.0}
    assert report["by_style"]["read"]["baseline_cer_percent"] == 25.0
    assert report["numbers"]["baseline_cer_percent_without_them"] == 16.67
    assert report["worst"][0]["baseline"] == "一千二百元"


def test_live_calls_are_compared_without_cost() -> None:
    live = Trial("live", OURS.heard, at_once=4, degraded={"partials-thinned": 2})
    report = report_of(live=live)["live"]
    assert (report["cer_difference_points"], report["recordings_with_other_text"]) == (0.0, 0)
    assert report["degraded"] == {"partials-thinned": 2}
    assert report["cost"] is None
    assert "cost_ratio" not in report


def test_finals_are_joined_with_their_guards_and_the_least_certain_counts() -> None:
    first = utterance("mixed", 1, "您好，", 0, 500, confidence=0.8).model_copy(update={"guards": ("redecoded",)})
    second = utterance("mixed", 3, "请讲。", 2_000, 2_500, confidence=0.6)
    dropped = UtteranceDropped(
        utterance_id="mixed-2", party="mixed", start_ms=900, end_ms=1_000, decided_ms=1_600, reason="too-short"
    )
    heard = Heard.of([first, dropped, second])
    assert (heard.text, heard.guards, heard.confidence) == ("您好，请讲。", ("redecoded", "too-short"), 0.6)
    assert len(heard.words) == 6
    assert Heard.of([dropped]) == Heard("", ("too-short",), None)


def test_a_trial_that_answers_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="every row"):
        Evaluation(ROWS, Trial("ours@1", OURS.heard[:2]))
