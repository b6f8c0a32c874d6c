"""``livecue eval asr`` over shipped recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assist.errors import LivecueError
from gateway.cli import app
from tests.integration.asr.conftest import MODELS_DIR, SPEECH_DIR, TEXTS


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    rows = [
        {"path_8k": str(SPEECH_DIR / name), "text": text, "style": "read", "speaker": name[9:14]}
        for name, text in TEXTS.items()
    ]
    path = tmp_path / "shipped.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def evaluate(*words: str) -> Result:
    environment = {"LIVECUE_MODELS_DIR": str(MODELS_DIR), "COLUMNS": "200", "PATH": os.environ["PATH"]}
    return CliRunner().invoke(app, ["eval", "asr", *words], env=environment)


def failure_of(result: Result) -> LivecueError:
    assert isinstance(result.exception, LivecueError)
    return result.exception


def test_baseline_and_live_calls_stand_beside_our_figures(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of the progress bars that faster-whisper makes and does not show: a thread that lasts as long as the process.
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    picture = tmp_path / "accuracy.svg"
    words = ("--json", "--worst", "2", "--baseline", "faster-whisper:1", "--live", "--plot", str(picture))
    result = evaluate(str(manifest), *words)
    assert result.exception is None
    report: Any = json.loads(result.stdout)
    assert (report["recordings"], report["band"], report["empty"]) == (3, "as-listed", 0)
    assert report["reference_chars"] == sum(map(len, TEXTS.values()))
    assert report["cer_percent"] <= 20
    assert list(report["by_style"]) == ["read"]
    assert list(report["by_speaker"]) == ["S0150", "S0252"]
    assert len(report["worst"]) <= 2
    baseline, live = report["baseline"], report["live"]
    assert "transcribe(beam_size=1)" in baseline["system"]
    assert baseline["reference_chars"] == live["reference_chars"] == report["reference_chars"]
    assert baseline["cost"]["cpu_s"] > 0
    assert live["recordings_with_other_text"] == 0
    assert picture.is_file()


def test_people_get_tables(manifest: Path) -> None:
    result = evaluate(str(manifest), "--limit", "1")
    assert result.exception is None
    assert "cer_percent" in result.stdout
    assert "by_style" in result.stdout


@pytest.mark.parametrize("baseline", ["whisper", "faster-whisper:0", "faster-whisper:many", "faster-whisper:99"])
def test_a_baseline_that_is_none_is_wrong_usage(manifest: Path, baseline: str) -> None:
    assert evaluate(str(manifest), "--baseline", baseline).exit_code == 2


def test_a_missing_recording_is_found_before_the_run(tmp_path: Path) -> None:
    manifest = tmp_path / "dev.jsonl"
    manifest.write_text('{"path": "absent.wav", "text": "好"}', "utf-8")
    failure = failure_of(evaluate(str(manifest)))
    assert failure.code == "bad-manifest"
    assert "absent.wav" in failure.message


def test_a_band_that_the_manifest_lacks_is_found_before_the_run(manifest: Path) -> None:
    assert failure_of(evaluate(str(manifest), "--band", "16k")).code == "bad-manifest"


def test_a_picture_that_cannot_be_is_found_before_the_run(manifest: Path) -> None:
    assert failure_of(evaluate(str(manifest), "--plot", "picture.doc")).code == "bad-picture"
