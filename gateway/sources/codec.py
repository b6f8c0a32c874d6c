"""What the codec of a phone platform is: messages in, actions out; no socket, no clock, no store.

A codec serves one connection. Its driver hands over what arrives, carries out the actions in order, and reports back
with ``joined``, ``failed``, ``hear``, ``closed`` and ``stop``. A codec knows no positions: it names, in order, what
came on each leg and what did not come, and the call it joined places that on its clock. So any split of the input into
messages gives the same call, and a second connection of the same call simply goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from assist.errors import LivecueError
from assist.messages import Agent, CallDirection, Customer, Envelope, Leg, LegLedger, Party
from assist.ports import Pace


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a connection introduced itself before its first message; secrets stay in ``headers`` and ``query``."""

    url: str
    """The public address the platform was given, as it has to be signed: scheme, host, port, path and query."""
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    """URL-decoded; the last value of a repeated name."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    rest: str = ""
    """What follows the door's own path, without its first slash."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a connection says of the call that it brings legs of."""

    source: str
    """Protocol and its version: "twilio/1"."""
    legs: tuple[Leg, ...]
    """Legs of this connection, in the order of its channels."""
    key: str | None = None
    """The platform's own id of the call: joins connections into one call; also its ``external_id``. None: alone."""
    others: tuple[Leg, ...] = ()
    """Legs that other connections with the same key are expected to bring; used by the one that comes first."""
    agent: Agent | None = None
    customer: Customer | None = None
    direction: CallDirection = "inbound"
    playbook: str | None = None
    terms: tuple[str, ...] = ()
    pace: Pace = "live"


# --- what the driver is to do ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Send one message."""

    message: str | bytes


@dataclass(frozen=True, slots=True)
class Join:
    """Open the call, or join the one that is open under the key; then report with ``joined`` or ``failed``.

    Again after ``closed`` or ``failed``, if the connection carries one call after the other.
    """

    introduction: Introduction


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples that came next on a leg: signed 16-bit little-endian mono at the leg's rate, whole samples only."""

    party: Party
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Missing:
    """Sound that comes next on a leg's clock and will never arrive; None: on all legs of the connection."""

    party: Party | None
    duration_ms: int
    cause: Literal["lost", "paused"]


@dataclass(frozen=True, slots=True)
class Mark:
    """The platform paused or resumed its media."""

    connection: Literal["paused", "resumed"]


@dataclass(frozen=True, slots=True)
class Describe:
    """Who the parties are, learnt while the call runs."""

    agent: Agent | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The legs of this connection have ended as they should; the call ends when no connection is left."""

    linger_s: float = 0.0
    """How long another connection of the call may still come before it ends."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Send what waits, then close the connection; a codec does so only where the protocol wants it."""

    code: int = 1000
    """Websocket close code; TCP has none."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd that costs nothing: counted by code, logged once per connection."""

    code: str
    """Stable, kebab-case; in docs/connect."""
    message: str
    """What the operator should look at; holds nothing the peer sent."""


Action = Send | Join | Sound | Missing | Mark | Describe | Leave | Hang | Remark


@dataclass(frozen=True, slots=True)
class JoinedCall:
    """What a codec is told of the call it joined."""

    call_id: str
    positions_ms: Mapping[Party, int]
    """Where the legs of this connection begin on the call clock: 0, or where an earlier connection ended."""


class SourceCodec(Protocol):
    """One connection of a phone platform. Nothing it is given makes it raise.

    ``elapsed_s`` counts from the beginning of the connection, on a monotonic clock.
    """

    @property
    def has_timeline(self) -> bool:
        """Whether the protocol says where sound is missing; otherwise the driver infers it from when sound arrives."""
        ...

    @property
    def wants_events(self) -> bool:
        """Whether ``hear`` is to be called with the events of the call."""
        ...

    @property
    def deadline_s(self) -> float | None:
        """When to call ``expire`` unless a message arrives first; None: never."""
        ...

    def begin(self) -> Sequence[Action]:
        """The connection stands; before its first message."""
        ...

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        """What arrived: a whole websocket message, or a piece of a TCP stream of any length."""
        ...

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        """The deadline has passed."""
        ...

    def end(self, is_clean: bool) -> Sequence[Action]:
        """The peer has gone, with a close of the transport (clean) or without; after this nothing comes."""
        ...

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        """The call asked for with Join takes sound."""
        ...

    def failed(self, error: LivecueError) -> Sequence[Action]:
        """The call could not be opened or joined, or takes no more sound; the codec answers as its protocol can."""
        ...

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        """An event of the call, in order."""
        ...

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        """The call is complete: all its events were heard."""
        ...

    def stop(self) -> Sequence[Action]:
        """The service is going down."""
        ...
