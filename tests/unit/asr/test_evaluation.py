"""The character error rate and its manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr.evaluation import CharacterErrors, count_errors, normalise, read_manifest
from asr.text import Scribe
from assist.errors import InputError


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("您好，請問？", "您好请问"),
        ("幺三8 ok_ＯＫ", "一三八OKOK"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text, Scribe()) == normal


def test_errors_are_counted_by_kind_and_added_before_dividing() -> None:
    errors = count_errors("中国现在", "中过现") + count_errors("", "啊")
    assert errors == CharacterErrors(reference_chars=4, substitutions=1, deletions=1, insertions=1)
    assert errors.rate == 0.75
    assert CharacterErrors().rate == 0


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
    manifest = tmp_path / "dev.jsonl"
    manifest.write_text('{"path": "a.wav", "path_8k": "b.flac", "text": "好"}\n\n')
    assert [row.path for row in read_manifest(manifest)] == [tmp_path / "b.flac"]
