"""Logs of calls for the archive."""

from __future__ import annotations

from assist.messages import (
    Because,
    EmotionSignal,
    Envelope,
    Event,
    Evidence,
    Flag,
    IntentSignal,
    OfferMade,
    OfferReaction,
    OvertalkSignal,
    Party,
    Severity,
    SilenceSignal,
    Utterance,
    Verdict,
)
from tests.support.past_calls import call_log, wrap_up

UTTERANCE_MS = 2_000


def said(*lines: tuple[Party, str] | tuple[Party, str, str]) -> list[Utterance]:
    """Utterances one after the other: who, what was said, and how it is shown where that is different."""
    return [_utterance(place, line[0], line[1], line[2] if len(line) > 2 else None) for place, line in enumerate(lines)]


def _utterance(place: int, party: Party, text: str, shown: str | None = None) -> Utterance:
    start_ms = place * UTTERANCE_MS
    return Utterance(
        utterance_id=f"{party}-{place}",
        party=party,
        text=text,
        words=(),
        start_ms=start_ms,
        end_ms=start_ms + UTTERANCE_MS,
        decided_ms=start_ms + UTTERANCE_MS,
        confidence=0.9,
        model="whisper@base",
        display_text=shown,
    )


def wanted(label: str, *, party: Party = "customer", early: bool = False) -> IntentSignal:
    return IntentSignal(
        utterance_id="u",
        party=party,
        label=label,
        score=0.9,
        start_ms=0,
        end_ms=1_000,
        source="test@1",
        from_partial=early,
    )


def felt(label: str, valence: float, *, at_ms: int = 0, party: Party = "customer") -> EmotionSignal:
    return EmotionSignal(
        utterance_id="u",
        party=party,
        label=label,
        score=0.9,
        start_ms=at_ms,
        end_ms=at_ms + 1_000,
        source="test@1",
        intensity=0 if label == "neutral" else 2,
        valence=valence,
    )


def flagged(rule: str, verdict: Verdict = "breach", severity: Severity = "major", *, flag_id: str = "") -> Flag:
    evidence = Evidence(kind="utterance", utterance_id="agent-0", start_ms=0, end_ms=1_000)
    return Flag(
        flag_id=flag_id or rule,
        rule=f"{rule}@telecom-1",
        title=f"{rule}的标题",
        party="agent",
        severity=severity,
        verdict=verdict,
        because=Because(rule=f"{rule}@telecom-1", reason="说了。", evidence=(evidence,)),
        at_ms=5_000,
    )


def offered(title: str, reaction: OfferReaction | None) -> Event:
    """The wrap-up of a call with one offer."""
    return wrap_up(offers=(OfferMade(title=title, reaction=reaction, utterance_ids=("agent-0",)),))


def silent(start_ms: int, end_ms: int) -> SilenceSignal:
    return SilenceSignal(start_ms=start_ms, end_ms=end_ms)


def overtalk(length_ms: int) -> OvertalkSignal:
    return OvertalkSignal(party="agent", start_ms=0, end_ms=length_ms)


def archived_log(
    call_id: str, *events: Event, hours_ago: float = 24, agent_id: str = "1001", duration_ms: int = 60_000
) -> list[Envelope]:
    """A closed call of customer 1."""
    log = call_log(call_id, *events, hours_ago=hours_ago)
    return [_changed(envelope, agent_id, duration_ms) for envelope in log]


def _changed(envelope: Envelope, agent_id: str, duration_ms: int) -> Envelope:
    event = envelope.event
    if event.type == "call-opened" and event.agent is not None:
        event = event.model_copy(update={"agent": event.agent.model_copy(update={"agent_id": agent_id})})
    if event.type == "call-closed":
        event = event.model_copy(update={"at_ms": duration_ms})
    return envelope.model_copy(update={"event": event})
