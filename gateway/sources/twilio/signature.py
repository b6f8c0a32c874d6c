"""``X-Twilio-Signature``: HMAC-SHA1 of the stream's public address under the account's auth token, in base64."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

_SCHEMES: Final[Mapping[str, tuple[str, str]]] = {
    "https": ("wss", "443"),
    "wss": ("wss", "443"),
    "http": ("ws", "80"),
    "ws": ("ws", "80"),
}
"""The scheme that is signed, and its port."""

_ADDRESS = re.compile(r"([a-z]+)://([^/?#]*?)(?::([0-9]+))?([/?#].*)?", re.DOTALL)


def sign(auth_token: str, url: str) -> str:
    """The signature of exactly this address."""
    digest = hmac.new(auth_token.encode(), url.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def is_signed(auth_token: str, url: str, signature: str) -> bool:
    """Whether the signature is of this address, with its scheme's own port or without; takes the same time always.

    Twilio signs ``wss``; a proxy may say ``https`` of the same address. Path and letter case must be as configured.
    """
    presented = signature.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(sign(auth_token, one).encode(), presented) for one in _spellings(url)]
    return bool(auth_token) and any(matches)


def _spellings(url: str) -> tuple[str, ...]:
    parts = _ADDRESS.fullmatch(url)
    if parts is None or parts[1] not in _SCHEMES:
        return (url,)
    scheme, own_port = _SCHEMES[parts[1]]
    host, port, rest = parts[2], parts[3], parts[4] or ""
    if port not in (None, own_port):
        return (f"{scheme}://{host}:{port}{rest}",)
    return (f"{scheme}://{host}{rest}", f"{scheme}://{host}:{own_port}{rest}")
