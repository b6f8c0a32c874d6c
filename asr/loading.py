"""From the names of a backend and a model in the settings to a recogniser, or the first of several that can be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asr.backends import BACKENDS, Backend
from asr.fallback import Standby
from asr.speech import SpeechRunner
from assist.errors import ConfigurationError, ModelFilesError
from models.directory import HUB_PREFIX, ModelDirectory, locate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecogniserChoice:
    """What the settings say of one recogniser."""

    backend: str
    model: str
    """Name in the catalogue, a directory, or ``hub:NAME``."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What holds for every recogniser of a process."""

    models_dir: Path
    device: str
    compute_type: str
    threads: int
    """Of one worker."""
    workers: int
    full_vocabulary: bool = False
    """Whisper only: keep the tokens of all languages."""


@dataclass(frozen=True, slots=True)
class LoadedRecognisers:
    """The first recogniser that could be loaded, and those that come after it."""

    runner: SpeechRunner
    standbys: tuple[Standby, ...]
    passed_over: tuple[ConfigurationError, ...]
    """Why the ones before it and unusable ones after it are not there."""
    is_first_choice: bool


def locate_model(choice: RecogniserChoice, models_dir: Path) -> ModelDirectory:
    """The directory of a recogniser's model, its files checked by the backend. Blocks.

    Raises ConfigurationError "unknown-backend" and "backend-not-installed", ModelFilesError.
    """
    backend = _backend(choice.backend)
    if backend.library and find_spec(backend.library) is None:
        raise ConfigurationError(
            f"The backend {choice.backend} needs libraries that are not there: install `livecue[{choice.backend}]`.",
            code="backend-not-installed",
        )
    if choice.model.startswith(HUB_PREFIX) and not backend.has_hub:
        raise ModelFilesError(
            f"The backend {choice.backend} has no model hub: give a directory as LIVECUE_ASR__MODEL.",
            code="no-model-hub",
        )
    return locate(models_dir, choice.model, require=_named(backend.files_check))


def load_recogniser(choice: RecogniserChoice, options: LoadOptions) -> SpeechRunner:
    """A recogniser with its model. Blocks for seconds. Raises ConfigurationError and ModelFilesError."""
    backend = _backend(choice.backend)
    directory = locate_model(choice, options.models_dir)
    own = {"full_vocabulary": options.full_vocabulary} if backend.cuts_vocabulary else {}
    return _named(backend.factory)(
        directory.path,
        directory.label,
        device=options.device,
        compute_type=options.compute_type,
        intra_threads=options.threads,
        inter_threads=options.workers,
        **own,
    )


def load_first(choices: Sequence[RecogniserChoice], options: LoadOptions) -> LoadedRecognisers:
    """The first choice that can be loaded; the ones after it stand by unloaded, their files checked. Blocks.

    Raises the error of the first choice when none can be loaded.
    """
    passed_over: list[ConfigurationError] = []
    for place, choice in enumerate(choices):
        try:
            runner = load_recogniser(choice, options)
        except ConfigurationError as error:
            _warn(choice, error)
            passed_over.append(error)
            continue
        standbys = _standbys(choices[place + 1 :], options, passed_over)
        return LoadedRecognisers(runner, standbys, tuple(passed_over), is_first_choice=place == 0)
    raise passed_over[0]


def _standbys(
    choices: Sequence[RecogniserChoice], options: LoadOptions, passed_over: list[ConfigurationError]
) -> tuple[Standby, ...]:
    standbys: list[Standby] = []
    for choice in choices:
        try:
            label = locate_model(choice, options.models_dir).label
        except ConfigurationError as error:
            _warn(choice, error)
            passed_over.append(error)
        else:
            standbys.append(Standby(label, partial(load_recogniser, choice, options)))
    return tuple(standbys)


def _warn(choice: RecogniserChoice, error: ConfigurationError) -> None:
    attributes = {"backend": choice.backend, "model": choice.model, "code": error.code, "reason": error.message}
    log.warning("a recogniser of the settings cannot be used", extra=attributes)


def _backend(name: str) -> Backend:
    if name not in BACKENDS:
        names = ", ".join(sorted(BACKENDS))
        raise ConfigurationError(f"No recogniser is called {name!r}. Known: {names}.", code="unknown-backend")
    return BACKENDS[name]


def _named(reference: str) -> Callable[..., Any]:
    """What "module:name" stands for."""
    module, _, name = reference.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
