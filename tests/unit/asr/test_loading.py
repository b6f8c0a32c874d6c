"""From the settings to a recogniser, or the first of several."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr.loading import LoadOptions, RecogniserChoice, load_first, load_recogniser, locate_model
from assist.errors import ConfigurationError, ModelFilesError
from tests.support.tiny_sherpa import write_paraformer, write_sense_voice
from tests.support.tiny_whisper import write_whisper


@pytest.fixture
def options(tmp_path: Path) -> LoadOptions:
    return LoadOptions(tmp_path, "cpu", "int8", threads=1, workers=1)


@pytest.fixture
def paraformer(tmp_path: Path) -> RecogniserChoice:
    return RecogniserChoice("sherpa", str(write_paraformer(tmp_path / "paraformer")))


def test_the_first_choice_is_loaded_and_the_rest_stand_by(
    tmp_path: Path, options: LoadOptions, paraformer: RecogniserChoice
) -> None:
    whisper = RecogniserChoice("whisper", str(write_whisper(tmp_path / "tiny")))
    loaded = load_first([whisper, paraformer], options)
    assert loaded.is_first_choice
    assert loaded.runner.name.startswith("tiny@")
    assert [standby.name.partition("@")[0] for standby in loaded.standbys] == ["paraformer"]
    assert loaded.standbys[0].load().name == loaded.standbys[0].name
    assert not loaded.passed_over


def test_what_cannot_be_loaded_is_passed_over(
    tmp_path: Path, options: LoadOptions, paraformer: RecogniserChoice
) -> None:
    gone = RecogniserChoice("whisper", str(tmp_path / "gone"))
    loaded = load_first([gone, paraformer, gone], options)
    assert not loaded.is_first_choice
    assert loaded.runner.name.startswith("paraformer@")
    assert not loaded.standbys
    assert [error.code for error in loaded.passed_over] == ["model-files-missing"] * 2


def test_with_nothing_to_load_the_first_error_counts(options: LoadOptions) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_first([RecogniserChoice("telepathy", "any"), RecogniserChoice("whisper", "unknown")], options)
    assert error.value.code == "unknown-backend"


def test_a_model_of_another_backend_is_refused_with_what_is_missing(
    tmp_path: Path, options: LoadOptions, paraformer: RecogniserChoice
) -> None:
    with pytest.raises(ModelFilesError, match=r"CTranslate2 Whisper model; missing: model\.bin"):
        load_recogniser(RecogniserChoice("whisper", paraformer.model), options)
    whisper = write_whisper(tmp_path / "tiny")
    with pytest.raises(ModelFilesError, match=r"sherpa-onnx model; missing: tokens\.txt"):
        load_recogniser(RecogniserChoice("sherpa", str(whisper)), options)


def test_only_whisper_has_a_hub(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match="no model hub") as error:
        locate_model(RecogniserChoice("sherpa", "hub:large-v3"), tmp_path)
    assert error.value.code == "no-model-hub"


def test_a_recogniser_is_named_by_its_directory_and_files(tmp_path: Path) -> None:
    first, second = (write_sense_voice(tmp_path / name / "sense-voice") for name in "ab")
    (second / "tokens.txt").write_text("<blank> 0\n", "utf-8")
    labels = {locate_model(RecogniserChoice("sherpa", str(path)), tmp_path).label for path in (first, second)}
    assert len(labels) == 2
    assert all(label.startswith("sense-voice@") for label in labels)


def test_a_backend_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        assert name == "sherpa_onnx"

    monkeypatch.setattr("asr.loading.find_spec", nothing)
    with pytest.raises(ConfigurationError, match=r"livecue\[sherpa\]") as error:
        locate_model(RecogniserChoice("sherpa", str(tmp_path)), tmp_path)
    assert error.value.code == "backend-not-installed"
