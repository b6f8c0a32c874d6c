"""From the settings' list of text classifiers to analysers, or to what says why one cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assist.errors import ConfigurationError, ModelFilesError
from assist.ports import Analyser
from models.engine import Engine
from nlp.backends import BACKENDS, BackendName, named
from nlp.backends.analyser import ClassifierAnalyser, ClassifierUse
from nlp.backends.classifier import ClassifierRunner
from nlp.backends.directory import ClassifierConfig, read_config
from nlp.backends.location import locate_classifier
from nlp.missing import MissingModel

log = logging.getLogger(__name__)

_PROBE = ("", "您好，请问有什么可以帮您？")


@dataclass(frozen=True, slots=True)
class ClassifierChoice:
    """What the settings say of one classifier."""

    backend: BackendName
    model: str
    """Name in the catalogue or a directory."""
    use: ClassifierUse = field(default_factory=ClassifierUse)


def load_classifier(choice: ClassifierChoice, models_dir: Path) -> ClassifierRunner:
    """A classifier that has answered once. Blocks, for seconds where torch is needed.

    Raises ConfigurationError "backend-not-installed", ModelFilesError.
    """
    directory = locate_classifier(choice.backend, choice.model, models_dir)
    config = read_config(directory.path)
    try:
        network = named(BACKENDS[choice.backend].factory)(directory.path, config)
        logits = network.logits(_PROBE)
    except ModelFilesError:
        raise
    except Exception as error:  # the libraries that read the files raise errors of their own, down to plain Exception
        raise ModelFilesError(
            f"The classifier in {directory.path} cannot be used: {error}", code="model-files-damaged"
        ) from error
    _require_sane(logits, config, directory.path)
    return ClassifierRunner(network, config, directory.label)


def load_analysers(choices: Sequence[ClassifierChoice], models_dir: Path, engine: Engine) -> tuple[Analyser, ...]:
    """An analyser for each choice, in order; one that says what is wrong where the model cannot be used. Blocks."""
    return tuple(_analyser(choice, f"classifier-{at}", models_dir, engine) for at, choice in enumerate(choices, 1))


def _analyser(choice: ClassifierChoice, kind: str, models_dir: Path, engine: Engine) -> Analyser:
    try:
        return ClassifierAnalyser(engine, load_classifier(choice, models_dir), choice.use, kind)
    except ConfigurationError as error:
        attributes = {"kind": kind, "model": choice.model, "code": error.code, "reason": error.message}
        log.warning("a classifier of the settings cannot be used", extra=attributes)
        return MissingModel(error, kind)


def _require_sane(logits: Any, config: ClassifierConfig, directory: Path) -> None:
    if logits.shape != (len(_PROBE), len(config.labels)) or not np.isfinite(logits).all():
        raise ModelFilesError(
            f"The classifier in {directory} does not give a finite number for each of its {len(config.labels)} labels.",
            code="unsupported-model",
        )
