"""Owns every live call of this process: a call outlives the socket that brought it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assist.messages import (
    Agent,
    AudioFrame,
    AudioGap,
    CallClosed,
    CloseCause,
    Customer,
    Envelope,
    Leg,
)
from assist.playbook import Playbook
from assist.ports import Analyser, AudioStore, CallStore, CallSummary, EventBus, Pace, Transcriber
from assist.view import CallView


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a source says when it opens a call."""

    source: str
    legs: tuple[Leg, ...]
    call_id: str | None = None
    agent: Agent | None = None
    customer: Customer | None = None
    external_id: str | None = None
    playbook: str | None = None
    pace: Pace = "live"


@dataclass(frozen=True, slots=True)
class SupervisorLimits:
    """Bounds of all calls; each with its unit."""

    grace_s: float = 30.0
    """How long a detached call waits for its source."""
    max_call_s: float = 4 * 3600.0
    max_calls: int = 64
    lane_audio_ms: int = 2_000
    """Audio in memory between socket and lane."""


class CallHandle:
    """A source's grip on its call while attached. Obtained from Supervisor.open or attach."""

    call_id: str
    resume_token: str
    received_bytes: int
    """Wire bytes taken so far over all sockets; kept by the source's codec through ``feed``."""

    async def feed(self, items: Sequence[AudioFrame | AudioGap], *, wire_bytes: int = 0) -> None:
        """Take sound in position order per party. Live: never waits for recognition. Replay: waits for room."""
        raise NotImplementedError

    def position_ms(self, leg: int) -> int:
        """End position of a leg (index into the request's legs), to continue after a reconnect."""
        raise NotImplementedError

    def update(self, *, agent: Agent | None = None, customer: Customer | None = None) -> None:
        raise NotImplementedError

    def mark(self, connection: Literal["paused", "resumed"]) -> None:
        """Log that the source paused or resumed its media."""
        raise NotImplementedError

    def detach(self) -> None:
        """The socket is gone; the call waits ``grace_s`` for attach, then closes with "source-lost"."""
        raise NotImplementedError

    def close(self, cause: CloseCause = "hangup") -> None:
        """No more audio; recognition finishes what it has."""
        raise NotImplementedError

    async def closed(self) -> CallClosed:
        """Wait until the call is complete and stored."""
        raise NotImplementedError


class Supervisor:
    """Opens, re-attaches, closes and recovers calls."""

    def __init__(
        self,
        *,
        transcriber: Transcriber,
        analyser: Analyser,
        playbook: Callable[[str | None], Playbook],
        store: CallStore,
        audio_store: AudioStore,
        bus: EventBus,
        spool_dir: Path,
        limits: SupervisorLimits | None = None,
    ) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        """Serve until ``stop``; all calls' tasks live in here."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Close every call with "server-stopped" and return when all are stored."""
        raise NotImplementedError

    async def recover(self) -> Sequence[str]:
        """Complete the record of calls that a killed process left in the spool; their ids."""
        raise NotImplementedError

    def open(self, request: CallRequest) -> CallHandle:
        """Accept a call at once; nothing slow is touched.

        Raises OverloadedError, InputError "call-exists", PlaybookError "unknown-playbook".
        """
        raise NotImplementedError

    def attach(self, call_id: str, resume_token: str) -> CallHandle:
        """Take up a detached call.

        Raises NotFoundError "unknown-call" or "bad-resume-token", InputError "already-attached".
        """
        raise NotImplementedError

    def view(self, call_id: str) -> CallView | None:
        """The folded view of a live call; None when it is not live here."""
        raise NotImplementedError

    def calls(self) -> Sequence[CallSummary]:
        """Summaries of the live calls, newest first."""
        raise NotImplementedError

    async def record_outcome(
        self,
        call_id: str,
        prompt_id: str,
        outcome: Literal["shown", "accepted", "dismissed", "copied"],
        *,
        by: str,
        shown_after_ms: int | None = None,
    ) -> Envelope:
        """Log what a person did with a prompt; returns once it is stored.

        Works for live and closed calls. Raises NotFoundError "unknown-call" or "unknown-prompt".
        """
        raise NotImplementedError
