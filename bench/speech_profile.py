"""How much is said in a load: figures of capacity hold only for such traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.truth import Turn


@dataclass(frozen=True, slots=True)
class SpeechProfile:
    """Sums over calls; add them up before dividing."""

    call_ms: int = 0
    turns: int = 0
    chars: int = 0
    turn_ms: int = 0
    """Speech of every party added up."""
    agent_ms: int = 0
    customer_ms: int = 0
    any_ms: int = 0
    """Somebody speaks."""
    both_ms: int = 0
    """More than one party speaks."""

    def __add__(self, other: SpeechProfile) -> SpeechProfile:
        return SpeechProfile(
            self.call_ms + other.call_ms,
            self.turns + other.turns,
            self.chars + other.chars,
            self.turn_ms + other.turn_ms,
            self.agent_ms + other.agent_ms,
            self.customer_ms + other.customer_ms,
            self.any_ms + other.any_ms,
            self.both_ms + other.both_ms,
        )

    def report(self) -> Mapping[str, float]:
        """Shares of call time in percent, lengths in seconds, rates."""
        call_ms, turns, turn_s = max(1, self.call_ms), max(1, self.turns), max(1, self.turn_ms) / 1000
        return {
            "somebody_speaks_percent": round(100 * self.any_ms / call_ms, 1),
            "agent_speaks_percent": round(100 * self.agent_ms / call_ms, 1),
            "customer_speaks_percent": round(100 * self.customer_ms / call_ms, 1),
            "both_speak_percent": round(100 * self.both_ms / call_ms, 1),
            "mean_turn_s": round(self.turn_ms / 1000 / turns, 2),
            "turns_per_call_minute": round(self.turns * 60_000 / call_ms, 1),
            "chars_per_speech_s": round(self.chars / turn_s, 1),
        }


def speech_profile(turns: Sequence[Turn], call_ms: int) -> SpeechProfile:
    """Of one call."""
    edges = sorted([(turn.start_ms, 1) for turn in turns] + [(turn.end_ms, -1) for turn in turns])
    any_ms = both_ms = speaking = since_ms = 0
    for at_ms, change in edges:
        any_ms += (at_ms - since_ms) * (speaking > 0)
        both_ms += (at_ms - since_ms) * (speaking > 1)
        speaking, since_ms = speaking + change, at_ms
    lengths = {"agent": 0, "customer": 0, "mixed": 0}
    for turn in turns:
        lengths[turn.party] += turn.end_ms - turn.start_ms
    return SpeechProfile(
        call_ms=call_ms,
        turns=len(turns),
        chars=sum(len([char for char in turn.text if char.isalnum()]) for turn in turns),
        turn_ms=sum(lengths.values()),
        agent_ms=lengths["agent"],
        customer_ms=lengths["customer"],
        any_ms=any_ms,
        both_ms=both_ms,
    )
