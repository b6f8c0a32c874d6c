"""Bodies of the REST API; field names are those of docs/protocol.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assist.messages import DeskOutcome, Envelope, Party, SaleOutcome
from assist.ports import CallSummary
from assist.stores.accounts import Role, User
from assist.view import CallView
from gateway.permissions import Permission, permissions_of


def _in_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]
"""A time of a request; without a zone it is UTC."""


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(frozen=True)


class ErrorDetail(Body):
    code: str
    """Stable, kebab-case; listed in docs/errors.md."""
    message: str
    """One sentence for people."""


class ErrorBody(Body):
    error: ErrorDetail


class Credentials(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1_000)]


class SessionUser(Body):
    user_id: str
    name: str
    """Name to show."""
    role: Role
    agent_id: str | None
    permissions: list[Permission]
    """What the user may do beside seeing calls."""

    @classmethod
    def of(cls, user: User) -> SessionUser:
        return cls(
            user_id=user.user_id,
            name=user.display_name,
            role=user.role,
            agent_id=user.agent_id,
            permissions=sorted(permissions_of(user)),
        )


class CallPage(Body):
    calls: list[CallSummary]
    next: str | None
    """Give it as ``before`` for the next page; null on the last."""


class CallDetail(Body):
    call: CallSummary
    view: CallView


class EventPage(Body):
    envelopes: list[Envelope]
    next: int | None
    """Give it as ``after`` for the next page; null at the end of what is stored."""


class PartyPeaks(Body):
    party: Party
    peaks: list[int]
    """Loudest sample of each step, 0 to 255, linear."""


class SoundPeaks(Body):
    duration_ms: int
    step_ms: float
    """Of all steps but the last, which may be shorter."""
    parties: list[PartyPeaks]


class TranscriptLine(Body):
    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    text: str
    confidence: float | None


class Transcript(Body):
    call_id: str
    lines: list[TranscriptLine]


class OutcomeRequest(Body):
    outcome: DeskOutcome
    shown_after_ms: int | None = Field(default=None, ge=0, le=86_400_000)
    """With "shown": milliseconds from the end of the words to the screen."""


class OutcomeStored(Body):
    seq: int
    """Place of the outcome in the call's log."""


class ResultRequest(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    result: SaleOutcome
    prompt_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    offer_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Without prompt and offer: of the call."""
    order_id: Annotated[str, StringConstraints(max_length=200)] = ""
    """Of the order, in the system that reports it."""


class RuleTitle(Body):
    rule_id: str
    title: str
    prompt: str | None
    """Kind of the prompt it can show."""
    severity: str | None
    """Severity of the flag it can raise."""


class PlaybookInfo(Body):
    name: str
    version: str
    title: str
    rules: list[RuleTitle]
