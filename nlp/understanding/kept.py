"""What the model made of a playbook's sentences, kept on disk: a service that starts again need not read them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

import numpy as np

from assist.whole_file import whole_file
from nlp.understanding.meaning import Float32Array

log = logging.getLogger(__name__)


class KeptVectors:
    """Vectors by model and sentences, one file for each set of sentences; best effort, safe from several processes.

    Sentences are kept as they were read together: how a batch is made up touches the last digits of its vectors, and
    the same playbook must hear the same whatever was read before.
    """

    def __init__(self, directory: Path, *, limit: int = 16) -> None:
        """``limit``: files that are kept, the newest."""
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._directory = directory
        self._limit = limit

    def load(self, places_version: str, sentences: Collection[tuple[str, str]]) -> Float32Array | None:
        """(sentences, width) in the order of ``sentences``; None: they have to be read."""
        try:
            vectors = np.load(self._path(places_version, sentences), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        is_whole = vectors.dtype == np.float32 and vectors.ndim == 2 and len(vectors) == len(sentences)
        return vectors if is_whole else None

    def save(self, places_version: str, sentences: Collection[tuple[str, str]], vectors: Float32Array) -> None:
        """Keep them where the directory can be written."""
        try:
            self._directory.mkdir(exist_ok=True)
            with whole_file(self._path(places_version, sentences)) as file:
                np.save(file, vectors)
            for path in sorted(self._directory.glob("*.npy"), key=lambda path: -path.stat().st_mtime)[self._limit :]:
                path.unlink(missing_ok=True)
        except OSError as error:
            log.info("vectors of sentences are not kept", extra={"reason": error.strerror})

    def _path(self, places_version: str, sentences: Collection[tuple[str, str]]) -> Path:
        lines = (f"{party}\t{text}\n" for party, text in sentences)
        return self._directory / f"{sha256((places_version + chr(10) + ''.join(lines)).encode()).hexdigest()[:32]}.npy"
