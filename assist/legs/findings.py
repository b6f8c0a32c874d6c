"""What can be wrong with the legs of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assist.messages import CallDegraded, Party

LegCode = Literal["leg-missing", "leg-silent", "legs-identical", "legs-swapped"]

REASONS: Mapping[LegCode, str] = {
    "leg-missing": "No sound arrives from this party; check that the phone platform sends both parties.",
    "leg-silent": "Nobody is heard on this party's leg; check its microphone and what the phone platform sends.",
    "legs-identical": "Both legs carry the same sound; check that the phone platform sends one party on each.",
    "legs-swapped": "What is said sounds as if agent and customer were the wrong way round; exchange them.",
}
OVER: Mapping[LegCode, str] = {
    "leg-missing": "Sound arrives from this party.",
    "leg-silent": "This party is heard.",
    "legs-identical": "The legs carry different sound.",
    "legs-swapped": "Agent and customer were exchanged.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with the legs, or no longer."""

    code: LegCode
    at_ms: int
    """The position that decided it."""
    party: Party | None = None
    """None: it concerns both."""
    restored: bool = False

    def event(self) -> CallDegraded:
        """As the call's log has it."""
        reason = (OVER if self.restored else REASONS)[self.code]
        return CallDegraded(
            at_ms=self.at_ms, part="legs", code=self.code, reason=reason, party=self.party, restored=self.restored
        )
