"""One row of the call list: a pure projection of a call's log."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from assist.messages import (
    ActSignal,
    Agent,
    AgentHour,
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CallRepeated,
    CallUpdated,
    CueHeard,
    Customer,
    CustomerHistory,
    CustomerLookedUp,
    CustomerTagged,
    EmotionSignal,
    EnergySignal,
    EntitySignal,
    Envelope,
    Event,
    ExperimentsAssigned,
    Flag,
    IntentSignal,
    Judgement,
    LegsExchanged,
    LineCorrected,
    MeaningSignal,
    NeedHeard,
    NoteLeft,
    NoteRemoved,
    Notification,
    NotificationPushed,
    OfferHeldBack,
    OvertalkSignal,
    PartialTranscript,
    PhraseSignal,
    PromiseSettled,
    Prompt,
    PromptLeftOut,
    PromptOutcome,
    PromptsLimited,
    PromptUpdated,
    Reaction,
    Result,
    ReviewEvent,
    RoleSignal,
    SilenceSignal,
    SpeechRateSignal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
    WrapUp,
    WrapUpConfirmed,
    WrapUpPushed,
)
from assist.ports import CallSummary


def summarise(previous: CallSummary | None, envelope: Envelope) -> CallSummary:
    """The summary after one more envelope; envelopes already counted are ignored.

    Prompts held out from the agent are not counted, and early ones only once their final has confirmed them. While the
    call is open ``duration_ms`` is the highest call-clock position mentioned; afterwards it is the position of the
    close, and what comes later (outcomes) leaves it alone.
    """
    summary = previous or _blank(envelope)
    if envelope.seq <= summary.last_seq:
        return summary
    event = envelope.event
    summary = replace(summary, last_seq=envelope.seq)
    if summary.closed_at is None:
        summary = replace(summary, duration_ms=max(summary.duration_ms, _position_ms(event)))
    match event:
        case CallOpened():
            opened = replace(
                summary,
                source=event.source,
                opened_at=envelope.at,
                external_id=event.external_id,
                playbook=event.playbook,
            )
            return _with_people(opened, event.agent, event.customer)
        case CallUpdated():
            return _with_people(summary, event.agent, event.customer)
        case CustomerLookedUp() if not summary.customer_name:
            return replace(summary, customer_name=event.name)
        case CallClosed():
            return replace(summary, closed_at=envelope.at, cause=event.cause, duration_ms=event.at_ms)
        case Utterance():
            return replace(summary, utterances=summary.utterances + 1)
        case Prompt() if event.arm == "shown" and not event.from_partial:
            return replace(summary, prompts=summary.prompts + 1)
        case Flag():
            return _with_flag(summary, event)
        case _:
            return summary


def _blank(envelope: Envelope) -> CallSummary:
    return CallSummary(
        call_id=envelope.call_id,
        source="",
        opened_at=envelope.at,
        closed_at=None,
        cause=None,
        duration_ms=0,
        agent_id=None,
        agent_name="",
        customer_id=None,
        customer_name="",
        external_id=None,
        playbook="",
        utterances=0,
        prompts=0,
        flags=0,
        last_seq=0,
        has_audio=False,
    )


def _with_people(summary: CallSummary, agent: Agent | None, customer: Customer | None) -> CallSummary:
    if agent is not None:
        summary = replace(summary, agent_id=agent.agent_id, agent_name=agent.name)
    if customer is not None:
        summary = replace(summary, customer_id=customer.customer_id, customer_name=customer.name)
    return summary


def _with_flag(summary: CallSummary, flag: Flag) -> CallSummary:
    others = tuple(flag_id for flag_id in summary.standing_flags if flag_id != flag.flag_id)
    standing = (*others, flag.flag_id) if flag.verdict in ("breach", "at_risk") else others
    return replace(summary, flags=len(standing), standing_flags=standing)


def _position_ms(event: Event) -> int:
    """The call-clock position up to which the event speaks."""
    if isinstance(event, ReviewEvent):
        return 0  # of calls that are over
    match event:
        case CallOpened():
            return 0
        case CallUpdated() | CallDegraded() | CallClosed() | LegsExchanged() | CustomerLookedUp() | CustomerTagged():
            return event.at_ms
        case ExperimentsAssigned():
            return event.at_ms
        case CustomerHistory() | CallRepeated() | PromiseSettled() | AgentHour() | PromptsLimited():
            return event.at_ms
        case NeedHeard() | OfferHeldBack() | Prompt() | PromptLeftOut() | PromptUpdated() | PromptOutcome() | Flag():
            return event.at_ms
        case CueHeard() | Reaction() | Result() | Judgement() | Notification() | NotificationPushed():
            return event.at_ms
        case WrapUp() | WrapUpConfirmed() | WrapUpPushed() | LineCorrected() | NoteLeft() | NoteRemoved():
            return event.at_ms
        case SpeechStarted() | Utterance() | UtteranceDropped():
            return event.decided_ms
        case AudioGap() | PartialTranscript():
            return event.end_ms
        case PhraseSignal() | IntentSignal() | EmotionSignal() | ActSignal() | EntitySignal() | MeaningSignal():
            return event.end_ms
        case RoleSignal() | SilenceSignal() | OvertalkSignal() | SpeechRateSignal() | EnergySignal():
            return event.end_ms
        case _:
            assert_never(event)
