"""The fold of a log into the view of a desk; the browser continues it from a snapshot."""

from __future__ import annotations

from collections.abc import Iterable

from assist.messages import (
    ActSignal,
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
    EntitySignal,
    Envelope,
    Flag,
    IntentSignal,
    LegsExchanged,
    LineCorrected,
    NeedHeard,
    NoteLeft,
    NoteRemoved,
    Notification,
    NotificationPushed,
    OfferHeldBack,
    PartialTranscript,
    PromiseSettled,
    Prompt,
    PromptLeftOut,
    PromptOutcome,
    PromptsLimited,
    PromptUpdated,
    Reaction,
    Result,
    RoleSignal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
    WrapUp,
    WrapUpConfirmed,
    WrapUpPushed,
)
from assist.view.cards import updated_card, with_course, with_outcome, with_prompt
from assist.view.lines import (
    feeling_of,
    final_line,
    line_of,
    partial_line,
    with_line,
    with_meaning,
    without_feeling,
)
from assist.view.remarks import with_correction, with_note
from assist.view.shapes import FEELINGS_KEPT, CallView, NotificationCard


def fold(view: CallView, envelope: Envelope) -> CallView:
    """The view after one more envelope; envelopes already folded in are ignored."""
    if envelope.seq <= view.seq:
        return view
    event = envelope.event
    changes: dict[str, object] = {"seq": envelope.seq}
    match event:
        case CallOpened():
            changes |= {
                "status": "live",
                "opened_at": envelope.at,
                "source": event.source,
                "direction": event.direction,
                "external_id": event.external_id,
                "legs": event.legs,
                "agent": event.agent,
                "customer": event.customer,
                "playbook": event.playbook,
                "recogniser": event.recogniser,
            }
        case CallUpdated():
            if _is_another(event.customer, view.customer):
                changes |= {"profile": None, "tags": (), "history": None, "repeat": None}
            changes |= {
                "agent": event.agent or view.agent,
                "customer": event.customer or view.customer,
                "connection": event.connection or view.connection,
                "position_ms": max(view.position_ms, event.at_ms),
            }
        case CustomerLookedUp():
            changes["profile"] = event
        case CustomerTagged():
            changes["tags"] = event.tags
        case CustomerHistory():
            changes["history"] = event
        case CallRepeated():
            changes["repeat"] = event
        case PromiseSettled():
            changes["history"] = _without_promise(view.history, event)
        case CallDegraded():
            cause = (event.part, event.code, event.party)
            others = tuple(d for d in view.degraded if (d.part, d.code, d.party) != cause)
            changes["degraded"] = others if event.restored else (*others, event)
        case LegsExchanged():
            changes["exchanged"] = (*view.exchanged, event)
        case CallClosed():
            broken_off = {line.utterance_id for line in view.lines if not line.final}
            changes |= {
                "status": "closed",
                "closed": event,
                "speaking": (),
                "position_ms": max(view.position_ms, event.at_ms),
                "lines": tuple(line for line in view.lines if line.final),
                "feelings": tuple(felt for felt in view.feelings if felt.utterance_id not in broken_off),
            }
        case AudioGap():
            changes["gaps"] = (*view.gaps, event)
        case SpeechStarted():
            changes["speaking"] = (*(p for p in view.speaking if p != event.party), event.party)
        case PartialTranscript():
            changes |= {
                "lines": with_line(view.lines, partial_line(event)),
                "position_ms": max(view.position_ms, event.end_ms),
            }
        case Utterance():
            changes |= {
                "lines": with_line(view.lines, final_line(event)),
                "feelings": without_feeling(view.feelings, event.utterance_id),
                "speaking": tuple(p for p in view.speaking if p != event.party),
                "position_ms": max(view.position_ms, event.decided_ms),
            }
        case UtteranceDropped():
            changes |= {
                "lines": tuple(line for line in view.lines if line.utterance_id != event.utterance_id),
                "feelings": without_feeling(view.feelings, event.utterance_id),
                "speaking": tuple(p for p in view.speaking if p != event.party),
                "position_ms": max(view.position_ms, event.decided_ms),
            }
        case IntentSignal() | ActSignal() | EntitySignal() | RoleSignal():
            changes["lines"] = with_meaning(view.lines, event)
        case EmotionSignal():
            if line_of(view.lines, event) is not None:
                others = without_feeling(view.feelings, event.utterance_id)
                changes["feelings"] = (*others, feeling_of(event))[-FEELINGS_KEPT:]
        case NeedHeard():
            changes["needs"] = (*view.needs, event)
        case Prompt():
            if event.arm == "shown":
                changes["prompts"] = with_prompt(view.prompts, event)
                if event.kind == "offer":
                    changes["held_back"] = None
        case PromptLeftOut():
            if event.kind == "offer":
                changes["held_back"] = event
        case PromptsLimited():
            changes["limits"] = event.limits
        case OfferHeldBack():
            if not event.is_lifted:
                changes["held_back"] = event
            elif isinstance(view.held_back, OfferHeldBack):
                changes["held_back"] = None
        case PromptUpdated():
            changes["prompts"] = tuple(updated_card(card, event) for card in view.prompts)
        case PromptOutcome():
            changes["prompts"] = tuple(with_outcome(card, event) for card in view.prompts)
        case CueHeard() | Reaction() | Result():
            changes["prompts"] = tuple(with_course(card, event) for card in view.prompts)
        case Flag():
            known = any(flag.flag_id == event.flag_id for flag in view.flags)
            changes["flags"] = (
                tuple(event if flag.flag_id == event.flag_id else flag for flag in view.flags)
                if known
                else (*view.flags, event)
            )
        case Notification():
            changes["notifications"] = (*view.notifications, NotificationCard(notification=event))
        case NotificationPushed():
            changes["notifications"] = tuple(
                card.model_copy(update={"pushed": event})
                if card.notification.notification_id == event.notification_id
                else card
                for card in view.notifications
            )
        case WrapUp():
            changes["wrap_up"] = event
        case WrapUpConfirmed():
            changes |= {"confirmed": event, "pushed": None}
        case WrapUpPushed():
            changes["pushed"] = event
        case LineCorrected():
            changes["corrected"] = with_correction(view, event, envelope.at)
        case NoteLeft():
            changes["notes"] = with_note(view.notes, event, envelope.at)
        case NoteRemoved():
            changes["notes"] = tuple(note for note in view.notes if note.note_id != event.note_id)
        case _:
            pass
    return view.model_copy(update=changes)


def fold_all(call_id: str, envelopes: Iterable[Envelope]) -> CallView:
    """The view of a whole log."""
    view = CallView(call_id=call_id)
    for envelope in envelopes:
        view = fold(view, envelope)
    return view


def _is_another(customer: Customer | None, known: Customer | None) -> bool:
    return customer is not None and known is not None and customer.customer_id != known.customer_id


def _without_promise(history: CustomerHistory | None, settled: PromiseSettled) -> CustomerHistory | None:
    if history is None:
        return None
    standing = tuple(
        one
        for one in history.promises
        if (one.call_id, one.promise.promise_id) != (settled.call_id, settled.promise_id)
    )
    return history.model_copy(update={"promises": standing})
