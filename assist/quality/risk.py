"""How much a call is worth hearing: named points, summed up; a pure projection of its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assist.closed_call import ClosedCall, closed_call
from assist.messages import (
    CallRepeated,
    CustomerHistory,
    CustomerTagged,
    EmotionSignal,
    Envelope,
    Event,
    Flag,
    OvertalkSignal,
    Reaction,
    RiskCode,
    RiskReason,
    SilenceSignal,
    Utterance,
)

RISKY = frozenset(
    (
        "call-opened",
        "call-updated",
        "call-closed",
        "call-repeated",
        "customer-history",
        "customer-tagged",
        "emotion-signal",
        "flag",
        "overtalk-signal",
        "reaction",
        "silence-signal",
        "utterance",
    )
)
"""Types of the events that a risk is made of; all others may be left out."""

MOST_RISK = 100
FLAG_POINTS: Mapping[str, int] = {"critical": 40, "major": 20, "minor": 8}
"""For a breach, by severity."""
AT_RISK_SHARE = 0.5
"""Of a breach's points."""
ABSTAINED_SHARE = 0.25
ANGER: Mapping[str, int] = {"angry": 15}
"""Feelings of a customer that weigh by themselves, at their full intensity."""
MOST_INTENSITY = 3
WORSE_AT_END_POINTS = 10
UNPLEASANT = -0.3
"""Valence from which a feeling is one."""
LOW_CONFIDENCE_POINTS = 10
LOW_CONFIDENCE = 0.75
"""Of an utterance."""
LOW_CONFIDENCE_SHARE = 0.3
"""Of a call's utterances."""
LEAST_UTTERANCES = 6
"""Fewer say nothing about how well a call was understood."""
SILENCE_POINTS = 6
LONG_SILENCE_MS = 30_000
OVERTALK_POINTS = 5
MUCH_OVERTALK_MS = 10_000
REPEAT_POINTS = 12
PROMISE_POINTS = 15
REFUSED_POINTS = 4
TAG_POINTS: Mapping[str, int] = {"protected": 12, "complainer": 10, "at-risk": 8, "high-value": 6}
"""Tags of the bundled playbooks; others weigh as much as their tone."""
CARE_TAG_POINTS = 5


@dataclass(frozen=True, slots=True)
class CallRisk:
    """A closed call's risk."""

    call_id: str
    opened_at: datetime
    closed_at: datetime
    agent_id: str | None
    utterances: int
    risk: int
    """0 to MOST_RISK."""
    reasons: tuple[RiskReason, ...]
    """The weightiest first."""


def risk_of(log: Sequence[Envelope]) -> CallRisk | None:
    """From a log in ``seq`` order; None while the call is open."""
    call = closed_call(log)
    if call is None:
        return None
    closed_at = next(envelope.at for envelope in log if envelope.event.type == "call-closed")
    reasons = sorted(_reasons(call), key=lambda reason: -reason.points)
    return CallRisk(
        call_id=call.call_id,
        opened_at=call.opened_at,
        closed_at=closed_at,
        agent_id=call.agent.agent_id if call.agent else None,
        utterances=sum(isinstance(event, Utterance) for event in call.events),
        risk=min(MOST_RISK, sum(reason.points for reason in reasons)),
        reasons=tuple(reasons),
    )


def _reasons(call: ClosedCall) -> Iterator[RiskReason]:
    events = call.events
    yield from _of_flags(events)
    yield from _of_feelings(events)
    yield from _of_customer(events)
    yield from _of_speech(events)
    refused = sum(isinstance(event, Reaction) and event.reaction == "refused" for event in events)
    if refused:
        yield RiskReason(code="refused-offer", points=REFUSED_POINTS)


def _of_flags(events: Iterable[Event]) -> Iterator[RiskReason]:
    flags = {event.flag_id: event for event in events if isinstance(event, Flag)}
    seen: set[tuple[str, str]] = set()
    for flag in flags.values():
        rule_id = flag.rule.partition("@")[0]
        if flag.verdict == "met" or (rule_id, flag.verdict) in seen:
            continue
        seen.add((rule_id, flag.verdict))
        share, code = _weight(flag)
        points = round(share * FLAG_POINTS[flag.severity])
        yield RiskReason(code=code, label=rule_id, title=flag.title, points=points)


def _weight(flag: Flag) -> tuple[float, RiskCode]:
    match flag.verdict:
        case "at_risk":
            return AT_RISK_SHARE, "at-risk-flag"
        case "abstained":
            return ABSTAINED_SHARE, "abstained-flag"
        case _:
            return 1.0, "flag"


def _of_feelings(events: Iterable[Event]) -> Iterator[RiskReason]:
    felt = [
        event
        for event in events
        if isinstance(event, EmotionSignal) and event.party != "agent" and not event.from_partial
    ]
    strongest = max((one for one in felt if one.label in ANGER), key=lambda one: one.intensity, default=None)
    if strongest is not None and strongest.intensity > 0:
        points = round(ANGER[strongest.label] * strongest.intensity / MOST_INTENSITY)
        yield RiskReason(code="anger", label=strongest.label, points=points)
    third = len(felt) // 3
    if third:
        begin, end = (sum(one.valence for one in part) / third for part in (felt[:third], felt[-third:]))
        if end <= UNPLEASANT and end < begin:
            worst = min(felt[-third:], key=lambda one: one.valence)
            yield RiskReason(code="worse-at-end", label=worst.label, points=WORSE_AT_END_POINTS)


def _of_customer(events: Iterable[Event]) -> Iterator[RiskReason]:
    tagged: CustomerTagged | None = None
    for event in events:
        match event:
            case CustomerTagged():
                tagged = event
            case CallRepeated():
                yield RiskReason(code="repeat-call", points=REPEAT_POINTS)
            case CustomerHistory() if any(promise.is_overdue for promise in event.promises):
                yield RiskReason(code="broken-promise", points=PROMISE_POINTS)
            case _:
                pass
    for tag in tagged.tags if tagged else ():
        points = TAG_POINTS.get(tag.tag_id, CARE_TAG_POINTS if tag.tone == "care" else 0)
        if points:
            yield RiskReason(code="customer-tag", label=tag.tag_id, title=tag.title, points=points)


def _of_speech(events: Iterable[Event]) -> Iterator[RiskReason]:
    said = [event for event in events if isinstance(event, Utterance)]
    unsure = sum(one.confidence < LOW_CONFIDENCE for one in said)
    if len(said) >= LEAST_UTTERANCES and unsure >= LOW_CONFIDENCE_SHARE * len(said):
        yield RiskReason(code="low-confidence", points=LOW_CONFIDENCE_POINTS)
    silent_ms = max((one.end_ms - one.start_ms for one in events if isinstance(one, SilenceSignal)), default=0)
    if silent_ms >= LONG_SILENCE_MS:
        yield RiskReason(code="long-silence", points=SILENCE_POINTS)
    overtalk_ms = sum(one.end_ms - one.start_ms for one in events if isinstance(one, OvertalkSignal))
    if overtalk_ms >= MUCH_OVERTALK_MS:
        yield RiskReason(code="overtalk", points=OVERTALK_POINTS)
