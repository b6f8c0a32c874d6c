"""From the settings of a text classifier to its directory. Imports nothing native: ``livecue doctor`` asks as well."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from assist.errors import ConfigurationError, ModelFilesError
from models.directory import ModelDirectory, locate
from nlp.backends import BACKENDS, BackendName, named
from nlp.backends.directory import read_config


def locate_classifier(name: BackendName, model: str, models_dir: Path) -> ModelDirectory:
    """The directory of a classifier, its files looked at but not loaded. Blocks.

    Raises ConfigurationError "backend-not-installed", ModelFilesError.
    """
    backend = BACKENDS[name]
    if any(find_spec(library) is None for library in backend.libraries):
        raise ConfigurationError(
            f"The backend {name} needs libraries that are not there: install `livecue[{name}]`.",
            code="backend-not-installed",
        )
    directory = locate(models_dir, model, require=named(backend.files_check), hub=_no_hub)
    read_config(directory.path)
    return directory


def _no_hub(name: str) -> NoReturn:
    raise ModelFilesError(
        f"Classifiers come from no hub: copy {name!r} here and give its directory.", code="no-model-hub"
    )
