"""Sequence classification by torch: a directory as ``save_pretrained`` of transformers leaves it.

torch and transformers come with the extra "transformers" and are imported when a model of this kind is chosen, never
before: a service without one does not have them in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np

from assist.errors import ModelFilesError
from nlp.backends.classifier import Float32Array
from nlp.backends.directory import ClassifierConfig


class TransformersNetwork:
    """Runs on the CPU, on one thread per call; reads the directory alone, and runs no code that lies there."""

    def __init__(self, directory: Path, config: ClassifierConfig) -> None:
        """Raises ModelFilesError "unsupported-model" and whatever the libraries raise over damaged files."""
        self._torch: Any = import_module("torch")
        library: Any = import_module("transformers")
        library.utils.logging.disable_progress_bar()
        # For the whole process, as torch has it: the engine brings a thread per core already.
        self._torch.set_num_threads(1)
        self._max_pieces = config.max_pieces
        self._tokenizer = library.AutoTokenizer.from_pretrained(
            str(directory), local_files_only=True, trust_remote_code=False, truncation_side="left"
        )
        self._tokenizing = Lock()
        model, report = library.AutoModelForSequenceClassification.from_pretrained(
            str(directory),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
        if missing := sorted(cast("set[str]", report["missing_keys"])):
            raise ModelFilesError(
                f"{directory} is no text classifier: its weights lack {', '.join(missing[:3])}.",
                code="unsupported-model",
            )
        self._model = model.float().eval()

    def logits(self, texts: Sequence[str]) -> Float32Array:
        with self._tokenizing:  # a tokenizer changes its own settings while it works
            pieces = self._tokenizer(
                list(texts), padding=True, truncation=True, max_length=self._max_pieces, return_tensors="pt"
            )
        with self._torch.inference_mode():
            found = self._model(**pieces).logits
        return np.asarray(found.numpy(), np.float32)
