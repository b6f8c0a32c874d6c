"""How long the agent waits for words, turn by turn, from what arrived when; pure.

Definitions (docs/operations.md repeats them): all positions are on the paced clock, whose zero lies one chunk before
the first chunk was sent, since a real phone can send a chunk only when it is full.

* first partial: first non-empty partial of a turn - true start of the turn
* first text: the same; where a turn ended before any partial, its final counts
* final: final that ends the turn - true end of the turn; holds the endpoint silence
* final after decision: the same final - the position at which its end was certain; without the endpoint silence
* text gap: the longest time within a turn without new text of it, its start and end included; one figure per turn
* text interval: from one new text of a turn to the next, while it is being spoken
* partial lag: arrival of a partial - the position up to which it heard
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assist.messages import Envelope, PartialTranscript, Utterance, UtteranceDropped
from bench.truth import Turn
from models.load import percentile

TOLERANCE_MS = 500
"""How far a recognised edge may lie from the true one to count as that turn's."""

FAILURES = frozenset({"recogniser-failed", "lane-failed"})
"""Reasons of dropped utterances that are no judgement on their sound."""

Outcome = Literal["heard", "dropped", "failed", "missed"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope and when it reached the client, in milliseconds on the paced clock."""

    at_ms: float
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """What the agent saw of one turn; latencies in milliseconds, None where nothing fits."""

    turn: Turn
    outcome: Outcome
    """Words came, its sound was judged to hold none, recognition failed, or nothing at all came of it."""
    first_partial_ms: float | None
    """None also when no text began at the turn's start: joined to what came before."""
    first_text_ms: float | None
    final_ms: float | None
    """None when no final ended with the turn: joined to what came after, or not heard."""
    final_after_decision_ms: float | None
    text_gap_ms: float
    text_intervals_ms: tuple[float, ...]


def time_turns(turns: Iterable[Turn], arrivals: Sequence[Arrival]) -> Sequence[TurnTiming]:
    """Each turn of one call; ``arrivals`` in order."""
    return [_time_turn(turn, arrivals) for turn in turns]


def partial_lags_ms(arrivals: Iterable[Arrival]) -> Sequence[float]:
    """Of every partial of one call."""
    return [
        arrival.at_ms - arrival.envelope.event.end_ms
        for arrival in arrivals
        if isinstance(arrival.envelope.event, PartialTranscript)
    ]


def latency_report(timings: Sequence[TurnTiming]) -> Mapping[str, object]:
    """Counts, and percentiles in milliseconds."""
    return {
        "turns": len(timings),
        "turns_without_start": sum(timing.first_text_ms is None for timing in timings),
        "turns_without_end": sum(timing.final_ms is None for timing in timings),
        "first_partial_ms": percentiles(timing.first_partial_ms for timing in timings),
        "first_text_ms": percentiles(timing.first_text_ms for timing in timings),
        "final_ms": percentiles(timing.final_ms for timing in timings),
        "final_after_decision_ms": percentiles(timing.final_after_decision_ms for timing in timings),
        "text_gap_ms": percentiles(timing.text_gap_ms for timing in timings),
        "text_interval_ms": percentiles(interval for timing in timings for interval in timing.text_intervals_ms),
    }


def percentiles(samples: Iterable[float | None]) -> Mapping[str, float]:
    """Number, p50, p95, p99 and maximum of those that are not None; all 0 without any."""
    known = [sample for sample in samples if sample is not None]
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(known)} | {name: round(percentile(known, share)) for name, share in shares.items()}


def _time_turn(turn: Turn, arrivals: Sequence[Arrival]) -> TurnTiming:
    texts = [
        (arrival.at_ms, event)
        for arrival in arrivals
        if isinstance(event := arrival.envelope.event, PartialTranscript | Utterance)
        and event.party == turn.party
        and event.text
        and event.start_ms < turn.end_ms
        and event.end_ms > turn.start_ms
    ]
    started = [(at_ms, event) for at_ms, event in texts if abs(event.start_ms - turn.start_ms) <= TOLERANCE_MS]
    partials = [at_ms for at_ms, event in started if isinstance(event, PartialTranscript)]
    ended = next(
        (
            (at_ms, event)
            for at_ms, event in texts
            if isinstance(event, Utterance) and abs(event.end_ms - turn.end_ms) <= TOLERANCE_MS
        ),
        None,
    )
    shown_ms = [at_ms for at_ms, _ in texts if turn.start_ms < at_ms < turn.end_ms]
    return TurnTiming(
        turn=turn,
        outcome=_outcome(turn, arrivals),
        first_partial_ms=partials[0] - turn.start_ms if partials else None,
        first_text_ms=started[0][0] - turn.start_ms if started else None,
        final_ms=ended[0] - turn.end_ms if ended else None,
        final_after_decision_ms=ended[0] - ended[1].decided_ms if ended else None,
        text_gap_ms=max(later - earlier for earlier, later in pairwise([turn.start_ms, *shown_ms, turn.end_ms])),
        text_intervals_ms=tuple(later - earlier for earlier, later in pairwise(shown_ms)),
    )


def _outcome(turn: Turn, arrivals: Sequence[Arrival]) -> Outcome:
    """The best that came of any of the turn's sound."""
    reasons: set[str] = set()
    for arrival in arrivals:
        event = arrival.envelope.event
        if not isinstance(event, Utterance | UtteranceDropped) or event.party != turn.party:
            continue
        if event.start_ms >= turn.end_ms or event.end_ms <= turn.start_ms:
            continue
        if isinstance(event, Utterance):
            return "heard"
        reasons.add(event.reason)
    if not reasons:
        return "missed"
    return "failed" if reasons <= FAILURES else "dropped"
