"""CTranslate2's model file: rows are cut, the rest stays byte for byte."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.backends.model_file import LayoutError, ModelFile
from tests.support.ct2_file import model_bytes

TABLE = "decoder/embeddings/weight"
ALIASES = [("decoder/projection/weight", TABLE)]


def variables(table: npt.NDArray[np.generic]) -> dict[str, npt.NDArray[np.generic]]:
    return {
        "encoder/conv1/weight": np.arange(6, dtype=np.float32).reshape(3, 2, 1),
        TABLE: table,
        "decoder/scale": np.array(0.5, np.float32),
        "empty": np.zeros((0, 4), np.int8),
    }


def cut(path: Path, rows: list[int]) -> bytes:
    target = io.BytesIO()
    with ModelFile(path) as model:
        model.write_rows(target, rows, lambda variable: variable.name == TABLE)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
def test_a_cut_model_is_what_the_converter_would_have_written(tmp_path: Path, kind: str) -> None:
    table = np.arange(40).reshape(10, 4).astype(kind)
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes(variables(table), ALIASES))
    assert cut(path, [0, 3, 9]) == model_bytes(variables(table[[0, 3, 9]]), ALIASES)


def test_all_rows_give_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes(variables(np.ones((5, 2), np.float16)), ALIASES))
    assert cut(path, list(range(5))) == path.read_bytes()


def test_another_version_is_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes({}, version=5))
    with pytest.raises(LayoutError, match="binary version 5"):
        ModelFile(path)


@given(st.data())
def test_a_damaged_file_is_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = model_bytes(variables(np.ones((5, 2), np.float16)), ALIASES)
    damaged = data.draw(st.one_of(st.integers(0, len(whole) - 1).map(lambda end: whole[:end]), st.just(whole + b"\0")))
    path = tmp_path_factory.mktemp("damaged") / "model.bin"
    path.write_bytes(damaged)
    with pytest.raises(LayoutError):
        ModelFile(path)
