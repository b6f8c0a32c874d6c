"""What phone platforms have in common that send a text about the call, then L16, and say nothing of positions.

    waiting ──first text, or sound alone for a while──▶ open (``Joining``) ──empty message──▶ flushing ──▶ over

Text and sound may come in either order. Nothing but the end of the connection says that a call is over, and a socket
that we close stays silent for the rest of the call: whatever goes wrong, this codec reads on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from assist.errors import LivecueError
from assist.messages import Agent, Customer, Envelope, Leg, LegLedger, Party
from gateway.frames import TextMeter
from gateway.sources.codec import (
    Action,
    Describe,
    Hang,
    Introduction,
    JoinedCall,
    Send,
)
from gateway.sources.joining import Joining, JoiningLimits
from gateway.sources.l16_text import Opening, objects_of, remark
from gateway.sources.metadata import Card, read_card

Phase = Literal["waiting", "open", "flushing", "over"]


@dataclass(frozen=True, slots=True)
class L16Limits:
    """Bounds of one connection; each with its unit."""

    text_wait_s: float = 0.5
    """How long sound that came first waits for the text about the call."""
    early_bytes: int = 1 << 20
    """Sound that waits for it; the next message makes it a call of its own."""
    joining: JoiningLimits = field(default_factory=lambda: JoiningLimits(held_bytes=2 << 20, retry_s=3.0))
    silent_s: float = 5.0
    """How long a call that was joined may be without any sound before that is remarked."""
    flush_s: float = 10.0
    """From a flush to our close, however long results take."""
    linger_s: float = 2.0
    """How long after a clean end the operator may start anew, on another connection."""
    texts_per_s: int = 50


class Results(Protocol):
    """Turns events of the call into texts for the platform."""

    def text_of(self, envelope: Envelope) -> str | None:
        """The text, or None for an event that is not told."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the platforms."""

    source: str
    """Protocol and its version, as calls name it."""
    open: Callable[[Mapping[str, object]], Opening]
    """Reads the first text's object; an empty one stands for no or an unreadable text."""
    is_passing: Callable[[Mapping[str, object]], bool] = lambda fields: False
    """Whether a text is one of the platform's own that mean nothing here."""
    flushes: bool = False
    """Whether an empty binary message asks for the last results and for our close."""
    results: Results | None = None
    limits: L16Limits = field(default_factory=L16Limits)


class L16Codec:
    """One connection of such a platform."""

    has_timeline = False

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._limits = dialect.limits
        self._meter = TextMeter(self._limits.texts_per_s)
        self._phase: Phase = "waiting"
        self._joining = Joining(self._limits.joining)
        self._now_s = 0.0
        self._deadline_s: float | None = None
        self._early = bytearray()
        self._has_sound = False
        self._told: tuple[Agent | None, Customer | None] = (None, None)
        self._news: Describe | None = None
        """Learnt while the call was being joined."""

    @property
    def state(self) -> str:
        """Its phase; while that is open, the state of its legs."""
        return self._joining.state if self._phase == "open" else self._phase

    @property
    def wants_events(self) -> bool:
        return self._dialect.results is not None

    @property
    def deadline_s(self) -> float | None:
        return self._joining.deadline_s if self._deadline_s is None else self._deadline_s

    def begin(self) -> Sequence[Action]:
        return ()

    # --- messages ----------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        self._now_s = elapsed_s
        if isinstance(message, bytes):
            return self._receive_sound(message)
        if not self._meter.admit(elapsed_s):
            return (remark("text-flood"),)
        return self._receive_text(message)

    def _receive_text(self, text: str) -> Sequence[Action]:
        objects, is_whole = objects_of(text)
        actions: list[Action] = []
        for fields in objects:
            if not self._dialect.is_passing(fields):
                actions += self._join(fields) if self._phase == "waiting" else self._update(fields)
        if not is_whole:
            actions.append(remark("text-unreadable"))
            if self._phase == "waiting":
                actions += self._join({})
        return actions

    def _update(self, fields: Mapping[str, object]) -> Sequence[Action]:
        """What a later text says: who the parties are; the rest of a call stands since it was joined."""
        if "event" in fields or "type" in fields:
            return (remark("unknown-event"),)
        card = read_card(fields)
        actions: list[Action] = list(card.remarks)
        if self._joining.introduction is not None and _contradicts(card, self._joining.introduction):
            actions.append(remark("late-metadata"))
        if (card.agent or card.customer) and (card.agent, card.customer) != self._told:
            self._told = (card.agent, card.customer)
            if self._joining.state == "live":
                actions.append(Describe(card.agent, card.customer))
            else:
                self._news = Describe(card.agent, card.customer)
        return actions

    def _receive_sound(self, data: bytes) -> Sequence[Action]:
        if not data:
            return self._flush() if self._dialect.flushes else ()
        if self._phase == "waiting":
            if not self._early:
                self._deadline_s = self._now_s + self._limits.text_wait_s
            self._early += data
            return self._join({}) if len(self._early) > self._limits.early_bytes else ()
        if self._phase != "open" or self._joining.state in ("deaf", "over"):
            return (remark("sound-after-end"),)
        if self._joining.state == "live" and not self._has_sound:
            self._has_sound, self._deadline_s = True, None
        return self._joining.push(data, self._now_s)

    # --- life of the call --------------------------------------------------------------------------------------

    def _join(self, fields: Mapping[str, object]) -> Sequence[Action]:
        """Ask for the call with what is known now."""
        opening = self._dialect.open(fields)
        card = opening.card
        introduction = Introduction(
            source=self._dialect.source,
            legs=tuple(_leg(party, opening.rate_hz) for party in opening.parties),
            key=card.key,
            others=_others(opening),
            agent=card.agent,
            customer=card.customer,
            direction=card.direction or "inbound",
            playbook=card.playbook,
        )
        self._told = (card.agent, card.customer)
        early, self._early = bytes(self._early), bytearray()
        self._phase, self._deadline_s = "open", None
        return (*card.remarks, *self._joining.join(introduction, self._now_s, early))

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        actions = self._joining.joined()
        if self._joining.state == "live":
            self._has_sound = bool(actions)
            self._deadline_s = None if self._has_sound else self._now_s + self._limits.silent_s
        news, self._news = self._news, None
        return actions if news is None else (news, *actions)

    def failed(self, error: LivecueError) -> Sequence[Action]:
        actions = self._joining.failed(error)
        match self._joining.state:
            case "joining":
                return actions
            case "refused":
                return (remark("call-refused"),)
            case _:
                self._deadline_s = None
                return (remark("call-failed"), *(self._hang() if self._phase == "flushing" else ()))

    def _flush(self) -> Sequence[Action]:
        """The platform sends no more and waits for our close."""
        if self._phase in ("flushing", "over"):
            return ()
        actions = self._join({}) if self._phase == "waiting" and self._early else ()
        if self._joining.state not in ("joining", "live"):
            return self._hang()
        self._phase, self._deadline_s = "flushing", self._now_s + self._limits.flush_s
        return (*actions, *self._joining.leave())

    def _hang(self) -> Sequence[Action]:
        self._phase, self._deadline_s = "over", None
        return (Hang(),)

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        self._now_s, self._deadline_s = elapsed_s, None
        match self._phase:
            case "waiting":
                return self._join({}) if self._early else ()
            case "open" if self._joining.state == "live":
                return (remark("no-sound"),)
            case "open":
                return self._joining.retry(elapsed_s)
            case "flushing":
                return self._hang()
            case "over":
                return ()

    def end(self, is_clean: bool) -> Sequence[Action]:
        actions = self._join({}) if self._phase == "waiting" and self._early else ()
        if self._phase == "open" and is_clean:
            actions = (*actions, *self._joining.leave(self._limits.linger_s))
        self._phase, self._deadline_s = "over", None
        return actions

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        introduction, results = self._joining.introduction, self._dialect.results
        if results is None or introduction is None or self._phase not in ("open", "flushing"):
            return ()
        party = getattr(envelope.event, "party", None)
        text = results.text_of(envelope) if party in [leg.party for leg in introduction.legs] else None
        return (Send(text),) if text is not None else ()

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        if self._phase == "flushing":
            return self._hang()
        self._joining.give_up()
        self._deadline_s = None
        return ()

    def stop(self) -> Sequence[Action]:
        return ()


def _leg(party: Party, rate_hz: int) -> Leg:
    return Leg(party=party, codec="pcm_s16le", rate_hz=rate_hz)


def _contradicts(card: Card, introduction: Introduction) -> bool:
    """Whether a later text says otherwise than the call was joined with."""
    parties: tuple[Party, ...] = tuple(leg.party for leg in introduction.legs)
    rate_hz = introduction.legs[0].rate_hz
    return (
        card.key not in (None, introduction.key)
        or card.parties(parties) != parties
        or card.rate_hz not in (None, rate_hz)
        or card.playbook not in (None, introduction.playbook)
    )


def _others(opening: Opening) -> tuple[Leg, ...]:
    """``role`` says that the other party comes on a connection of its own; ``channels`` names all there are."""
    card = opening.card
    if card.key is None or card.channels is not None or len(opening.parties) != 1 or card.role != opening.parties[0]:
        return ()
    others: Mapping[Party, Party] = {"agent": "customer", "customer": "agent"}
    other = others.get(opening.parties[0])
    return (_leg(other, opening.rate_hz),) if other else ()
