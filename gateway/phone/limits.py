"""Bounds of phone platforms' connections and of the calls that they bring."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.outbox import OutboxLimits


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Bounds of one call; each with its unit."""

    stall_s: float = 1.0
    """Without sound on a leg; then nobody's words wait for it, and what is missing is measured where none says so."""
    settle_s: float = 0.25
    """How long sound after a break is held back, so that what was only late is not taken for missing."""
    takeover_s: float = 2.0
    """A connection that has been silent on all its legs for so long, since it came, gives them to another one."""
    linger_s: float = 2.0
    """How long a call that is over waits for a leg that was announced and never came: it may be on its way."""
    expect_s: float = 10.0
    """How long a recording's leg waits for those that other connections are to bring."""
    abreast_ms: int = 10_000
    """How far a recording's leg may run ahead of the others before it is no longer made to wait for room."""
    piece_ms: int = 200
    """Longest AudioFrame handed on."""
    max_ahead_s: float = 120.0
    """How much longer than the call the sound of a live call may be."""
    max_position_ms: int = 12 * 3_600_000
    """Longest call clock: sound plus declared gaps."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds of one connection; each with its unit."""

    outbox: OutboxLimits = field(default_factory=lambda: OutboxLimits(replies=1_024))
    message_bytes: int = 1 << 20
    texts_per_s: int = 1_000
    """Some platforms send their sound as text: a hundred messages a second and more after a stall."""
    key_check_s: float = 10.0
    """How long it may take to find out whether an API key is good."""
    waiting_bytes: int = 4 << 20
    """Sound that waits for that."""
    join_timeout_s: float = 300.0
    """Without a message before a call was asked for; deadlines of handshakes are the protocols' own."""
    over_idle_s: float = 60.0
    """Without a message after the end of a call."""
    close_timeout_s: float = 5.0
    """How long a peer may take to accept the last messages."""
