"""Where the calls of a playbook are filed beside the default list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assist.messages import FilingCode, Party, Verdict


@dataclass(frozen=True, slots=True)
class Filing:
    """A code, and the calls that are proposed for it: any of what follows is enough, nothing leaves it to people."""

    code: FilingCode
    intents: frozenset[str] = frozenset()
    """Of which one is the main reason of the call."""
    phrases: tuple[str, ...] = ()
    """Words that were said, as they are written."""
    party: Party | None = None
    """Who said them; None: anybody."""
    fired: Mapping[str, Verdict | None] = field(default_factory=dict[str, "Verdict | None"])
    """Rules that showed a prompt or gave their flag this verdict, by id; None: they have no flag."""
