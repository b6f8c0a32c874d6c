"""What kind of sherpa-onnx model a directory holds, told from its files and their metadata.

sherpa-onnx ends the whole process when a model lacks a metadata field that it reads, so every one of them is looked for
here first. Nothing native is imported: ``livecue doctor`` asks as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from asr.backends.onnx_metadata import read_metadata
from assist.errors import ModelFilesError

_STREAMING_TRANSDUCERS = {
    "conformer": ("num_encoder_layers", "left_context", "encoder_dim", "pad_length", "cnn_module_kernel"),
    "lstm": ("num_encoder_layers", "rnn_hidden_size", "d_model"),
    "zipformer": (
        "encoder_dims",
        "attention_dims",
        "num_encoder_layers",
        "cnn_module_kernels",
        "left_context_len",
    ),
    "zipformer2": (
        "encoder_dims",
        "query_head_dims",
        "value_head_dims",
        "num_heads",
        "num_encoder_layers",
        "cnn_module_kernels",
        "left_context_len",
    ),
}
"""``model_type`` of an encoder and what its loader reads beside ``T`` and ``decode_chunk_len``."""

_PARAFORMER_FIELDS = ("vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev")
_STREAMING_PARAFORMER_FIELDS = (
    *_PARAFORMER_FIELDS,
    "encoder_output_size",
    "decoder_num_blocks",
    "decoder_kernel_size",
)
_SENSE_VOICE_FIELDS = (
    *_PARAFORMER_FIELDS,
    "normalize_samples",
    "with_itn",
    "without_itn",
    *(f"lang_{language}" for language in ("auto", "zh", "en", "ja", "ko", "yue")),
)
_VARIANTS = {"int8": ".int8.onnx", "float16": ".fp16.onnx", "float32": ".onnx"}
"""How exports in another arithmetic than float32 are named."""
_FRAME_MS = 10


@dataclass(frozen=True, slots=True)
class StreamingTransducer:
    """Encoder, decoder and joiner that hear sound in chunks."""

    encoder: Path
    decoder: Path
    joiner: Path
    tokens: Path
    chunk_ms: int
    """What the encoder hears at a time."""


@dataclass(frozen=True, slots=True)
class StreamingParaformer:
    """Encoder and decoder that hear 600 ms at a time."""

    encoder: Path
    decoder: Path
    tokens: Path


@dataclass(frozen=True, slots=True)
class Paraformer:
    """One model that hears whole utterances."""

    model: Path
    tokens: Path


@dataclass(frozen=True, slots=True)
class SenseVoice:
    """One model that hears whole utterances, and their language, emotion and sounds."""

    model: Path
    tokens: Path


SherpaFiles = StreamingTransducer | StreamingParaformer | Paraformer | SenseVoice


def require_sherpa_files(directory: Path) -> None:
    """Raise ModelFilesError unless the directory holds one model that can be loaded."""
    find_sherpa_files(directory)


def find_sherpa_files(directory: Path, compute_type: str = "int8") -> SherpaFiles:
    """The model of a directory; of several arithmetics the one of ``compute_type``, else the only one there is.

    Raises ModelFilesError "model-files-missing" or, when they are of no known kind, "bad-model-files".
    """
    tokens = directory / "tokens.txt"
    if not tokens.is_file():
        raise _missing(directory, "tokens.txt")
    parts = {part: _part(directory, part, compute_type) for part in ("encoder", "decoder", "joiner", "model")}
    match parts:
        case {"encoder": Path() as encoder, "decoder": Path() as decoder, "joiner": Path() as joiner}:
            return _transducer(encoder, decoder, joiner, tokens)
        case {"encoder": Path() as encoder, "decoder": Path() as decoder}:
            _require_kind(encoder, {"paraformer": _STREAMING_PARAFORMER_FIELDS})
            return StreamingParaformer(encoder, decoder, tokens)
        case {"model": Path() as model}:
            return _whole(model, tokens)
        case {"encoder": Path()}:
            raise _missing(directory, "decoder.onnx")
        case _:
            raise _missing(directory, "model.onnx, or encoder.onnx, decoder.onnx and joiner.onnx")


def _transducer(encoder: Path, decoder: Path, joiner: Path, tokens: Path) -> StreamingTransducer:
    kinds = {kind: (*fields, "T", "decode_chunk_len") for kind, fields in _STREAMING_TRANSDUCERS.items()}
    _, metadata = _require_kind(encoder, kinds)
    _require_fields(decoder, read_metadata(decoder), ("vocab_size", "context_size"))
    return StreamingTransducer(encoder, decoder, joiner, tokens, int(metadata["T"]) * _FRAME_MS)


def _whole(model: Path, tokens: Path) -> Paraformer | SenseVoice:
    kind, _ = _require_kind(model, {"paraformer": _PARAFORMER_FIELDS, "sense_voice_ctc": _SENSE_VOICE_FIELDS})
    return Paraformer(model, tokens) if kind == "paraformer" else SenseVoice(model, tokens)


def _part(directory: Path, part: str, compute_type: str) -> Path | None:
    """``encoder.onnx``, ``encoder.int8.onnx``, ``encoder-epoch-99-avg-1.onnx`` …"""
    found = sorted(path for path in directory.glob(f"{part}*.onnx") if path.is_file())
    wanted = [path for path in found if _variant(path) == compute_type] or [
        path for path in found if _variant(path) == "float32"
    ]
    candidates = wanted or found
    if len(candidates) > 1:
        names = ", ".join(path.name for path in candidates)
        raise ModelFilesError(f"{directory} holds more than one {part}: {names}. Leave one of them there.")
    return candidates[0] if candidates else None


def _variant(path: Path) -> str:
    return next(variant for variant, ending in _VARIANTS.items() if path.name.endswith(ending))


def _require_kind(path: Path, kinds: Mapping[str, Collection[str]]) -> tuple[str, Mapping[str, str]]:
    """The ``model_type`` and all metadata of a model that must be of one of the kinds, with their fields."""
    metadata = read_metadata(path)
    kind = metadata.get("model_type", "")
    if kind not in kinds:
        raise ModelFilesError(
            f"{path} is of the type {kind!r}; known here: {', '.join(kinds)}. Use a directory as sherpa-onnx offers it."
        )
    _require_fields(path, metadata, kinds[kind])
    return kind, metadata


def _require_fields(path: Path, metadata: Mapping[str, str], fields: Collection[str]) -> None:
    missing = [field for field in fields if not metadata.get(field)]
    if missing:
        raise ModelFilesError(
            f"{path} lacks metadata: {', '.join(missing)}. Export it again with the script of sherpa-onnx."
        )


def _missing(directory: Path, what: str) -> ModelFilesError:
    return ModelFilesError(
        f"{directory} is not a complete sherpa-onnx model; missing: {what}.", code="model-files-missing"
    )
