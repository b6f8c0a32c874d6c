"""Recogniser backends by name; none is imported before it is chosen."""

from __future__ import annotations

BACKENDS = {"whisper": "asr.backends.whisper:WhisperRunner"}
"""name -> "module:factory"; each factory takes the model's directory and its name@version, then its own options."""
