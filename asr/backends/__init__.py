"""Recogniser backends by name; none is imported before it is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a backend's code is, each as "module:name"."""

    factory: str
    """Takes the model's directory and its name@version, then device, compute_type, intra_threads, inter_threads."""
    files_check: str
    """Takes a directory; raises ModelFilesError unless it holds a model of the backend. Imports nothing native."""
    library: str = ""
    """Python module that an extra of the same name as the backend brings; empty: always there."""
    has_hub: bool = False
    """Whether ``hub:NAME`` means something to it."""
    cuts_vocabulary: bool = False
    """Its factory takes ``full_vocabulary``."""


BACKENDS = {
    "whisper": Backend(
        factory="asr.backends.whisper:WhisperRunner",
        files_check="models.directory:require_recogniser_files",
        has_hub=True,
        cuts_vocabulary=True,
    ),
    "sherpa": Backend(
        factory="asr.backends.sherpa:load_sherpa",
        files_check="asr.backends.sherpa_files:require_sherpa_files",
        library="sherpa_onnx",
    ),
}
