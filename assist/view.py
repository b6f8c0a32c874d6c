"""What a desk shows of a call: a pure fold over its log. The browser continues the same fold from a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from assist.messages import (
    ActSignal,
    Agent,
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CallUpdated,
    Correction,
    Customer,
    CustomerLookedUp,
    CustomerTag,
    CustomerTagged,
    EmotionEvidence,
    EmotionSignal,
    EntitySignal,
    Envelope,
    Flag,
    IntentSignal,
    Leg,
    Message,
    PartialTranscript,
    Party,
    Prompt,
    PromptOutcome,
    PromptUpdated,
    Rewrite,
    SpeechStarted,
    TextSignal,
    Trend,
    Utterance,
    UtteranceDropped,
    Word,
    WrapUp,
    WrapUpConfirmed,
    WrapUpPushed,
)

FEELINGS_KEPT = 2_000
"""More than an hour of quick turns; beyond it the earliest are forgotten. The browser's fold keeps as many."""


class LineEntity(Message):
    """A value said in a line."""

    label: str
    value: str
    """Normal form."""
    span: tuple[int, int]
    """Characters [from, to) of the line's text."""


class Line(Message):
    """One utterance on the screen, open or final."""

    utterance_id: str
    party: Party
    text: str
    stable_chars: int
    final: bool
    revision: int
    start_ms: int
    end_ms: int
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    guards: tuple[str, ...] = ()
    display_text: str | None = None
    rewrites: tuple[Rewrite, ...] = ()
    corrections: tuple[Correction, ...] = ()
    intents: tuple[str, ...] = ()
    """Labels, the primary one first."""
    acts: tuple[str, ...] = ()
    entities: tuple[LineEntity, ...] = ()
    """In text order without overlap."""

    @property
    def shown_text(self) -> str:
        """The form for people."""
        return self.text if self.display_text is None else self.display_text


class Feeling(Message):
    """How a party felt as of an utterance."""

    utterance_id: str
    party: Party
    at_ms: int
    """Where the utterance begins."""
    label: str
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    valence: float
    """-1 unpleasant to 1 pleasant."""
    trend: Trend
    """Of unpleasant feelings."""
    heard_in: tuple[Literal["words", "voice"], ...]
    evidence: tuple[EmotionEvidence, ...]
    """Why, the strongest first."""


class PromptCard(Message):
    """A prompt and what became of it."""

    prompt: Prompt
    state: Literal["active", "expired", "withdrawn", "accepted", "dismissed"]
    shown_after_ms: int | None = None
    acted_by: str = ""


class CallView(Message):
    """Everything a desk needs; ``seq`` is the last envelope folded in."""

    call_id: str
    seq: int = 0
    status: Literal["opening", "live", "closed"] = "opening"
    opened_at: datetime | None = None
    position_ms: int = 0
    """Highest call-clock position mentioned so far."""
    source: str = ""
    external_id: str | None = None
    legs: tuple[Leg, ...] = ()
    agent: Agent | None = None
    customer: Customer | None = None
    profile: CustomerLookedUp | None = None
    """Of this customer; None until a directory has answered."""
    tags: tuple[CustomerTag, ...] = ()
    playbook: str = ""
    recogniser: str = ""
    connection: Literal["attached", "detached", "paused", "resumed"] = "attached"
    speaking: tuple[Party, ...] = ()
    lines: tuple[Line, ...] = ()
    """Ordered by start_ms, then arrival."""
    feelings: tuple[Feeling, ...] = ()
    """One per utterance, in order of arrival; of the last FEELINGS_KEPT."""
    prompts: tuple[PromptCard, ...] = ()
    """Oldest first."""
    flags: tuple[Flag, ...] = ()
    """One per flag_id, the latest verdict, in order of first appearance."""
    gaps: tuple[AudioGap, ...] = ()
    degraded: tuple[CallDegraded, ...] = ()
    """What is impaired now."""
    closed: CallClosed | None = None
    wrap_up: WrapUp | None = None
    """The latest proposal."""
    confirmed: WrapUpConfirmed | None = None
    """What a person made of it; holds in place of the proposal."""
    pushed: WrapUpPushed | None = None
    """What became of handing on the wrap-up that holds."""


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
                "external_id": event.external_id,
                "legs": event.legs,
                "agent": event.agent,
                "customer": event.customer,
                "playbook": event.playbook,
                "recogniser": event.recogniser,
            }
        case CallUpdated():
            if _is_another(event.customer, view.customer):
                changes |= {"profile": None, "tags": ()}
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
        case CallDegraded():
            cause = (event.part, event.code, event.party)
            others = tuple(d for d in view.degraded if (d.part, d.code, d.party) != cause)
            changes["degraded"] = others if event.restored else (*others, event)
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
                "lines": _with_line(view.lines, _partial_line(event)),
                "position_ms": max(view.position_ms, event.end_ms),
            }
        case Utterance():
            changes |= {
                "lines": _with_line(view.lines, _final_line(event)),
                "feelings": _without_feeling(view.feelings, event.utterance_id),
                "speaking": tuple(p for p in view.speaking if p != event.party),
                "position_ms": max(view.position_ms, event.decided_ms),
            }
        case UtteranceDropped():
            changes |= {
                "lines": tuple(line for line in view.lines if line.utterance_id != event.utterance_id),
                "feelings": _without_feeling(view.feelings, event.utterance_id),
                "speaking": tuple(p for p in view.speaking if p != event.party),
                "position_ms": max(view.position_ms, event.decided_ms),
            }
        case IntentSignal() | ActSignal() | EntitySignal():
            changes["lines"] = _with_meaning(view.lines, event)
        case EmotionSignal():
            if _line_of(view.lines, event) is not None:
                others = _without_feeling(view.feelings, event.utterance_id)
                changes["feelings"] = (*others, _feeling(event))[-FEELINGS_KEPT:]
        case Prompt():
            if event.arm == "shown":
                changes["prompts"] = _with_prompt(view.prompts, event)
        case PromptUpdated():
            changes["prompts"] = tuple(_updated(card, event) for card in view.prompts)
        case PromptOutcome():
            changes["prompts"] = tuple(_with_outcome(card, event) for card in view.prompts)
        case Flag():
            known = any(flag.flag_id == event.flag_id for flag in view.flags)
            changes["flags"] = (
                tuple(event if flag.flag_id == event.flag_id else flag for flag in view.flags)
                if known
                else (*view.flags, event)
            )
        case WrapUp():
            changes["wrap_up"] = event
        case WrapUpConfirmed():
            changes |= {"confirmed": event, "pushed": None}
        case WrapUpPushed():
            changes["pushed"] = event
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


def _partial_line(event: PartialTranscript) -> Line:
    return Line(
        utterance_id=event.utterance_id,
        party=event.party,
        text=event.text,
        stable_chars=event.stable_chars,
        final=False,
        revision=event.revision,
        start_ms=event.start_ms,
        end_ms=event.end_ms,
    )


def _final_line(event: Utterance) -> Line:
    return Line(
        utterance_id=event.utterance_id,
        party=event.party,
        text=event.text,
        stable_chars=len(event.text),
        final=True,
        revision=0,
        start_ms=event.start_ms,
        end_ms=event.end_ms,
        confidence=event.confidence,
        words=event.words,
        guards=event.guards,
        display_text=event.display_text,
        rewrites=event.rewrites,
        corrections=event.corrections,
    )


def _with_line(lines: tuple[Line, ...], line: Line) -> tuple[Line, ...]:
    """Replace the utterance's line, or insert it by start; a partial never replaces a newer revision or a final.

    What was understood early stays while the line runs and is withdrawn by the final, whose own signals follow.
    """
    index = _place_of(lines, line.utterance_id)
    if index is not None:
        old = lines[index]
        if not line.final:
            if old.final or old.revision >= line.revision:
                return lines
            line = line.model_copy(update={"intents": old.intents, "acts": old.acts, "entities": old.entities})
        return (*lines[:index], line, *lines[index + 1 :])
    place = len(lines)
    while place > 0 and lines[place - 1].start_ms > line.start_ms:
        place -= 1
    return (*lines[:place], line, *lines[place:])


def _place_of(lines: tuple[Line, ...], utterance_id: str) -> int | None:
    """Sought from the end, where people speak."""
    return next((at for at in range(len(lines) - 1, -1, -1) if lines[at].utterance_id == utterance_id), None)


def _line_of(lines: tuple[Line, ...], event: TextSignal) -> int | None:
    """The place of the line of which a signal says something: an early one comes too late for a final line."""
    index = _place_of(lines, event.utterance_id)
    return None if index is None or (event.from_partial and lines[index].final) else index


def _with_meaning(lines: tuple[Line, ...], event: IntentSignal | ActSignal | EntitySignal) -> tuple[Line, ...]:
    index = _line_of(lines, event)
    if index is None:
        return lines
    line = lines[index]
    match event:
        case IntentSignal():
            found = {"intents": _with_intent(line.intents, event)}
        case ActSignal():
            found = {"acts": _with_act(line.acts, event)}
        case EntitySignal():
            found = {"entities": _with_entity(line.entities, event)}
    return (*lines[:index], line.model_copy(update=found), *lines[index + 1 :])


def _with_intent(intents: tuple[str, ...], event: IntentSignal) -> tuple[str, ...]:
    """A primary intent goes first; an early one starts anew, for the words have gone on since the ones before."""
    if not event.is_primary:
        return intents if event.label in intents else (*intents, event.label)
    others = () if event.from_partial else (label for label in intents if label != event.label)
    return (event.label, *others)


def _with_act(acts: tuple[str, ...], event: ActSignal) -> tuple[str, ...]:
    """An early one takes the place of those before, as for intents."""
    if event.from_partial:
        return (event.label,)
    return acts if event.label in acts else (*acts, event.label)


def _with_entity(entities: tuple[LineEntity, ...], event: EntitySignal) -> tuple[LineEntity, ...]:
    """The newer of two that overlap stays; one without a place in the text cannot be shown."""
    if event.span is None:
        return entities
    start, end = event.span
    before = (entity for entity in entities if entity.span[1] <= start)
    after = (entity for entity in entities if entity.span[0] >= end)
    return (*before, LineEntity(label=event.label, value=event.value, span=event.span), *after)


def _feeling(event: EmotionSignal) -> Feeling:
    return Feeling(
        utterance_id=event.utterance_id,
        party=event.party,
        at_ms=event.start_ms,
        label=event.label,
        intensity=event.intensity,
        valence=event.valence,
        trend=event.trend,
        heard_in=event.heard_in,
        evidence=event.evidence,
    )


def _without_feeling(feelings: tuple[Feeling, ...], utterance_id: str) -> tuple[Feeling, ...]:
    return tuple(felt for felt in feelings if felt.utterance_id != utterance_id)


def _with_prompt(cards: tuple[PromptCard, ...], prompt: Prompt) -> tuple[PromptCard, ...]:
    """An early prompt that its final confirms keeps its place and what became of it; a withdrawn one comes anew."""
    standing = ("active", "accepted", "dismissed")
    if any(card.prompt.prompt_id == prompt.prompt_id and card.state in standing for card in cards):
        return tuple(
            card.model_copy(update={"prompt": prompt}) if card.prompt.prompt_id == prompt.prompt_id else card
            for card in cards
        )
    others = (card for card in cards if card.prompt.prompt_id != prompt.prompt_id)
    return (*others, PromptCard(prompt=prompt, state="active"))


def _updated(card: PromptCard, event: PromptUpdated) -> PromptCard:
    if card.prompt.prompt_id != event.prompt_id or card.state != "active":
        return card
    return card.model_copy(update={"state": event.state})


def _with_outcome(card: PromptCard, event: PromptOutcome) -> PromptCard:
    if card.prompt.prompt_id != event.prompt_id:
        return card
    match event.outcome:
        case "shown":
            if card.shown_after_ms is not None:
                return card
            return card.model_copy(update={"shown_after_ms": event.shown_after_ms})
        case "accepted" | "dismissed":
            return card.model_copy(update={"state": event.outcome, "acted_by": event.by})
        case _:
            return card
