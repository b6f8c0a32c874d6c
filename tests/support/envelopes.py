"""Short ways to write call logs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from assist.messages import (
    Agent,
    Because,
    CallClosed,
    CallOpened,
    CloseCause,
    Customer,
    Envelope,
    Event,
    Evidence,
    Flag,
    Leg,
    LegLedger,
    PartialTranscript,
    Prompt,
    PromptOutcome,
    SilenceSignal,
    Utterance,
    UtteranceDropped,
    Verdict,
    Word,
)

START = datetime(2026, 1, 5, 9, 0, 0, 123_456, tzinfo=UTC)

BECAUSE = Because(
    rule="offer-family-plan@telecom-1",
    reason="客户提到家里人多。",
    evidence=(Evidence(kind="utterance", utterance_id="u1", start_ms=0, end_ms=900, quote="家里五口人"),),
)


def log(call_id: str, *events: Event, first: int = 1, at: datetime = START) -> list[Envelope]:
    """Envelopes of one call, numbered from ``first``, a tenth of a second apart."""
    return [
        Envelope(call_id=call_id, seq=seq, at=at + timedelta(milliseconds=100 * seq), event=event)
        for seq, event in enumerate(events, first)
    ]


def opened(agent_id: str | None = "8001") -> CallOpened:
    return CallOpened(
        source="native/1",
        legs=(Leg(party="agent", codec="mulaw", rate_hz=8000), Leg(party="customer", codec="mulaw", rate_hz=8000)),
        agent=None if agent_id is None else Agent(agent_id=agent_id, name="小王"),
        customer=Customer(customer_id="c-1", name="李先生", attributes={"套餐": "畅享"}),
        external_id="pbx-77",
        playbook="telecom@1",
        recogniser="whisper@base",
    )


def partial(utterance_id: str, revision: int) -> PartialTranscript:
    return PartialTranscript(
        utterance_id=utterance_id,
        party="customer",
        revision=revision,
        text="我想" + "问" * revision,
        stable_chars=2,
        start_ms=0,
        end_ms=100 * revision,
    )


def utterance(utterance_id: str, end_ms: int = 900) -> Utterance:
    return Utterance(
        utterance_id=utterance_id,
        party="customer",
        text="家里五口人。",
        words=(Word(text="家", start_ms=0, end_ms=200, confidence=0.91),),
        start_ms=0,
        end_ms=end_ms,
        decided_ms=end_ms + 600,
        confidence=0.9,
        model="whisper@base",
    )


def dropped(utterance_id: str) -> UtteranceDropped:
    return UtteranceDropped(
        utterance_id=utterance_id, party="customer", start_ms=0, end_ms=400, decided_ms=1000, reason="no-speech"
    )


def silence(end_ms: int = 500) -> SilenceSignal:
    return SilenceSignal(start_ms=0, end_ms=end_ms)


def prompt(prompt_id: str, arm: Literal["shown", "held-out"] = "shown") -> Prompt:
    return Prompt(
        prompt_id=prompt_id,
        kind="offer",
        title="家庭套餐",
        body="您家人多,可以看看家庭共享套餐。",
        because=BECAUSE,
        at_ms=1_600,
        said_ms=900,
        expires_ms=20_000,
        arm=arm,
    )


def outcome(prompt_id: str) -> PromptOutcome:
    return PromptOutcome(prompt_id=prompt_id, at_ms=99_000, outcome="accepted", by="user-1")


def flag(flag_id: str, verdict: Verdict) -> Flag:
    return Flag(
        flag_id=flag_id,
        rule="greeting@telecom-1",
        title="开场问候",
        party="agent",
        severity="minor",
        verdict=verdict,
        because=BECAUSE,
        at_ms=2_000,
    )


def closed(cause: CloseCause = "hangup", at_ms: int = 61_000) -> CallClosed:
    ledger = LegLedger(party="agent", received_ms=at_ms, transcribed_ms=at_ms, silence_ms=0, gaps_ms=0)
    return CallClosed(at_ms=at_ms, cause=cause, ledger=(ledger,))
