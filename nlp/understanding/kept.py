"""What the model made of playbooks' sentences, kept on disk: only sentences that are new have to be read."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from assist.whole_file import whole_file
from nlp.understanding.meaning import Float32Array

log = logging.getLogger(__name__)

Sentence = tuple[str, str]
"""Party and text."""

_KEY_BYTES = 16


class KeptVectors:
    """Vectors by model and sentence, one file for each model; best effort, safe from several processes.

    Of two that write at once the later one stays, and the other's sentences are read once more some time.
    """

    def __init__(self, directory: Path, *, models: int = 2, sentences: int = 40_000) -> None:
        """``models``: files that are kept, the newest. ``sentences``: of a file, those wanted last."""
        if models < 1 or sentences < 1:
            raise ValueError("at least one model and one sentence must be kept")
        self._directory = directory
        self._models = models
        self._sentences = sentences

    def load(self, vectors_version: str, sentences: Collection[Sentence]) -> dict[Sentence, Float32Array]:
        """Those of the sentences that are known, each (width,)."""
        keys, vectors = self._read(vectors_version)
        at = {key: place for place, key in enumerate(_each(keys))}
        return {one: vectors[place] for one in sentences if (place := at.get(_key(one))) is not None}

    def save(self, vectors_version: str, read: Mapping[Sentence, Float32Array]) -> None:
        """Keep these, and of those that are there as many as there is room for."""
        if not read:
            return
        keys, vectors = self._read(vectors_version)
        new = {_key(one): vector for one, vector in read.items()}
        width = len(next(iter(new.values())))
        old = {key: row for key, row in zip(_each(keys), vectors, strict=True) if key not in new and len(row) == width}
        kept = list((old | new).items())[-self._sentences :]
        try:
            self._directory.mkdir(exist_ok=True)
            with whole_file(self._path(vectors_version)) as file:
                table = np.frombuffer(b"".join(key for key, _ in kept), np.uint8).reshape(-1, _KEY_BYTES)
                np.savez(file, keys=table, vectors=np.stack([row for _, row in kept]).astype(np.float32))
            for path in sorted(self._directory.iterdir(), key=lambda path: -path.stat().st_mtime)[self._models :]:
                path.unlink(missing_ok=True)
        except OSError as error:
            log.info("vectors of sentences are not kept", extra={"reason": error.strerror})

    def _read(self, vectors_version: str) -> tuple[NDArray[np.uint8], Float32Array]:
        """(sentences, 16) and (sentences, width); of a file that is missing or damaged, none."""
        try:
            with self._path(vectors_version).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
        except (OSError, ValueError, EOFError, KeyError, BadZipFile):
            return _NONE
        is_whole = keys.dtype == np.uint8 and keys.ndim == vectors.ndim == 2 and keys.shape[1] == _KEY_BYTES
        return (keys, vectors) if is_whole and vectors.dtype == np.float32 and len(keys) == len(vectors) else _NONE

    def _path(self, vectors_version: str) -> Path:
        return self._directory / f"{blake2b(vectors_version.encode(), digest_size=_KEY_BYTES).hexdigest()}.npz"


_NONE = np.empty((0, _KEY_BYTES), np.uint8), np.empty((0, 0), np.float32)


def _key(sentence: Sentence) -> bytes:
    return blake2b("\t".join(sentence).encode(), digest_size=_KEY_BYTES).digest()


def _each(keys: NDArray[np.uint8]) -> list[bytes]:
    return [row.tobytes() for row in keys]
