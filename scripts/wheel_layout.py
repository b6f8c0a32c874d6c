"""Build hook: a wheel keeps the five packages and the examples privately under ``livecue/_app``; a checkout does not.

An editable install must not copy them, or it would run stale code; hence a hook and not a static ``force-include``.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PRIVATE = ("assist", "asr", "nlp", "models", "gateway", "examples")


class WheelLayout(BuildHookInterface[Any]):
    """Adds the private folders to standard wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling with "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"].update({name: f"livecue/_app/{name}" for name in PRIVATE})
