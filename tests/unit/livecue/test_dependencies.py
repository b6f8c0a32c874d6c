"""What the packages import is what the project declares, and the locks hold it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("assist", "asr", "nlp", "models", "gateway", "livecue")
COMES_WITH = {"starlette": "fastapi", "pydantic_core": "pydantic", "botocore": "boto3"}
"""Libraries that are the other half of a declared one, released to fit it."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(requirement: str) -> str:
    """The name of a requirement in the form that PyPI compares."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> set[str]:
    """Top-level names of everything that the packages import and that is neither theirs nor Python's."""
    names: set[str] = set()
    for path in (file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    names |= {alias.name.partition(".")[0] for alias in aliases}
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module.partition(".")[0])
                case _:
                    pass
    return names - set(PACKAGES) - set(sys.stdlib_module_names) - set(COMES_WITH)


def test_every_imported_library_is_declared() -> None:
    extras = (entry for extra in PROJECT["optional-dependencies"].values() for entry in extra)
    declared = {normal(entry) for entry in (*PROJECT["dependencies"], *extras)}
    providers = packages_distributions()
    unknown = {name for name in imported() if not {normal(found) for found in providers.get(name, [])} & declared}
    assert unknown == set()


def test_the_image_installs_what_recordings_in_a_bucket_need() -> None:
    """Its settings are the same as anywhere; nobody can add a library to an image that runs."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("RUN pip install") and "-r requirements-image.lock" in line for line in lines)
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY requirements") for name in line.split()[1:-1]]
    assert {f"!{name}" for name in copied} <= set(let_in)


def test_locks_pin_every_declared_dependency() -> None:
    for lock, wanted in {
        "requirements.lock": PROJECT["dependencies"],
        "requirements-image.lock": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["s3"]],
        "requirements-dev.lock": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]],
    }.items():
        text = (ROOT / lock).read_text(encoding="utf-8")
        pinned = {normal(line) for line in text.splitlines() if re.match(r"[A-Za-z0-9].*==", line)}
        assert {normal(entry) for entry in wanted} <= pinned, f"run `make lock`: {lock} is behind pyproject.toml"
