"""Things that can be said in many ways, told by example."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from assist.playbook.moment import Who

_DIGEST_CHARS = 8


@dataclass(frozen=True)
class Meaning:
    """A set of sentences that mean the same, and others that come near it and do not."""

    name: str
    who: Who
    """Who says such things."""
    examples: tuple[str, ...]
    unlike: tuple[str, ...] = ()

    @cached_property
    def label(self) -> str:
        """Name and content: what was found for other sentences under the same name is not this."""
        content = json.dumps([self.who, self.examples, self.unlike]).encode("ascii")
        return f"{self.name}@{hashlib.sha256(content).hexdigest()[:_DIGEST_CHARS]}"
