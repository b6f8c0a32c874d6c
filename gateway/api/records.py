"""Legal holds, erasure, and the log of who did what to records and looked behind masks."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, Path, Query
from pydantic import ConfigDict, StringConstraints
from starlette.responses import Response

from assist.errors import InputError
from assist.redaction.masking import masked_alone
from assist.redaction.sealing import MAX_REASON_CHARS
from assist.stores.accounts import User
from assist.stores.audit import AuditEntry
from assist.stores.records import Hold, Removed, SubjectKind
from gateway.api.access import Served, permitted
from gateway.api.models import Body, UtcTime
from gateway.service import Service

record_routes = APIRouter(tags=["records"])

Action = Literal["revealed", "held", "released", "erased", "expired", "team-changed", "team-removed"]
Admin = Annotated[User, Depends(permitted("records.manage"))]
Reader = Annotated[User, Depends(permitted("access-log.read"))]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON_CHARS)]


class LogRow(Body):
    entry: AuditEntry
    by_name: str
    """Of the person; of a command's user, or "retention", the same as ``entry.by``."""


class LogPage(Body):
    entries: list[LogRow]
    next: UtcTime | None
    """Give it as ``before`` for the next page; null on the last."""


class HoldList(Body):
    holds: list[Hold]


class HoldRequest(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SubjectKind
    subject: Subject
    """Id of the call or customer."""
    reason: Reason


class ErasureScope(Body):
    calls: int


class ErasureRequest(HoldRequest):
    confirm: Annotated[str, StringConstraints(max_length=200)]
    """The subject once more, as a person typed it."""


@record_routes.get("/audit-log")
async def read_audit_log(
    service: Served,
    user: Reader,
    action: Annotated[list[Action], Query(description="Only these; none given: all.")] = [],  # noqa: B006 -- FastAPI copies it
    before: Annotated[UtcTime | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> LogPage:
    """Who looked behind masks, held, released or erased, and changed teams; newest first."""
    entries = await service.records.audit(limit=limit, before=before, actions=action or get_args(Action))
    names = {one.user_id: one.display_name for one in await service.accounts.users()}
    rows = [LogRow(entry=entry, by_name=names.get(entry.by, entry.by)) for entry in entries]
    return LogPage(entries=rows, next=entries[-1].at if len(entries) == limit else None)


@record_routes.get("/legal-holds")
async def list_holds(service: Served, user: Admin) -> HoldList:
    """What nothing may remove, oldest first."""
    return HoldList(holds=list(await service.records.holds()))


@record_routes.post("/legal-holds", status_code=201)
async def hold(service: Served, user: Admin, body: HoldRequest) -> Hold:
    """Keep a call, or all calls of a customer, until the hold is released."""
    reason = _masked(service, body.reason)
    return await service.records.hold(body.kind, body.subject, reason=reason, by=user.user_id)


@record_routes.delete("/legal-holds/{hold_id}", status_code=204)
async def release(service: Served, user: Admin, hold_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Let it go again."""
    await service.records.release(hold_id, by=user.user_id)
    return Response(status_code=204)


@record_routes.get("/erasures")
async def count_erasure(
    service: Served,
    user: Admin,
    kind: SubjectKind,
    subject: Annotated[str, Query(min_length=1, max_length=200)],
) -> ErasureScope:
    """How many calls an erasure would remove."""
    return ErasureScope(calls=await service.records.count(kind, subject))


@record_routes.post("/erasures", status_code=201)
async def erase(service: Served, user: Admin, body: ErasureRequest) -> Removed:
    """Remove a call, or a customer with all calls, for good; what was removed is told by table and kind of file."""
    if body.confirm.strip() != body.subject:
        raise InputError("Type what is to be erased once more; the two differ.", code="confirmation-differs")
    reason = _masked(service, body.reason.replace(body.subject, "…"))
    return await service.records.erase(body.kind, body.subject, reason=reason, by=user.user_id)


def _masked(service: Service, reason: str) -> str:
    """The log is read by people who may not look behind masks."""
    return masked_alone(reason, service.redactor) if service.redactor else reason
