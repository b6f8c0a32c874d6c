"""What the archive knows of a closed call: a pure projection of its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from assist.closed_call import ClosedCall, closed_call
from assist.history.offers import past_offers
from assist.history.record import matters_of
from assist.messages import (
    CallDirection,
    CallRepeated,
    CloseCause,
    CustomerHistory,
    CustomerLookedUp,
    EmotionSignal,
    Envelope,
    Event,
    Flag,
    IntentSignal,
    LineCorrected,
    OfferReaction,
    OvertalkSignal,
    Party,
    Severity,
    SilenceSignal,
    Utterance,
    Verdict,
    WrapUp,
)
from assist.search.wording import wording_of

ARCHIVED = frozenset(
    (
        "call-opened",
        "call-updated",
        "call-closed",
        "customer-looked-up",
        "customer-history",
        "call-repeated",
        "utterance",
        "line-corrected",
        "intent-signal",
        "emotion-signal",
        "silence-signal",
        "overtalk-signal",
        "prompt",
        "reaction",
        "result",
        "flag",
        "wrap-up",
    )
)
"""Types of the events that a document is made of; all others may be left out."""

MAX_FEELINGS = 50
"""Changes of feeling that are kept of one call; what follows is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance as it is found and shown."""

    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    text: str
    spoken: str | None = None
    """As it was said, where ``text`` writes numbers in digits."""


@dataclass(frozen=True, slots=True)
class FoundFlag:
    """The last verdict of a flag."""

    flag_id: str
    rule: str
    """Id, without the playbook's version."""
    title: str
    severity: Severity
    verdict: Verdict
    at_ms: int


@dataclass(frozen=True, slots=True)
class FoundOffer:
    """An offer that the agent made, and what became of it."""

    offer_id: str
    """Empty where the agent offered it unprompted."""
    title: str
    reaction: OfferReaction | None
    is_sold: bool


@dataclass(frozen=True, slots=True)
class Felt:
    """How the customer felt from here on."""

    label: str
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    valence: float
    """-1 unpleasant to 1 pleasant."""
    at_ms: int


@dataclass(frozen=True, slots=True)
class CallDocument:
    """A closed call as a row of the archive."""

    call_id: str
    opened_at: datetime
    duration_ms: int
    direction: CallDirection
    cause: CloseCause
    agent_id: str | None
    agent_name: str
    customer_id: str | None
    customer_name: str
    playbook: str
    utterances: int
    silence_ms: int
    """In all silences that were told."""
    longest_silence_ms: int
    overtalk_ms: int
    intents: tuple[str, ...] = ()
    """What the customer wanted, in the order in which it was heard."""
    feelings: tuple[Felt, ...] = ()
    """How the customer felt, told where it changed."""
    flags: tuple[FoundFlag, ...] = ()
    """In the order in which they were first raised."""
    offers: tuple[FoundOffer, ...] = ()
    reason: str | None = None
    """What the customer called about first of all; None where it is not known, and where the hotline called."""
    repeat_no: int | None = None
    """Which call about the same thing within seven days: 1, 2 …; None where nobody knows who called or why."""
    agent_chars_per_min: float | None = None
    customer_chars_per_min: float | None = None
    is_practice: bool = False
    """Of the softphone: somebody tried Livecue or practised. No figure counts it."""

    @property
    def silence_share(self) -> float:
        """Of the call's length, 0 to 1."""
        return self.silence_ms / self.duration_ms if self.duration_ms else 0.0

    @property
    def worst(self) -> Felt | None:
        """The least pleasant feeling, the earliest of equals."""
        return min(self.feelings, key=lambda felt: felt.valence, default=None)


@dataclass(frozen=True, slots=True)
class ArchivedCall:
    """A document and the words it is found by."""

    document: CallDocument
    lines: tuple[Line, ...]


def archived(log: Iterable[Envelope]) -> ArchivedCall | None:
    """A call from its log in ``seq`` order; None while it is open."""
    call = closed_call(log)
    if call is None:
        return None
    agent, customer, events = call.agent, call.customer, call.events
    looked_up = next((event.name for event in events if isinstance(event, CustomerLookedUp) and event.name), "")
    corrected = {event.utterance_id: event for event in events if isinstance(event, LineCorrected)}
    lines = tuple(_line(event, corrected.get(event.utterance_id)) for event in events if isinstance(event, Utterance))
    silences = [event.end_ms - event.start_ms for event in events if isinstance(event, SilenceSignal)]
    wrap_up = next((event for event in reversed(events) if isinstance(event, WrapUp)), None)
    reason = next(iter(matters_of(wrap_up)), None) if call.opening.direction == "inbound" else None
    speeds = _speeds(call)
    document = CallDocument(
        call_id=call.call_id,
        opened_at=call.opened_at,
        duration_ms=call.closing.at_ms,
        direction=call.opening.direction,
        cause=call.closing.cause,
        agent_id=agent.agent_id if agent else None,
        agent_name=agent.name if agent else "",
        customer_id=customer.customer_id if customer else None,
        customer_name=(customer.name if customer else "") or looked_up,
        playbook=call.opening.playbook,
        utterances=len(lines),
        silence_ms=sum(silences),
        longest_silence_ms=max(silences, default=0),
        overtalk_ms=sum(event.end_ms - event.start_ms for event in events if isinstance(event, OvertalkSignal)),
        intents=tuple(dict.fromkeys(_intents(events))),
        feelings=tuple(_course(events))[:MAX_FEELINGS],
        flags=tuple(_flags(events)),
        offers=tuple(_offers(call, wrap_up)),
        reason=reason,
        repeat_no=_repeat_no(events) if reason else None,
        agent_chars_per_min=speeds.get("agent"),
        customer_chars_per_min=speeds.get("customer"),
        is_practice=call.is_practice,
    )
    return ArchivedCall(document, tuple(sorted(lines, key=lambda line: line.start_ms)))


def _line(utterance: Utterance, corrected: LineCorrected | None) -> Line:
    text, spoken = wording_of(utterance, corrected)
    return Line(utterance.utterance_id, utterance.party, utterance.start_ms, utterance.end_ms, text, spoken)


def _intents(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, IntentSignal) and event.party != "agent" and not event.from_partial:
            yield event.label


def _course(events: Iterable[Event]) -> Iterator[Felt]:
    last = ("", -1)
    for event in events:
        if isinstance(event, EmotionSignal) and event.party != "agent" and not event.from_partial:
            if (event.label, event.intensity) != last:
                yield Felt(event.label, event.intensity, event.valence, event.start_ms)
            last = event.label, event.intensity


def _flags(events: Iterable[Event]) -> Iterator[FoundFlag]:
    latest: dict[str, Flag] = {}
    for event in events:
        if isinstance(event, Flag):
            latest[event.flag_id] = event
    for flag in latest.values():
        rule = flag.rule.partition("@")[0]
        yield FoundFlag(flag.flag_id, rule, flag.title, flag.severity, flag.verdict, flag.at_ms)


def _repeat_no(events: Iterable[Event]) -> int | None:
    """Only where the earlier calls of the customer were known, a call about something new is the first."""
    number: int | None = None
    for event in events:
        match event:
            case CustomerHistory() if number is None:
                number = 1
            case CallRepeated():
                number = event.number
            case _:
                pass
    return number


def _speeds(call: ClosedCall) -> dict[Party, float]:
    measures = call.closing.conversation
    told = measures.parties if measures else ()
    return {one.party: one.chars_per_min for one in told if one.chars_per_min is not None}


def _offers(call: ClosedCall, wrap_up: WrapUp | None) -> Iterator[FoundOffer]:
    made = wrap_up.offers if wrap_up else ()
    for offer in past_offers(call.events, made, call_id=call.call_id, at=call.opened_at):
        yield FoundOffer(offer.offer_id, offer.title, offer.reaction, offer.is_sold)
