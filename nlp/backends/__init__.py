"""Text classifiers of others, by the form of their directory; none is imported before it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

BackendName = Literal["onnx", "transformers"]


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a backend's code is, each as "module:name"."""

    factory: str
    """Takes a directory and its ``ClassifierConfig``, gives a ``TextNetwork``."""
    files_check: str
    """Takes a directory; raises ModelFilesError unless it holds a model of the backend. Imports nothing native."""
    libraries: tuple[str, ...] = ()
    """Python modules that an extra of the same name as the backend brings."""


BACKENDS: Mapping[BackendName, Backend] = {
    "onnx": Backend(
        factory="nlp.backends.onnx:OnnxNetwork",
        files_check="nlp.backends.directory:require_onnx_files",
    ),
    "transformers": Backend(
        factory="nlp.backends.transformers:TransformersNetwork",
        files_check="nlp.backends.directory:require_transformers_files",
        libraries=("torch", "transformers"),
    ),
}


def named(reference: str) -> Callable[..., Any]:
    """What "module:name" stands for; imports the module."""
    module, _, name = reference.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
