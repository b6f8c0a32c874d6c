"""What groups of settings share."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Group(BaseModel):
    """Base of the nested groups: a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_http(url: str) -> bool:
    """Whether it is an address of a web server."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
