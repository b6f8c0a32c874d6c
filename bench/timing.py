"""Latencies of a call from what was heard when; pure.

Definitions (docs/operations.md repeats them): all positions are on the paced clock, whose zero lies one chunk before
the first chunk was sent, since a real phone can send a chunk only when it is full.

* first partial: first non-empty partial of a turn - true start of the turn
* first text: the same, where a turn ended before any partial, its final counts
* final: final that ends the turn - true end of the turn; holds the endpoint silence
* final after decision: the same final - the position at which its end was certain; without the endpoint silence
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assist.messages import Envelope, PartialTranscript, Utterance
from bench.truth import Turn
from models.load import percentile

TOLERANCE_MS = 500
"""How far a recognised edge may lie from the true one to count as that turn's."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope and when it reached the client, in milliseconds on the paced clock."""

    at_ms: float
    envelope: Envelope


@dataclass(slots=True)
class Latencies:
    """Samples in milliseconds, over any number of calls."""

    first_partial: list[float] = field(default_factory=list[float])
    first_text: list[float] = field(default_factory=list[float])
    final: list[float] = field(default_factory=list[float])
    final_after_decision: list[float] = field(default_factory=list[float])
    turns: int = 0
    turns_without_start: int = 0
    """No text began at the turn's start: joined to what came before, or not heard."""
    turns_without_end: int = 0
    """No final ended with the turn: joined to what came after, or not heard."""

    def add(self, turns: Sequence[Turn], arrivals: Sequence[Arrival]) -> None:
        """Measure one call."""
        for turn in turns:
            self.turns += 1
            self._add_start(turn, arrivals)
            self._add_end(turn, arrivals)

    def summary(self) -> Mapping[str, Mapping[str, float]]:
        """n, p50, p95, p99 and maximum of each, in milliseconds."""
        rows = {
            "first_partial_ms": self.first_partial,
            "first_text_ms": self.first_text,
            "final_ms": self.final,
            "final_after_decision_ms": self.final_after_decision,
        }
        return {name: _percentiles(samples) for name, samples in rows.items()}

    def _add_start(self, turn: Turn, arrivals: Sequence[Arrival]) -> None:
        texts = [
            (arrival.at_ms, event)
            for arrival in arrivals
            if isinstance(event := arrival.envelope.event, PartialTranscript | Utterance)
            and event.party == turn.party
            and event.text
            and abs(event.start_ms - turn.start_ms) <= TOLERANCE_MS
        ]
        if not texts:
            self.turns_without_start += 1
            return
        self.first_text.append(texts[0][0] - turn.start_ms)
        partials = [at_ms for at_ms, event in texts if isinstance(event, PartialTranscript)]
        if partials:
            self.first_partial.append(partials[0] - turn.start_ms)

    def _add_end(self, turn: Turn, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            event = arrival.envelope.event
            if not isinstance(event, Utterance) or event.party != turn.party:
                continue
            if abs(event.end_ms - turn.end_ms) <= TOLERANCE_MS:
                self.final.append(arrival.at_ms - turn.end_ms)
                self.final_after_decision.append(arrival.at_ms - event.decided_ms)
                return
        self.turns_without_end += 1


def _percentiles(samples: Sequence[float]) -> Mapping[str, float]:
    values = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(samples)} | {name: round(percentile(samples, share)) for name, share in values.items()}
