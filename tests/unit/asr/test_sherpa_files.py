"""What a directory of sherpa-onnx holds, and what is said when it is not whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from asr.backends.onnx_metadata import read_metadata
from asr.backends.sherpa import load_sherpa, read_symbols
from asr.backends.sherpa_files import (
    Paraformer,
    SenseVoice,
    StreamingParaformer,
    StreamingTransducer,
    find_sherpa_files,
)
from assist.errors import ConfigurationError, ModelFilesError
from tests.support.tiny_sherpa import (
    HANZI,
    write_paraformer,
    write_sense_voice,
    write_streaming_paraformer,
    write_streaming_transducer,
)


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (write_streaming_transducer, StreamingTransducer),
        (write_streaming_paraformer, StreamingParaformer),
        (write_paraformer, Paraformer),
        (write_sense_voice, SenseVoice),
    ],
)
def test_the_kind_of_a_model_is_told_from_its_files(
    tmp_path: Path, write: Callable[[Path], Path], kind: type[object]
) -> None:
    assert isinstance(find_sherpa_files(write(tmp_path)), kind)


def test_the_chunk_of_a_transducer_is_read_from_its_encoder(tmp_path: Path) -> None:
    found = find_sherpa_files(write_streaming_transducer(tmp_path))
    assert isinstance(found, StreamingTransducer)
    assert found.chunk_ms == 450


@pytest.mark.parametrize(
    ("compute_type", "name"),
    [("int8", "model.int8.onnx"), ("float32", "model.onnx"), ("float16", "model.onnx")],
)
def test_of_several_arithmetics_the_wanted_one_is_taken(tmp_path: Path, compute_type: str, name: str) -> None:
    write_paraformer(tmp_path)
    (tmp_path / "model.int8.onnx").write_bytes((tmp_path / "model.onnx").read_bytes())
    found = find_sherpa_files(tmp_path, compute_type)
    assert isinstance(found, Paraformer)
    assert found.model.name == name


def test_names_with_epochs_are_known(tmp_path: Path) -> None:
    write_streaming_transducer(tmp_path)
    for part in ("encoder", "decoder", "joiner"):
        (tmp_path / f"{part}.onnx").rename(tmp_path / f"{part}-epoch-99-avg-1-chunk-16-left-128.onnx")
    assert isinstance(find_sherpa_files(tmp_path), StreamingTransducer)


@pytest.mark.parametrize(
    ("write", "gone", "missing"),
    [
        (write_streaming_transducer, "tokens.txt", r"tokens\.txt"),
        (write_streaming_transducer, "decoder.onnx", r"decoder\.onnx"),
        (write_sense_voice, "model.onnx", r"model\.onnx, or encoder"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, write: Callable[[Path], Path], gone: str, missing: str) -> None:
    (write(tmp_path) / gone).unlink()
    with pytest.raises(ModelFilesError, match=missing) as refusal:
        find_sherpa_files(tmp_path)
    assert refusal.value.code == "model-files-missing"


def test_two_models_in_one_directory_are_refused(tmp_path: Path) -> None:
    write_paraformer(tmp_path)
    (tmp_path / "model-2.onnx").write_bytes((tmp_path / "model.onnx").read_bytes())
    with pytest.raises(ModelFilesError, match=r"more than one model: model-2\.onnx, model\.onnx"):
        find_sherpa_files(tmp_path)


def test_a_model_of_another_kind_is_refused_by_its_type(tmp_path: Path) -> None:
    write_streaming_transducer(tmp_path)
    (tmp_path / "encoder.onnx").rename(tmp_path / "model.onnx")
    with pytest.raises(ModelFilesError, match="zipformer2"):
        find_sherpa_files(tmp_path)


def test_missing_metadata_is_named_before_the_runtime_would_end_the_process(tmp_path: Path) -> None:
    write_streaming_transducer(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes((tmp_path / "joiner.onnx").read_bytes())
    with pytest.raises(ModelFilesError, match="vocab_size, context_size"):
        find_sherpa_files(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x72\xff\xff\xff\xff", b"\x80" * 20])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelFilesError, match=r"model\.onnx"):
        read_metadata(path)


def test_metadata_is_read_without_the_graph(tmp_path: Path) -> None:
    metadata = read_metadata(write_sense_voice(tmp_path) / "model.onnx")
    assert (metadata["model_type"], metadata["lfr_window_size"], metadata["with_itn"]) == ("sense_voice_ctc", "7", "14")


def test_terms_are_written_with_single_characters(tmp_path: Path) -> None:
    assert read_symbols(write_streaming_transducer(tmp_path) / "tokens.txt") == frozenset(HANZI)


def test_a_device_that_this_build_cannot_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load_sherpa(write_paraformer(tmp_path), "any@1", device="cuda")
    assert refusal.value.code == "no-accelerator"
