"""What is handed on, and the signature by which a receiver knows from whom it comes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Push:
    """Something ready to be sent."""

    key: str
    """The same for every attempt, and of nothing else."""
    body: bytes
    """JSON."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over the timestamp, a full stop and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
