"""One stream of Twilio Media Streams as a state machine: texts in, actions out; nothing is ever sent.

    new ──start──▶ live ──stop──▶ stopped
     any ──call gone──▶ gone

Sound is ordered by (track, timestamp), never by ``chunk``: whether both tracks share its counter is undocumented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from assist.errors import LivecueError, OverloadedError
from assist.messages import Envelope, Leg, LegLedger, Party
from gateway.sources.codec import Action, Hang, Introduction, Join, JoinedCall, Leave, Missing, Remark
from gateway.sources.metadata import Card, read_card
from gateway.sources.twilio.messages import Aside, Event, Media, Start, Stop, Strange, Track, read_event
from gateway.sources.twilio.timeline import Timeline, Verdict
from gateway.sources.wire_sound import WireSound

SOURCE: Final = "twilio/1"
RATE_HZ: Final = 8_000
WAV_HEADER_BYTES: Final = 44
"""Of the usual header, where its chunk of sound is not to be found."""

State = Literal["new", "live", "stopped", "gone"]

ALLOWED: Final[Mapping[State, frozenset[type[Event]]]] = {
    "new": frozenset({Start, Aside}),
    "live": frozenset({Media, Stop, Aside}),
    "stopped": frozenset({Aside}),
    "gone": frozenset(),
}
"""What counts in each state; the rest is left out with a remark."""

REMARKS: Final[Mapping[str, str]] = {
    "bad-json": "A text is not a JSON object.",
    "bad-message": "A message lacks what its event must have.",
    "bad-payload": "The payload of a media message is not base64.",
    "unknown-event": "An event is not known and was ignored.",
    "unexpected-event": "An event came where the protocol has none of its kind, and was ignored.",
    "binary-message": "Twilio sends texts only; a binary message was ignored.",
    "strange-format": "The stream declares another format than µ-law at 8 kHz, mono; its sound is read as that.",
    "unexpected-track": "Sound came on a track that the start did not announce, or that channels leaves out.",
    "wav-header": "A payload began with a WAV header, which was cut off: send raw µ-law.",
    "no-timestamp": "A media message has no timestamp; its sound was put after what came before.",
    "no-start": "Nothing began on this connection: is it a stream of Twilio's?",
    "frame-late": "A frame came twice or too late and was left out.",
    "timeline-restarted": "The timestamps of a track began anew.",
    "timeline-useless": "The timestamps of a track stand still; what is missing can no longer be told.",
    "timeline-jumped": "The timestamps of a track leapt by more than an hour; no gap was declared.",
    "timeline-ahead": "A track brings more sound than its timestamps have room for: is it really 8 kHz µ-law?",
}
"""Every remark of this codec."""

_OF_VERDICT: Final[Mapping[Verdict, str | None]] = {
    "in-order": None,
    "late": "frame-late",
    "restarted": "timeline-restarted",
    "useless": "timeline-useless",
    "jumped": "timeline-jumped",
    "ahead": "timeline-ahead",
}


@dataclass(frozen=True, slots=True)
class TwilioLimits:
    """Bounds of one connection; each with its unit."""

    start_timeout_s: float = 10.0
    """From the connection to ``start``."""
    stop_timeout_s: float = 5.0
    """From ``stop`` until Twilio closes; then it is done for it."""
    linger_s: float = 2.0
    """How long a call waits for another stream after one ended: scripts stop one and start the next."""


class TwilioCodec:
    """Our side of one stream."""

    has_timeline = True
    wants_events = False

    def __init__(
        self, channels: tuple[Party, ...], card: Card | None = None, limits: TwilioLimits | None = None
    ) -> None:
        """``channels``: who speaks on the inbound and on the outbound track, or on the only one; ``card``: what the
        address says of the call, where the stream itself says nothing.
        """
        self._channels = channels
        self._card = card or Card()
        self._limits = limits or TwilioLimits()
        self._state: State = "new"
        self._deadline_s: float | None = self._limits.start_timeout_s
        self._sounds: dict[Track, WireSound] = {}
        self._parties: Mapping[Track, Party] = {}
        self._timelines: dict[Track, Timeline] = {}
        self._begins_ms: int | None = None

    @property
    def deadline_s(self) -> float | None:
        return self._deadline_s

    # --- from Twilio -------------------------------------------------------------------------------------------

    def begin(self) -> Sequence[Action]:
        return ()

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if self._state == "gone":
            return ()
        if isinstance(message, bytes):
            return (_remark("binary-message"),)
        event = read_event(message)
        if isinstance(event, Strange):
            return (_remark(event.code),)
        if type(event) not in ALLOWED[self._state]:
            return (_remark("unexpected-event"),)
        return self._take(event, elapsed_s)

    def _take(self, event: Start | Media | Stop | Aside, elapsed_s: float) -> Sequence[Action]:
        match event:
            case Start():
                return self._start(event)
            case Media():
                return self._media(event)
            case Stop():
                self._state = "stopped"
                self._deadline_s = elapsed_s + self._limits.stop_timeout_s
                return (Leave(self._limits.linger_s),)
            case Aside():
                return ()
            case _:
                assert_never(event)

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        is_new = self._state == "new"
        self._state, self._deadline_s = "gone", None
        return (_remark("no-start"), Hang(1008, "no-start")) if is_new else (Hang(),)

    def end(self, is_clean: bool) -> Sequence[Action]:
        """Closed without ``stop``: some do, and Twilio takes up no stream again; one that broke off may have a heir."""
        was_live = self._state == "live"
        self._state, self._deadline_s = "gone", None
        return (Leave(self._limits.linger_s),) if was_live and is_clean else ()

    # --- from the driver ---------------------------------------------------------------------------------------

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        return ()

    def failed(self, error: LivecueError) -> Sequence[Action]:
        """Closing is all that can be said on a stream of one direction; a forked call goes on without it."""
        self._state, self._deadline_s = "gone", None
        return (Hang(1013 if isinstance(error, OverloadedError) else 1011, error.code),)

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        return ()

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        self._state, self._deadline_s = "gone", None
        return (Hang(),)

    def stop(self) -> Sequence[Action]:
        self._state, self._deadline_s = "gone", None
        return (Hang(1012, "server-stopped"),)

    # --- inside ------------------------------------------------------------------------------------------------

    def _start(self, start: Start) -> Sequence[Action]:
        self._state, self._deadline_s = "live", None
        told = read_card({"callSid": start.call_sid} | dict(start.parameters), {"callSid": "call"})
        card = told.over(self._card)
        self._parties = _parties(start.tracks, card, self._channels)
        self._sounds = {track: WireSound("mulaw", (party,)) for track, party in self._parties.items()}
        introduction = Introduction(
            source=SOURCE,
            legs=_legs(self._parties.values()),
            key=card.key,
            others=_legs(party for party in _expected(card) if party not in self._parties.values()),
            agent=card.agent,
            customer=card.customer,
            direction=card.direction or "inbound",
            playbook=card.playbook,
        )
        strange = () if start.is_mulaw else (_remark("strange-format"),)
        return (*strange, *card.remarks, Join(introduction))

    def _media(self, media: Media) -> Sequence[Action]:
        track = media.track or next(iter(self._parties))
        if track not in self._parties:
            return (_remark("unexpected-track"),)
        payload = _without_header(media.payload)
        actions: list[Action] = [] if payload is media.payload else [_remark("wav-header")]
        if media.timestamp_ms is None:
            actions.append(_remark("no-timestamp"))
        placement = self._timeline(track, media.timestamp_ms).place(media.timestamp_ms, len(payload))
        if (code := _OF_VERDICT[placement.verdict]) is not None:
            actions.append(_remark(code))
        if placement.missing_ms:
            actions.append(Missing(self._parties[track], placement.missing_ms, "lost"))
        return actions if placement.verdict == "late" else [*actions, *self._sounds[track].push(payload)]

    def _timeline(self, track: Track, timestamp_ms: int | None) -> Timeline:
        """The first timestamp of the stream is where its call clock begins, on both tracks."""
        if self._begins_ms is None:
            self._begins_ms = timestamp_ms
        return self._timelines.setdefault(track, Timeline(self._begins_ms or 0))


def _parties(tracks: Sequence[Track], card: Card, configured: tuple[Party, ...]) -> Mapping[Track, Party]:
    """Who speaks on each track; a track for which there is no name is left out."""
    if len(tracks) == 1 and card.role is not None:
        return {tracks[0]: card.role}
    named = card.channels or (_BY_INBOUND[card.role] if card.role else configured)
    if len(named) == 1:
        return {tracks[0]: named[0]}
    return {track: named[_CHANNEL[track]] for track in tracks}


_CHANNEL: Final[Mapping[Track, int]] = {"inbound": 0, "outbound": 1}
_BY_INBOUND: Final[Mapping[Party, tuple[Party, ...]]] = {
    "agent": ("agent", "customer"),
    "customer": ("customer", "agent"),
    "mixed": ("mixed",),
}
"""A role alone says who speaks on the inbound track."""


def _expected(card: Card) -> tuple[Party, ...]:
    """Who takes part in the call as far as it is said; a role alone says that the other comes on another stream."""
    return card.channels or (_BY_INBOUND[card.role] if card.role else ())


def _legs(parties: Iterable[Party]) -> tuple[Leg, ...]:
    return tuple(Leg(party=party, codec="mulaw", rate_hz=RATE_HZ) for party in parties)


def _without_header(payload: bytes) -> bytes:
    """The payload without the header of a WAV file, which some put before each frame."""
    if payload[:4] != b"RIFF" or payload[8:12] != b"WAVE":
        return payload
    chunk = payload.find(b"data", 12)
    return payload[chunk + 8 if chunk >= 0 else WAV_HEADER_BYTES :]


def _remark(code: str) -> Remark:
    return Remark(code, REMARKS[code])
