"""A sequence-classification directory without its network: which files it needs, and what its config says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assist.errors import ModelFilesError

MAX_PIECES = 256
"""Of one text; of a longer one the last count."""
_RESERVED_POSITIONS = 2
"""RoBERTa and its kin count positions from 2 on."""
_SHORTEST_PIECES = 8

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_TOKENIZERS = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "tokenizer.model",
    "sentencepiece.bpe.model",
    "spiece.model",
)


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """What ``config.json`` says, in the form that transformers writes."""

    labels: tuple[str, ...]
    """In the order of the logits."""
    is_multi_label: bool
    """Every label has a probability of its own; else they share one."""
    max_pieces: int
    """Most pieces of one text, special ones included."""
    pad_id: int


def require_onnx_files(directory: Path) -> None:
    """Raise ModelFilesError "model-files-missing" unless a graph, a tokenizer and a config are there."""
    _require(directory, [("config.json",), ("model.onnx",), ("tokenizer.json",)])


def require_transformers_files(directory: Path) -> None:
    """Raise ModelFilesError "model-files-missing" unless weights, a tokenizer and a config are there."""
    _require(directory, [("config.json",), _WEIGHTS, _TOKENIZERS])


def read_config(directory: Path) -> ClassifierConfig:
    """Raises ModelFilesError "model-files-damaged", and "unsupported-model" where the model is no classifier."""
    try:
        config = cast("object", json.loads((directory / "config.json").read_text(encoding="utf-8")))
        if not isinstance(config, dict):
            raise ValueError("it is no object")
        return _parsed(directory, cast("dict[str, Any]", config))
    except (OSError, ValueError, TypeError) as error:
        raise ModelFilesError(
            f"config.json in {directory} cannot be read: {error}", code="model-files-damaged"
        ) from error


def _parsed(directory: Path, config: dict[str, Any]) -> ClassifierConfig:
    names: dict[int, str] = {int(place): str(label) for place, label in dict(config.get("id2label") or {}).items()}
    problem = config.get("problem_type") or "single_label_classification"
    if not names or problem not in ("single_label_classification", "multi_label_classification"):
        raise ModelFilesError(
            f"{directory} is no text classifier: config.json needs id2label, and no problem_type but"
            " single_label_classification or multi_label_classification.",
            code="unsupported-model",
        )
    if sorted(names) != list(range(len(names))):
        raise ValueError("id2label does not count from 0")
    positions = int(config.get("max_position_embeddings") or MAX_PIECES + _RESERVED_POSITIONS)
    if positions < _SHORTEST_PIECES + _RESERVED_POSITIONS:
        raise ValueError(f"max_position_embeddings is {positions}")
    return ClassifierConfig(
        labels=tuple(names[place] for place in range(len(names))),
        is_multi_label=problem == "multi_label_classification",
        max_pieces=min(MAX_PIECES, positions - _RESERVED_POSITIONS),
        pad_id=int(config.get("pad_token_id") or 0),
    )


def _require(directory: Path, groups: Sequence[Sequence[str]]) -> None:
    """One file of each group."""
    missing = [group[0] for group in groups if not any((directory / name).is_file() for name in group)]
    if missing:
        raise ModelFilesError(f"{directory} lacks {', '.join(missing)}.", code="model-files-missing")
