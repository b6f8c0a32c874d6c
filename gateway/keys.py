"""API keys as phone platforms can present them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping

from gateway.auth import KEY_PREFIX


def presented_key(headers: Mapping[str, str], query: Mapping[str, str], rest: str = "") -> str | None:
    """The key of a connection; None: it presents none.

    Bearer token, X-Api-Key, password of HTTP Basic, ``key`` parameter, first segment of the path below the door; of
    several the first that looks like one of ours, because platforms send tokens of their own.
    """
    candidates = list(_candidates(headers, query, rest))
    return next((key for key in candidates if key.startswith(KEY_PREFIX)), candidates[0] if candidates else None)


def without_key(rest: str) -> str:
    """A path below a door without the key that it begins with."""
    first, _, more = rest.partition("/")
    return more if first.startswith(KEY_PREFIX) else rest


def _candidates(headers: Mapping[str, str], query: Mapping[str, str], rest: str) -> Iterator[str]:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        yield token.strip()
    if key := headers.get("x-api-key"):
        yield key
    if scheme.lower() == "basic" and (password := _password(token.strip())):
        yield password
    if key := query.get("key"):
        yield key
    if (first := rest.partition("/")[0]).startswith(KEY_PREFIX):
        yield first


def _password(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
