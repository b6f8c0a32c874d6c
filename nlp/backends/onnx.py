"""Sequence classification by ONNX Runtime: ``model.onnx`` with ``tokenizer.json``, as exporters leave them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from assist.errors import ModelFilesError
from models.sessions import open_session
from nlp.backends.classifier import Float32Array
from nlp.backends.directory import ClassifierConfig
from nlp.padding import padded

_NEEDED = {"input_ids", "attention_mask"}
_KNOWN = {*_NEEDED, "token_type_ids"}
_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class OnnxNetwork:
    """Runs on one thread per call."""

    def __init__(self, directory: Path, config: ClassifierConfig) -> None:
        """Raises ModelFilesError "unsupported-model" and whatever the libraries raise over damaged files."""
        self._tokenizer = _tokenizer(directory / "tokenizer.json", config.max_pieces)
        self._pad_id = config.pad_id
        self._session = open_session(directory / "model.onnx")
        self._types = {one.name: _TYPES.get(one.type) for one in self._session.get_inputs()}
        outputs = [one.name for one in self._session.get_outputs()]
        if not _NEEDED <= self._types.keys() <= _KNOWN or None in self._types.values() or "logits" not in outputs:
            raise ModelFilesError(
                f"model.onnx in {directory} must take whole numbers named input_ids, attention_mask and perhaps"
                " token_type_ids, and give logits.",
                code="unsupported-model",
            )

    def logits(self, texts: Sequence[str]) -> Float32Array:
        encodings: list[Encoding] = [self._tokenizer.encode(text) for text in texts]
        rows = {
            "input_ids": padded([encoding.ids for encoding in encodings], self._pad_id),
            # A text without any piece is one of padding that counts: no network takes nothing.
            "attention_mask": padded([[1] * max(1, len(encoding.ids)) for encoding in encodings], 0),
            "token_type_ids": padded([encoding.type_ids for encoding in encodings], 0),
        }
        (found,) = self._session.run(["logits"], {name: rows[name].astype(kind) for name, kind in self._types.items()})
        return np.asarray(found, np.float32)


def _tokenizer(path: Path, max_pieces: int) -> Tokenizer:
    """Keeps the end of a text that is too long; padding is ours."""
    tokenizer: Any = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_pieces, direction="left")
    return tokenizer
