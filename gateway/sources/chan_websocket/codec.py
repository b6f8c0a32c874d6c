"""Asterisk chan_websocket: one leg of a call on a connection that Asterisk makes.

    waiting ──MEDIA_START──▶ joining, live … (``Joining``) ──close──▶ over
       └──unsupported format, or no MEDIA_START in time──▶ deaf: read on, for our close hangs the channel up

Who speaks and in which call come from the URI parameters that the dialplan adds, then from the channel's variables
``LIVECUE_…``; without them each connection is a call of its own. ``connection_id`` names a section of Asterisk's
configuration and is no key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from asr.audio.codecs import Encoding
from assist.errors import LivecueError
from assist.messages import Envelope, Leg, LegLedger, Party
from gateway.frames import TextMeter
from gateway.source_settings import ChanWebsocketSettings
from gateway.sources.chan_websocket.control import RECEIVE_ONLY, Event, read_event
from gateway.sources.codec import Action, Handshake, Introduction, JoinedCall, Remark, Send
from gateway.sources.joining import Joining, JoiningLimits
from gateway.sources.metadata import Card, read_card, text_of

SOURCE: Final = "chan_websocket/1"

FORMATS: Final[Mapping[str, tuple[Encoding, int]]] = {
    "ulaw": ("mulaw", 8_000),
    "alaw": ("alaw", 8_000),
    "slin": ("pcm_s16le", 8_000),
    "slin16": ("pcm_s16le", 16_000),
}
"""Coding and rate by Asterisk's name of the format."""

VARIABLE_PREFIX: Final = "LIVECUE_"
"""Of the channel variables that are meant for us: ``LIVECUE_CALL``, ``LIVECUE_ROLE``, ``LIVECUE_AGENT_ID`` …"""

OF_PLAYBACK: Final = frozenset(
    {
        "MEDIA_XON",
        "MEDIA_XOFF",
        "MEDIA_BUFFERING_COMPLETED",
        "MEDIA_MARK_PROCESSED",
        "QUEUE_DRAINED",
        "STATUS",
        "DTMF_END",
    }
)
"""Events that mean nothing to a listener; what was dialled may be a card's number and is not looked at."""


@dataclass(frozen=True, slots=True)
class ChanWebsocketLimits:
    """Bounds of one connection; each with its unit."""

    start_s: float = 10.0
    """From the connection to MEDIA_START."""
    early_bytes: int = 1 << 16
    """Sound that is kept until MEDIA_START says what it is; the newest."""
    texts_per_s: int = 50
    leg: JoiningLimits = field(default_factory=JoiningLimits)


class ChanWebsocketCodec:
    """One connection; it answers with one command at most, and never closes."""

    has_timeline = False
    wants_events = False

    def __init__(
        self, handshake: Handshake, settings: ChanWebsocketSettings, limits: ChanWebsocketLimits | None = None
    ) -> None:
        self._query = handshake.query
        self._settings = settings
        self._limits = limits or ChanWebsocketLimits()
        self._meter = TextMeter(self._limits.texts_per_s)
        self._leg = Joining(self._limits.leg)
        self._state: Literal["waiting", "started", "deaf"] = "waiting"
        self._early = bytearray()

    @property
    def deadline_s(self) -> float | None:
        return self._limits.start_s if self._state == "waiting" else self._leg.deadline_s

    def begin(self) -> Sequence[Action]:
        return ()

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if isinstance(message, bytes):
            return self._receive_sound(message, elapsed_s)
        if not self._meter.admit(elapsed_s):
            return (Remark("text-flood", f"More than {self._limits.texts_per_s} texts in a second; some are ignored."),)
        event = read_event(message)
        if event is None:
            return (Remark("control-unreadable", "A text is neither a JSON event nor a line that begins with one."),)
        return self._receive_event(event, elapsed_s)

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        if self._state != "waiting":
            return self._leg.retry(elapsed_s)
        self._give_up()
        return (Remark("no-media-start", "A connection did not begin with MEDIA_START: it is not chan_websocket's."),)

    def end(self, is_clean: bool) -> Sequence[Action]:
        """Asterisk makes no second connection for a channel: however this one ended, the leg is over."""
        self._give_up()
        return self._leg.leave()

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        return self._leg.joined()

    def failed(self, error: LivecueError) -> Sequence[Action]:
        return self._leg.failed(error)

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        return ()

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        self._leg.give_up()
        return ()

    def stop(self) -> Sequence[Action]:
        return ()

    # --- inside ------------------------------------------------------------------------------------------------

    def _receive_sound(self, sound: bytes, elapsed_s: float) -> Sequence[Action]:
        if self._state != "waiting":
            return self._leg.push(sound, elapsed_s)
        self._early += sound
        overflow_bytes = len(self._early) - self._limits.early_bytes
        if overflow_bytes <= 0:
            return ()
        del self._early[: overflow_bytes + overflow_bytes % 2]
        return (Remark("early-sound", "Sound came before MEDIA_START; only the newest of it is kept."),)

    def _receive_event(self, event: Event, elapsed_s: float) -> Sequence[Action]:
        if event.name in OF_PLAYBACK:
            return ()
        match event.name:
            case "MEDIA_START" if self._state == "waiting":
                return self._start(event, elapsed_s)
            case "MEDIA_START":
                return (Remark("second-start", "A second MEDIA_START on a connection is ignored."),)
            case "ERROR":
                return (Remark("platform-error", "Asterisk reports an error; its own log says more."),)
            case _:
                return (Remark("unknown-event", "An event of a kind that is not known was ignored."),)

    def _start(self, event: Event, elapsed_s: float) -> Sequence[Action]:
        name = event.fields.get("format", self._settings.format)
        form = FORMATS.get(name) if isinstance(name, str) else None
        if form is None:
            self._give_up()
            hint = "The format of the channel cannot be heard; say c(ulaw), c(alaw), c(slin) or c(slin16)."
            return (Remark("unsupported-format", hint),)
        self._state = "started"
        # in pass-through, which only other formats have, the command would be refused
        actions: list[Action] = [Send(RECEIVE_ONLY)] if event.is_json else []
        card = read_card(self._query).over(read_card(_variables_of(event.fields)))
        actions += card.remarks
        encoding, rate_hz = form
        introduction, remarks = self._introduce(card, text_of(event.fields.get("channel_id")), encoding, rate_hz)
        actions += remarks
        actions += self._leg.join(introduction, elapsed_s)
        early, self._early = bytes(self._early), bytearray()
        return [*actions, *self._leg.push(early, elapsed_s)]

    def _introduce(
        self, card: Card, channel_id: str | None, encoding: Encoding, rate_hz: int
    ) -> tuple[Introduction, Sequence[Remark]]:
        """The leg, and those that other connections with the same key will bring."""
        remarks: list[Remark] = []
        parties = card.channels or self._settings.channels
        role = card.role or parties[0]
        if card.role is None and len(parties) > 1:
            remarks.append(Remark("no-role", "A connection does not say who speaks; add role=agent or role=customer."))
        if card.key is None:
            remarks.append(
                Remark("no-call-key", "A connection names no call, so its legs cannot be joined; add call=…")
            )
        others: tuple[Party, ...] = parties if card.key is not None and role in parties else ()
        introduction = Introduction(
            source=SOURCE,
            legs=(Leg(party=role, codec=encoding, rate_hz=rate_hz),),
            key=card.key or channel_id,
            others=tuple(Leg(party=party, codec=encoding, rate_hz=rate_hz) for party in others if party != role),
            agent=card.agent,
            customer=card.customer,
            direction=card.direction or "inbound",
            playbook=card.playbook,
        )
        return introduction, remarks

    def _give_up(self) -> None:
        self._state = "deaf"
        self._early.clear()


def _variables_of(fields: Mapping[str, object]) -> Mapping[str, object]:
    """What the channel's variables say to us; only JSON carries them."""
    variables = fields.get("channel_variables")
    if not isinstance(variables, dict):
        return {}
    return {
        name[len(VARIABLE_PREFIX) :]: value
        for name, value in cast("dict[str, object]", variables).items()
        if name.upper().startswith(VARIABLE_PREFIX)
    }
