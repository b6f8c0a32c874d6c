"""The list of recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr.evaluation.manifest import UNSTATED, ManifestRow, measured, read_manifest
from assist.errors import InputError
from tests.support.recordings import silent_recording


def manifest_of(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "dev.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", "utf-8")
    return path


@pytest.mark.parametrize("line", ["not json", "[]", '{"path": "a.wav"}', '{"text": "a"}', "3"])
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str) -> None:
    manifest = tmp_path / "dev.jsonl"
    manifest.write_text('{"path": "a.wav", "text": "好"}\n' + line)
    with pytest.raises(InputError, match=r"dev\.jsonl:2") as caught:
        read_manifest(manifest)
    assert caught.value.code == "bad-manifest"


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        read_manifest(tmp_path / "absent.jsonl")


def test_a_manifest_without_rows_is_no_perfect_score(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="no recordings"):
        read_manifest(tmp_path / "empty.jsonl")


def test_the_telephone_version_is_preferred_and_relative_to_the_manifest(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, {"path": "a.wav", "path_8k": "b.flac", "text": "好"})
    assert read_manifest(manifest) == [ManifestRow(tmp_path / "b.flac", "好", UNSTATED, UNSTATED, UNSTATED)]
    assert [row.path for row in read_manifest(manifest, band="16k")] == [tmp_path / "a.wav"]


def test_a_band_that_a_line_lacks_is_named(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, {"path": "a.wav", "path_8k": "b.wav", "text": "好"}, {"path": "a.wav", "text": ""})
    with pytest.raises(InputError, match=r"dev\.jsonl:2.*path_8k"):
        read_manifest(manifest, band="8k")


def test_style_dataset_and_speaker_are_taken_over(tmp_path: Path) -> None:
    fields = {"style": "spontaneous", "dataset": "ours", "speaker": "A"}
    (row,) = read_manifest(manifest_of(tmp_path, {"path": "a.wav", "text": "好", "seconds": 3.0, **fields}))
    assert (row.style, row.dataset, row.speaker) == ("spontaneous", "ours", "A")


def test_recordings_are_measured(tmp_path: Path) -> None:
    rows = [
        ManifestRow(silent_recording(tmp_path / "a.flac", 0.5), "好"),
        ManifestRow(silent_recording(tmp_path / "b.wav", 2), "好"),
    ]
    assert [row.duration_ms for row in measured(rows)] == [500, 2_000]


def test_recordings_that_cannot_be_read_are_counted_before_anything_runs(tmp_path: Path) -> None:
    cut = silent_recording(tmp_path / "cut.flac", 5)
    cut.write_bytes(cut.read_bytes()[:60])
    (tmp_path / "text.wav").write_text("no sound")
    good = silent_recording(tmp_path / "good.wav")
    rows = [ManifestRow(path, "好") for path in (good, cut, tmp_path / "text.wav", tmp_path / "absent.wav")]
    with pytest.raises(InputError, match="3 of 4 recordings cannot be read") as caught:
        measured(rows)
    assert caught.value.code == "bad-manifest"
