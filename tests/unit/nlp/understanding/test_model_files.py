"""What a model's directory holds beside its six files says what it can do, and which of it has to be made anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assist.errors import ModelFilesError
from nlp.understanding.meaning import MeaningSpace, save_space
from nlp.understanding.model import PLACE, VECTOR, TurnText, UnderstandingModel, load_understanding
from nlp.understanding.place_space import PlaceSpace, save_places
from tests.support.tiny_understanding import write_understanding

DEAR = TurnText("太贵了", "", "customer")


def fit_meanings(directory: Path, seed: int = 1) -> None:
    turns = np.random.default_rng(seed).normal(size=(8, 42)).astype(np.float32)
    within = np.eye(42)
    save_space(
        MeaningSpace({"agent": turns, "customer": turns}, {"agent": within, "customer": within}),
        directory / "meaning.npz",
    )


def fit_places(directory: Path, *, east: float = 0.0) -> None:
    centre = np.full(7, east, np.float32)
    save_places(PlaceSpace(centre, np.eye(7, dtype=np.float32)), directory / "places.npz")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A whole model."""
    written = write_understanding(tmp_path / "whole", (VECTOR, PLACE))
    fit_meanings(written)
    fit_places(written)
    return written


def versions(model: UnderstandingModel) -> tuple[str, str]:
    return model.vectors_version, model.places_version


def test_a_model_reads_meanings_and_places_from_outputs_of_their_own(directory: Path) -> None:
    model = load_understanding(directory)
    (understood,) = model.understand([DEAR])
    assert understood.vector is not None
    assert understood.vector.tolist() == model.vectors([DEAR])[0].tolist()
    assert (model.vectors([DEAR]).shape, model.place_vectors([DEAR]).shape) == ((1, 42), (1, 7))


def test_a_model_without_either_file_understands_and_does_no_more(tmp_path: Path) -> None:
    model = load_understanding(write_understanding(tmp_path / "bare"))
    assert (model.space, model.places, *versions(model)) == (None, None, "", "")
    assert model.understand([DEAR])[0].vector is None


def test_a_model_may_compare_meanings_and_place_nothing(directory: Path) -> None:
    (directory / "places.npz").unlink()
    model = load_understanding(directory)
    assert model.space is not None
    assert model.places is None


@pytest.mark.parametrize(("output", "file"), [(VECTOR, "meaning.npz"), (PLACE, "places.npz")])
def test_a_file_whose_output_the_graph_lacks_is_told_of(directory: Path, output: str, file: str) -> None:
    kept = {VECTOR, PLACE} - {output}
    shutil.copy(write_understanding(directory.parent / "lacking", kept) / "encoder.onnx", directory)
    with pytest.raises(ModelFilesError, match=f"{file} goes with an output '{output}'") as refused:
        load_understanding(directory)
    assert refused.value.code == "model-files-damaged"


def test_other_meanings_leave_an_archive_where_it_is(directory: Path) -> None:
    vectors, places = versions(load_understanding(directory))
    fit_meanings(directory, seed=2)
    other_vectors, same_places = versions(load_understanding(directory))
    assert (vectors != other_vectors, places == same_places) == (True, True)


def test_other_places_leave_kept_sentences_as_they_are(directory: Path) -> None:
    vectors, places = versions(load_understanding(directory))
    fit_places(directory, east=0.5)
    same_vectors, other_places = versions(load_understanding(directory))
    assert (vectors == same_vectors, places != other_places) == (True, True)


def test_another_reading_of_characters_changes_both(directory: Path) -> None:
    before = versions(load_understanding(directory))
    (directory / "replacements.json").write_text("{}", "utf-8")
    after = versions(load_understanding(directory))
    assert not set(before) & set(after)
