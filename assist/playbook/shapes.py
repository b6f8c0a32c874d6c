"""Pieces of a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

NAME = "^[a-z][a-z0-9_-]{0,63}$"
FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
VALUE: Schema = {"type": ["string", "integer", "boolean"]}
LABELS: Schema = {"anyOf": [VALUE, {"type": "array", "items": VALUE, "minItems": 1}]}
"""One or several."""


def mapping(properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), about: str = "") -> Schema:
    """Keys and values, no others."""
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        found["required"] = list(required)
    return {**found, "description": about} if about else found


def text(about: str = "", **more: Any) -> Schema:
    """Text that is not empty."""
    return {"type": "string", "minLength": 1, **more, **({"description": about} if about else {})}


def integer(about: str = "", least: int = 0) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, **({"description": about} if about else {})}


def boolean(about: str = "") -> Schema:
    """true or false."""
    return {"type": "boolean", **({"description": about} if about else {})}


def one_of(values: tuple[str, ...], about: str = "") -> Schema:
    """One of some words."""
    return {"enum": list(values), **({"description": about} if about else {})}


def ref(name: str) -> Schema:
    """A shape defined elsewhere in the schema."""
    return {"$ref": f"#/$defs/{name}"}
