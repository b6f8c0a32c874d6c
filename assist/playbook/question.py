"""Questions about a whole call that only a reader with sense can answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

_DIGEST_CHARS = 8

UNCLEAR = "unclear"
"""What a model answers that cannot tell; no question has it among its own answers."""


@dataclass(frozen=True)
class Question:
    """A question with its possible answers."""

    name: str
    text: str
    answers: tuple[str, ...]
    percent: int = 100
    """Share of the calls in which it is asked."""

    @cached_property
    def label(self) -> str:
        """Name and content: an answer to another question under the same name is none to this."""
        content = json.dumps([self.text, self.answers]).encode("ascii")
        return f"{self.name}@{hashlib.sha256(content).hexdigest()[:_DIGEST_CHARS]}"

    def is_drawn(self, call_id: str) -> bool:
        """Whether it is asked in a call; the same question and call always give the same."""
        draw = hashlib.sha256(f"{call_id}/{self.label}".encode()).digest()
        return int.from_bytes(draw[:8]) % 100 < self.percent
