"""What phone platforms have in common that send a text about the call, then L16, and say nothing of positions.

    waiting ──first text, or sound alone for a while──▶ joining ──joined──▶ live ──flush──▶ flushing
                                                        │  ▲                  │
                                                 failed ▼  │ retry            ▼ failed, closed
                                                       refused               over

Text and sound may come in either order. Nothing but the end of the connection says that a call is over, and a socket
that we close stays silent for the rest of the call: whatever goes wrong, this codec reads on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from assist.errors import LivecueError, OverloadedError, UnavailableError
from assist.messages import Agent, Customer, Envelope, Leg, LegLedger, Party
from gateway.frames import TextMeter
from gateway.sources.codec import (
    Action,
    Describe,
    Hang,
    Introduction,
    Join,
    JoinedCall,
    Leave,
    Missing,
    Remark,
    Send,
    Sound,
)
from gateway.sources.l16_text import Opening, objects_of, remark
from gateway.sources.metadata import Card, read_card
from gateway.sources.wire_sound import WireSound

State = Literal["waiting", "joining", "refused", "live", "flushing", "over"]


@dataclass(frozen=True, slots=True)
class L16Limits:
    """Bounds of one connection; each with its unit."""

    text_wait_s: float = 0.5
    """How long sound that came first waits for the text about the call."""
    held_bytes: int = 1 << 20
    """Sound that is kept until the call takes it."""
    silent_s: float = 5.0
    """How long a call that was joined may be without any sound before that is remarked."""
    retry_s: float = 3.0
    """From a refusal to the next attempt, where the refusal does not say."""
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
        self._state: State = "waiting"
        self._now_s = 0.0
        self._deadline_s: float | None = None
        self._early = bytearray()
        self._introduction: Introduction | None = None
        self._wire: WireSound | None = None
        self._held: list[Sound] = []
        self._held_bytes = 0
        self._lost_samples = 0
        self._has_sound = False
        self._is_flush_due = False
        self._told: tuple[Agent | None, Customer | None] = (None, None)
        self._news: Describe | None = None
        """Learnt while the call was being joined."""

    @property
    def state(self) -> State:
        return self._state

    @property
    def wants_events(self) -> bool:
        return self._dialect.results is not None

    @property
    def deadline_s(self) -> float | None:
        return self._deadline_s

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
                actions += self._join(fields) if self._state == "waiting" else self._update(fields)
        if not is_whole:
            actions.append(remark("text-unreadable"))
            if self._state == "waiting":
                actions += self._join({})
        return actions

    def _update(self, fields: Mapping[str, object]) -> Sequence[Action]:
        """What a later text says: who the parties are; the rest of a call stands since it was joined."""
        if "event" in fields or "type" in fields:
            return (remark("unknown-event"),)
        card = read_card(fields)
        actions: list[Action] = list(card.remarks)
        if self._introduction is not None and _contradicts(card, self._introduction):
            actions.append(remark("late-metadata"))
        if (card.agent or card.customer) and (card.agent, card.customer) != self._told:
            self._told = (card.agent, card.customer)
            if self._state == "live":
                actions.append(Describe(card.agent, card.customer))
            else:
                self._news = Describe(card.agent, card.customer)
        return actions

    def _receive_sound(self, data: bytes) -> Sequence[Action]:
        if not data:
            return self._flush() if self._dialect.flushes else ()
        match self._state:
            case "waiting":
                if not self._early:
                    self._deadline_s = self._now_s + self._limits.text_wait_s
                self._early += data
                return self._join({}) if len(self._early) > self._limits.held_bytes else ()
            case "joining":
                self._hold(self._push(data))
                return ()
            case "live":
                if not self._has_sound:
                    self._has_sound, self._deadline_s = True, None
                return self._push(data)
            case "refused":
                self._push(data)  # so that a later attempt begins with a whole sample
                return ()
            case "flushing" | "over":
                return (remark("sound-after-end"),)

    def _push(self, data: bytes) -> list[Sound]:
        return self._wire.push(data) if self._wire else []

    def _hold(self, sounds: Sequence[Sound]) -> None:
        """Keep sound for a call that is being joined; what is too much counts as lost."""
        size_bytes = sum(len(sound.pcm) for sound in sounds)
        if self._lost_samples or self._held_bytes + size_bytes > 2 * self._limits.held_bytes:
            self._lost_samples += len(sounds[0].pcm) // 2 if sounds else 0
            return
        self._held_bytes += size_bytes
        self._held += sounds

    # --- life of the call --------------------------------------------------------------------------------------

    def _join(self, fields: Mapping[str, object]) -> Sequence[Action]:
        """Ask for the call with what is known now."""
        opening = self._dialect.open(fields)
        card = opening.card
        self._wire = WireSound("pcm_s16le", opening.parties)
        self._introduction = Introduction(
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
        return (*card.remarks, *self._ask(early))

    def _ask(self, early: bytes = b"") -> Sequence[Action]:
        if self._introduction is None:
            return ()
        self._state, self._deadline_s = "joining", None
        self._hold(self._push(early))
        return (Join(self._introduction),)

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        if self._state != "joining" or self._introduction is None:
            return ()
        self._state = "live"
        actions: list[Action] = [*self._held]
        if self._lost_samples:
            lost_ms = self._lost_samples * 1000 // self._introduction.legs[0].rate_hz
            actions.append(Missing(None, lost_ms, "lost"))
        if self._news is not None:
            actions.append(self._news)
        self._has_sound = bool(self._held)
        self._held, self._held_bytes, self._lost_samples, self._news = [], 0, 0, None
        if self._is_flush_due:
            return (*actions, *self._flush())
        self._deadline_s = None if self._has_sound else self._now_s + self._limits.silent_s
        return actions

    def failed(self, error: LivecueError) -> Sequence[Action]:
        if self._state != "joining" or self._introduction is None:
            return self._give_up()
        if error.code == "unknown-playbook" and self._introduction.playbook is not None:
            self._introduction = replace(self._introduction, playbook=None)
            return (remark("unknown-playbook"), *self._ask())
        may_pass = isinstance(error, UnavailableError) or error.code == "leg-taken"
        if not may_pass or self._is_flush_due:
            return self._give_up()
        self._held, self._held_bytes, self._lost_samples = [], 0, 0
        retry_s = error.retry_after_s if isinstance(error, OverloadedError) else None
        self._state, self._deadline_s = "refused", self._now_s + max(1.0, retry_s or self._limits.retry_s)
        return (remark("call-refused"),)

    def _give_up(self) -> Sequence[Action]:
        was_flushing = self._state == "flushing" or self._is_flush_due
        self._state, self._deadline_s = "over", None
        self._held, self._early = [], bytearray()
        return (remark("call-failed"), Hang()) if was_flushing else (remark("call-failed"),)

    def _flush(self) -> Sequence[Action]:
        """The platform sends no more and waits for our close."""
        match self._state:
            case "waiting" if self._early:
                self._is_flush_due = True
                return self._join({})
            case "joining":
                self._is_flush_due = True
                return ()
            case "live":
                self._state, self._deadline_s = "flushing", self._now_s + self._limits.flush_s
                return (*self._rest(), Leave())
            case "waiting" | "refused":
                self._state, self._deadline_s = "over", None
                return (Hang(),)
            case "flushing" | "over":
                return ()

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        self._now_s = elapsed_s
        self._deadline_s = None
        match self._state:
            case "waiting":
                return self._join({}) if self._early else ()
            case "refused":
                return self._ask()
            case "flushing":
                self._state = "over"
                return (Hang(),)
            case "live":
                return (remark("no-sound"),)
            case "joining" | "over":
                return ()

    def end(self, is_clean: bool) -> Sequence[Action]:
        was_live = self._state == "live"
        rest = self._rest() if was_live else ()
        self._state, self._deadline_s = "over", None
        self._held, self._early = [], bytearray()
        return (*rest, Leave(linger_s=self._limits.linger_s)) if was_live and is_clean else rest

    def _rest(self) -> tuple[Remark, ...]:
        if self._wire is None or not self._wire.rest_bytes:
            return ()
        return (remark("unfinished-sample"),)

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        if self._dialect.results is None or self._state not in ("live", "flushing") or self._introduction is None:
            return ()
        party = getattr(envelope.event, "party", None)
        if party not in [leg.party for leg in self._introduction.legs]:
            return ()
        text = self._dialect.results.text_of(envelope)
        return (Send(text),) if text is not None else ()

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        was_flushing = self._state == "flushing"
        self._state, self._deadline_s = "over", None
        return (Hang(),) if was_flushing else ()

    def stop(self) -> Sequence[Action]:
        self._deadline_s = None
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
