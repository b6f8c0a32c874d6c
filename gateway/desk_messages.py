"""The words of the desk protocol, both directions; docs/protocol.md is their description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints

from assist.messages import DeskOutcome, Envelope
from assist.ports import CallSummary
from assist.view import CallView
from gateway.frames import PRINTABLE_PATTERN, CallId, ClientMessage, Correlation, ErrorRule, Seq, ServerMessage

VERSION = 1

DESK_ERRORS: Mapping[str, ErrorRule] = {
    "bad-json": ErrorRule(None),
    "bad-message": ErrorRule(None),
    "unknown-message": ErrorRule(None),
    "unknown-call": ErrorRule(None),
    "unknown-prompt": ErrorRule(None),
    "not-permitted": ErrorRule(None),
    "overloaded": ErrorRule(None),
    "store-unavailable": ErrorRule(None),
    "internal-error": ErrorRule(None),
    "not-authenticated": ErrorRule(4401),
    "foreign-origin": ErrorRule(4403),
    "subscriber-too-slow": ErrorRule(4408),
    "text-flood": ErrorRule(4429),
    "frame-too-large": ErrorRule(1009),
}
"""Every error of this door. Adding one here and in docs/protocol.md go together (tested)."""

PromptId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE_PATTERN)]
MAX_SHOWN_AFTER_MS = 86_400_000


# --- client → server -------------------------------------------------------------------------------------------------


class Subscribe(ClientMessage):
    type: Literal["subscribe"] = "subscribe"
    call_id: CallId
    after: Seq | None = None
    """Last seq already folded in; None: start with a snapshot."""


class Unsubscribe(ClientMessage):
    type: Literal["unsubscribe"] = "unsubscribe"


class Outcome(ClientMessage):
    type: Literal["outcome"] = "outcome"
    id: Correlation
    call_id: CallId
    prompt_id: PromptId
    outcome: DeskOutcome
    shown_after_ms: Annotated[StrictInt, Field(ge=0, le=MAX_SHOWN_AFTER_MS)] | None = None
    """With "shown": milliseconds from the end of the words to the screen."""


class Ping(ClientMessage):
    type: Literal["ping"] = "ping"
    id: Correlation


AnyDeskRequest = Subscribe | Unsubscribe | Outcome | Ping
DESK_REQUESTS: Mapping[str, type[AnyDeskRequest]] = {
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "outcome": Outcome,
    "ping": Ping,
}


# --- server → client -------------------------------------------------------------------------------------------------


class HelloUser(ServerMessage):
    user_id: str
    name: str
    role: str
    agent_id: str | None


class HelloServer(ServerMessage):
    name: str
    version: str


class Hello(ServerMessage):
    type: Literal["hello"] = "hello"
    version: int = VERSION
    user: HelloUser
    server: HelloServer


class Calls(ServerMessage):
    type: Literal["calls"] = "calls"
    calls: tuple[CallSummary, ...]
    """Open calls this user may see, newest first."""


class Snapshot(ServerMessage):
    type: Literal["snapshot"] = "snapshot"
    call_id: str
    view: CallView


class Events(ServerMessage):
    type: Literal["events"] = "events"
    call_id: str
    envelopes: tuple[Envelope, ...]
    """Rising seq; superseded partials may be left out."""


class OutcomeStored(ServerMessage):
    type: Literal["outcome-stored"] = "outcome-stored"
    id: Correlation
    seq: int


class Pong(ServerMessage):
    type: Literal["pong"] = "pong"
    id: Correlation


class Error(ServerMessage):
    type: Literal["error"] = "error"
    code: str
    message: str
    id: Correlation | None = None
    """Of the message that this answers, if it had one."""
