"""Loads a CTranslate2 Whisper directory, its vocabulary cut on the way where that is possible."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import ctranslate2
from tokenizers import Tokenizer

from asr.backends.model_file import LayoutError
from asr.backends.vocabulary import LATIN_WORDS, Vocabulary, choose, read_vocabulary, write_cut_model
from assist.errors import ConfigurationError, ModelFilesError

log = logging.getLogger(__name__)

_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class WhisperModel:
    """A model in memory."""

    native: Any
    """ctranslate2.models.Whisper"""
    vocabulary: Vocabulary
    """What its token ids mean."""
    tokenizer: Any
    """tokenizers.Tokenizer of the whole vocabulary: its symbols count, not its ids."""

    def ids(self, text: str) -> list[int]:
        """The tokens of a text that the kept vocabulary can write as the tokenizer does."""
        return [self.vocabulary.id(symbol) for symbol in self.tokenizer.encode(text, add_special_tokens=False).tokens]


def load_whisper(model_dir: Path, *, full_vocabulary: bool, **options: object) -> WhisperModel:
    """The model of a directory; ``options`` are CTranslate2's.

    Raises ModelFilesError when it cannot be used, ConfigurationError "no-accelerator" without the wanted GPU.

    The cut model is written to a temporary directory, read and removed again: handed over in memory (``files``),
    CTranslate2 would keep the whole file beside the loaded model. A model that cannot be cut is loaded whole.
    """
    if options.get("device") == "cuda" and not cast("Any", ctranslate2).get_cuda_device_count():
        raise ConfigurationError(
            "There is no CUDA device here, or no driver for it: set LIVECUE_ASR__DEVICE to cpu or auto.",
            code="no-accelerator",
        )
    missing = [file for file in _MODEL_FILES if not (model_dir / file).is_file()]
    if missing:
        raise ModelFilesError(f"The model directory {model_dir.name} lacks {', '.join(missing)}.")
    try:
        tokenizer = cast("Any", Tokenizer).from_file(str(model_dir / "tokenizer.json"))
    except Exception as error:  # the native library raises nothing more special
        raise ModelFilesError(f"tokenizer.json in {model_dir.name} cannot be read: {error}") from error
    whole = read_vocabulary(model_dir)
    if full_vocabulary:
        return WhisperModel(_open(model_dir, model_dir.name, options), whole, tokenizer)
    cut = choose(whole, _symbols_of_words(tokenizer))
    with TemporaryDirectory(prefix="livecue-model-") as place:
        try:
            write_cut_model(model_dir, Path(place), cut)
        except (LayoutError, OSError) as error:
            attributes = {"model": model_dir.name, "cause": str(error)}
            log.warning(
                "The model's vocabulary could not be cut; it is used whole and decodes slower", extra=attributes
            )
            return WhisperModel(_open(model_dir, model_dir.name, options), whole, tokenizer)
        native = _open(Path(place), model_dir.name, options)
    log.info("Vocabulary cut", extra={"model": model_dir.name, "kept": len(cut.rows), "of": len(whole)})
    return WhisperModel(native, cut.kept, tokenizer)


def _symbols_of_words(tokenizer: Any) -> frozenset[str]:
    """How the tokenizer spells the words of the trade, at the begin of a word and inside a text."""
    spellings = (
        tokenizer.encode(space + word, add_special_tokens=False) for word in LATIN_WORDS for space in ("", " ")
    )
    return frozenset(symbol for spelling in spellings for symbol in spelling.tokens)


def _open(model_dir: Path, name: str, options: dict[str, object]) -> Any:
    try:
        return cast("Any", ctranslate2).models.Whisper(str(model_dir), **options)
    except (RuntimeError, ValueError) as error:
        raise ModelFilesError(f"The model in {name} cannot be loaded: {error}") from error
