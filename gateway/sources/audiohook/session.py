"""The server's side of one AudioHook session: messages in, actions out; no socket, no clock.

    preparing ──open──▶ active ⇄ paused ──close──▶ closing ──▶ closed
        ├─ proves nothing ──▶ refusing ─┐
        └─ any fault, stop ─────────────┴──▶ disconnecting ──close──▶ closing

``opened`` answers ``open`` in the same turn: the platform waits 5 s for it, and a call that it gives up is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assist.errors import LivecueError
from assist.messages import Envelope, LegLedger
from gateway.sources.audiohook.introduction import LANGUAGES, Preferences, foreign, introduce, spoken
from gateway.sources.audiohook.messages import (
    NIL_UUID,
    VERSION,
    ClientMessage,
    DisconnectReason,
    Opening,
    Parameters,
    Selection,
    duration_us,
    read_client_message,
    read_opening,
    server_message,
)
from gateway.sources.audiohook.remarks import CLIENT_ERRORS, remark
from gateway.sources.audiohook.timeline import Timeline
from gateway.sources.audiohook.transcripts import Transcripts
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Leave, Mark, Send

TOO_MANY_MESSAGES: Final = 429
FAILURES: Final = ("error", "reconnect")
"""Why a session is closed although its conversation goes on."""

State = Literal["preparing", "refusing", "active", "paused", "disconnecting", "closing", "closed"]

ALLOWED: Final[Mapping[State, frozenset[str]]] = {
    "preparing": frozenset({"open", "ping", "error", "close"}),
    "refusing": frozenset({"open", "ping", "error", "close"}),
    "active": frozenset({"discarded", "paused", "resumed", "update", "ping", "error", "close"}),
    "paused": frozenset({"discarded", "paused", "resumed", "update", "ping", "error", "close"}),
    "disconnecting": frozenset({"ping", "error", "close"}),
    "closing": frozenset({"ping", "error"}),
    "closed": frozenset(),
}
"""Texts that count in each state (``open`` of a session that is being refused gets no answer but that); others are left
out with a remark. Sound counts while active.
"""
KNOWN: Final = frozenset[str]().union(*ALLOWED.values())


@dataclass(frozen=True, slots=True)
class Identity:
    """How the connection's headers introduce the session; None: not checked (a door without signatures)."""

    session_id: str | None = None
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class AudioHookLimits:
    """Bounds of one session; each with its unit."""

    refuse_after_s: float = 0.5
    """A refusal comes no sooner, so that its time tells nothing of what was wrong."""
    open_timeout_s: float = 10.0
    """From the connection to ``open``."""
    idle_timeout_s: float = 60.0
    """Without any message; the platform pings every 5 s."""
    disconnect_timeout_s: float = 5.0
    """From our ``disconnect`` to the platform's ``close``."""
    closed_within_s: float = 8.0
    """From ``close`` to ``closed``, whether all lines are final or not; the platform waits 10 s."""
    linger_s: float = 5.0
    """From ``closed`` until the platform closes the connection."""
    retry_within_s: float = 10.0
    """After a session that failed, another one of the conversation goes on with its call."""
    partial_every_s: float = 1.0
    """Of each party: the platform takes few texts a second."""
    hold_s: float = 5.0
    """Without partials after the platform said that there are too many, unless it says how long."""


class AudioHookCodec:
    """One session."""

    has_timeline = True

    def __init__(
        self,
        identity: Identity | None = None,
        preferences: Preferences | None = None,
        *,
        refusal: str | None = None,
        limits: AudioHookLimits | None = None,
    ) -> None:
        """``refusal``: the remark that says why the connection is not let in."""
        self._identity = identity or Identity()
        self._preferences = preferences or Preferences()
        self._refusal = refusal
        self._limits = limits or AudioHookLimits()
        self._session_id = self._identity.session_id
        self._state: State = "preparing"
        self._deadline_s = self._limits.open_timeout_s
        self._elapsed_s = 0.0
        self._seq = 0
        self._clientseq = 0
        self._is_probe = False
        self._is_in_call = False
        self._timeline: Timeline | None = None
        self._transcripts: Transcripts | None = None

    @property
    def state(self) -> State:
        return self._state

    @property
    def wants_events(self) -> bool:
        return self._transcripts is not None

    @property
    def deadline_s(self) -> float:
        return self._deadline_s

    # --- from the platform -------------------------------------------------------------------------------------

    def begin(self) -> Sequence[Action]:
        if self._refusal is None:
            return ()
        self._enter("refusing", self._limits.refuse_after_s)
        return (remark(self._refusal),)

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        self._elapsed_s = elapsed_s
        if self._state in ("active", "paused"):
            self._deadline_s = elapsed_s + self._limits.idle_timeout_s
        if isinstance(message, bytes):
            return [*self._receive_sound(message), *self._tell_due()]
        if self._state == "closed":
            return ()
        found = read_client_message(message)
        return self._object_to(found) if isinstance(found, str) else self._receive_message(found)

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        self._elapsed_s = elapsed_s
        match self._state:
            case "preparing":
                return (remark("no-open"), *self._disconnect("error", "open-timeout"))
            case "refusing":
                return self._disconnect("unauthorized")
            case "active" | "paused":
                return (remark("silent-platform"), *self._disconnect("error", "idle-timeout"))
            case "closing":
                return (remark("finals-late"), *self._answer_close())
            case "disconnecting" | "closed":
                self._enter("closed", self._limits.linger_s)
                return (Hang(),)

    def end(self, is_clean: bool) -> Sequence[Action]:
        """Only ``close`` says that a call is over; who just goes has lost the connection."""
        self._state = "closed"
        return ()

    def _receive_sound(self, payload: bytes) -> Sequence[Action]:
        match self._state:
            case "active" if self._timeline is not None:
                return self._timeline.push(payload)
            case "active" if self._is_probe:
                return ()
            case "preparing" | "active":
                return (remark("audio-unplaced"), *self._disconnect("error", "audio-unplaced"))
            case "paused":
                return (remark("audio-while-paused"),)
            case "closing":
                return (remark("audio-after-close"),)
            case "refusing" | "disconnecting" | "closed":
                return ()

    def _receive_message(self, message: ClientMessage) -> Sequence[Action]:
        odd = self._count(message)
        if message.session_id is not None:
            if self._session_id not in (None, message.session_id):
                return [*odd, *self._end_by("session-mismatch")]
            self._session_id = message.session_id
        if message.version not in (None, VERSION):
            return [*odd, *self._object_to("unknown-version")]
        if message.kind not in ALLOWED[self._state]:
            return [*odd, remark("unexpected-event" if message.kind in KNOWN else "unknown-event")]
        return [*odd, *self._act(message)]

    def _count(self, message: ClientMessage) -> Sequence[Action]:
        """Follow the platform's numbers; a live call is worth more than their order."""
        is_next = message.seq == self._clientseq + 1
        is_possible = message.serverseq is None or message.serverseq <= self._seq
        self._clientseq = max(self._clientseq, message.seq or 0)
        return [
            *(() if is_next else (remark("sequence-odd"),)),
            *(() if is_possible else (remark("serverseq-odd"),)),
        ]

    def _act(self, message: ClientMessage) -> Sequence[Action]:
        match message.kind:
            case "open" if self._state == "preparing":
                return self._open(read_opening(message.parameters))
            case "ping":
                return (self._send("pong"), *self._compare(message.position_us))
            case "discarded":
                return self._miss(message.parameters, "lost")
            case "paused":
                return self._pause()
            case "resumed":
                return self._resume(message.parameters)
            case "update":
                return self._update(message.parameters)
            case "error":
                return self._hear_error(message.parameters)
            case "close":
                return self._close(message.parameters)
            case _:
                return ()

    # --- opening -----------------------------------------------------------------------------------------------

    def _open(self, opening: Opening) -> Sequence[Action]:
        expected = self._identity.organization_id
        if expected is not None and opening.organization_id != expected:
            self._enter("refusing", max(0.0, self._limits.refuse_after_s - self._elapsed_s))
            return (remark("organization-mismatch"),)
        self._is_probe = opening.is_probe
        if opening.is_offering and opening.selection is None and not opening.is_probe:
            return self._end_by("no-usable-media")
        self._enter("active", self._limits.idle_timeout_s)
        offers = () if opening.selection is None else (opening.selection.offer,)
        languages = {"supportedLanguages": LANGUAGES} if opening.wants_languages else {}
        opened = self._send("opened", {"startPaused": False, "media": offers, **languages})
        if opening.is_probe:
            return (opened,)
        return (opened, *(self._join(opening, opening.selection) if opening.selection else (remark("no-media"),)))

    def _join(self, opening: Opening, selection: Selection) -> Sequence[Action]:
        introduced = introduce(opening, selection, self._preferences)
        self._timeline = Timeline(introduced.parties)
        self._is_in_call = True
        if introduced.results != "off":
            self._transcripts = Transcripts(
                self._session_id or NIL_UUID,
                introduced.parties,
                with_partials=introduced.results == "all",
                partial_every_s=self._limits.partial_every_s,
                language=spoken(opening.language),
            )
        return (Join(introduced.call), *introduced.remarks)

    # --- while it runs -----------------------------------------------------------------------------------------

    def _compare(self, position_us: int | None) -> Sequence[Action]:
        """Their position and ours; a pause may or may not count in theirs while it lasts."""
        return self._timeline.drift(position_us) if self._timeline and self._state == "active" else ()

    def _miss(self, parameters: Parameters, cause: Literal["lost", "paused"]) -> Sequence[Action]:
        length_us = duration_us(parameters.get("discarded"))
        if length_us is None:
            return (remark("bad-duration"),)
        return self._timeline.miss(length_us, cause) if self._timeline is not None else ()

    def _pause(self) -> Sequence[Action]:
        """``paused`` comes unasked, and more than once: only ``resumed`` ends a pause."""
        if self._state == "paused":
            return ()
        self._state = "paused"
        return (Mark("paused"),) if self._is_in_call else ()

    def _resume(self, parameters: Parameters) -> Sequence[Action]:
        """A pause takes as much of the stream as the platform says, however long it lasted."""
        if self._state != "paused":
            return ()
        self._state = "active"
        gap = self._miss(parameters, "paused")
        return (*gap, Mark("resumed")) if self._is_in_call else gap

    def _update(self, parameters: Parameters) -> Sequence[Action]:
        language = parameters.get("language")
        if not isinstance(language, str):
            return (remark("bad-message"),)
        if self._transcripts is not None:
            self._transcripts.speak(spoken(language))
        return foreign(language)

    def _hear_error(self, parameters: Parameters) -> Sequence[Action]:
        code = parameters.get("code")
        if code == TOO_MANY_MESSAGES and self._transcripts is not None:
            asked_us = duration_us(parameters.get("retryAfter"))
            hold_s = self._limits.hold_s if asked_us is None else asked_us / 1_000_000
            self._transcripts.hold(self._elapsed_s + hold_s)
        is_known = isinstance(code, int) and code in CLIENT_ERRORS
        return (remark(f"client-error-{code}" if is_known else "client-error"),)

    def _object_to(self, code: str) -> Sequence[Action]:
        """Before the session is open it ends by this; a live call is worth more than a clean protocol."""
        return self._end_by(code) if self._state == "preparing" else (remark(code),)

    def _end_by(self, code: str) -> Sequence[Action]:
        if self._state in ("preparing", "active", "paused"):
            return (remark(code), *self._disconnect("error", code))
        return (remark(code),)

    # --- ending ------------------------------------------------------------------------------------------------

    def _close(self, parameters: Parameters) -> Sequence[Action]:
        if not self._is_in_call:
            return self._answer_close()
        rest = self._timeline.finish() if self._timeline is not None else ()
        if parameters.get("reason") in FAILURES:
            return (*rest, Leave(self._limits.retry_within_s), *self._answer_close())
        self._enter("closing", self._limits.closed_within_s)
        return (*rest, Leave(), *(() if self.wants_events else self._answer_close()))

    def _answer_close(self) -> Sequence[Action]:
        self._enter("closed", self._limits.linger_s)
        return (self._send("closed"),)

    def _disconnect(self, reason: DisconnectReason, info: str = "") -> Sequence[Action]:
        self._enter("disconnecting", self._limits.disconnect_timeout_s)
        return (self._send("disconnect", {"reason": reason, **({"info": info} if info else {})}),)

    def _enter(self, state: State, for_s: float) -> None:
        """``for_s``: after how long ``expire`` is due."""
        self._state = state
        self._deadline_s = self._elapsed_s + for_s

    def _send(self, kind: str, parameters: Parameters | None = None) -> Send:
        self._seq += 1
        session_id = self._session_id or NIL_UUID
        return Send(server_message(kind, session_id, self._seq, self._clientseq, parameters or {}))

    # --- from the driver ---------------------------------------------------------------------------------------

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        if self._transcripts is not None:
            self._transcripts.begin(call)
        return ()

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        if self._transcripts is None or self._state not in ("active", "paused", "closing"):
            return ()
        return self._tell(self._transcripts.hear(envelope.event, self._elapsed_s))

    def failed(self, error: LivecueError) -> Sequence[Action]:
        return self._finish("error", error.code)

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        """All lines are out; where it was not the platform that ended the call, it is told."""
        return self._finish("completed")

    def stop(self) -> Sequence[Action]:
        if self._state == "preparing":
            return self._disconnect("completed", "server-stopped")
        return self._finish("completed", "server-stopped", is_in_call=self._is_in_call)

    def _finish(self, reason: DisconnectReason, info: str = "", *, is_in_call: bool = False) -> Sequence[Action]:
        """No more comes of the call: answer the ``close`` that waits for that, or ask for one."""
        self._is_in_call = is_in_call
        if self._state in ("active", "paused"):
            return self._disconnect(reason, info)
        return self._answer_close() if self._state == "closing" else ()

    def _tell_due(self) -> Sequence[Action]:
        if self._transcripts is None or self._state != "active":
            return ()
        return self._tell(self._transcripts.due(self._elapsed_s))

    def _tell(self, events: Sequence[Parameters]) -> Sequence[Action]:
        return [self._send("event", parameters) for parameters in events]
