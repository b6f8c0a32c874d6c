"""From the settings' list of text classifiers to analysers, or to what says why one cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from assist.errors import ConfigurationError, ModelFilesError
from assist.ports import Analyser
from models.directory import ModelDirectory, locate
from models.engine import Engine
from nlp.backends import BACKENDS, BackendName
from nlp.backends.analyser import ClassifierAnalyser, ClassifierUse, MissingClassifier
from nlp.backends.classifier import ClassifierRunner
from nlp.backends.directory import ClassifierConfig, read_config

log = logging.getLogger(__name__)

_PROBE = ("", "您好，请问有什么可以帮您？")


@dataclass(frozen=True, slots=True)
class ClassifierChoice:
    """What the settings say of one classifier."""

    backend: BackendName
    model: str
    """Name in the catalogue or a directory."""
    use: ClassifierUse = field(default_factory=ClassifierUse)


def locate_classifier(choice: ClassifierChoice, models_dir: Path) -> ModelDirectory:
    """The directory of a classifier, its files looked at but not loaded. Blocks.

    Raises ConfigurationError "backend-not-installed", ModelFilesError.
    """
    backend = BACKENDS[choice.backend]
    if any(find_spec(library) is None for library in backend.libraries):
        raise ConfigurationError(
            f"The backend {choice.backend} needs libraries that are not there: install `livecue[{choice.backend}]`.",
            code="backend-not-installed",
        )
    directory = locate(models_dir, choice.model, require=_named(backend.files_check), hub=_no_hub)
    read_config(directory.path)
    return directory


def load_classifier(choice: ClassifierChoice, models_dir: Path) -> ClassifierRunner:
    """A classifier that has answered once. Blocks, for seconds where torch is needed.

    Raises ConfigurationError "backend-not-installed", ModelFilesError.
    """
    directory = locate_classifier(choice, models_dir)
    config = read_config(directory.path)
    try:
        network = _named(BACKENDS[choice.backend].factory)(directory.path, config)
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
        return MissingClassifier(error, kind)


def _require_sane(logits: Any, config: ClassifierConfig, directory: Path) -> None:
    if logits.shape != (len(_PROBE), len(config.labels)) or not np.isfinite(logits).all():
        raise ModelFilesError(
            f"The classifier in {directory} does not give a finite number for each of its {len(config.labels)} labels.",
            code="unsupported-model",
        )


def _no_hub(name: str) -> NoReturn:
    raise ModelFilesError(
        f"Classifiers come from no hub: copy {name!r} here and give its directory.", code="no-model-hub"
    )


def _named(reference: str) -> Callable[..., Any]:
    """What "module:name" stands for."""
    module, _, name = reference.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
