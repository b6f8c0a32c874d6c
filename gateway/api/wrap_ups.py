"""Wrap-ups: the codes by which calls are filed, and a person's confirmation."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, ConfigDict, StringConstraints

from assist.messages import Disposition, PromiseKind
from assist.stores.accounts import User
from assist.wrapup.codes import REASON_CODES, RESULT_CODES
from assist.wrapup.confirm import Confirmation, GivenPromise, confirmed, confirmed_before
from gateway.api.access import Served, VisibleCall, permitted
from gateway.api.models import Body, OutcomeStored

wrap_up_routes = APIRouter(tags=["wrap-ups"])

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DispositionCode(Body):
    code: str
    zh: str
    en: str


class DispositionTree(Body):
    reasons: list[DispositionCode]
    results: list[DispositionCode]


class PromiseKept(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    promise_id: Id | None = None
    """Of the proposal; null where a person adds one."""
    kind: PromiseKind
    quote: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    due_at: AwareDatetime | None = None


class WrapUpGiven(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    language: Literal["zh", "en"]
    disposition: Disposition
    promises: tuple[PromiseKept, ...] = ()


@wrap_up_routes.get("/dispositions")
async def list_dispositions() -> DispositionTree:
    """The codes by which calls are filed."""
    return DispositionTree(
        reasons=[DispositionCode(code=one.code, zh=one.zh, en=one.en) for one in REASON_CODES],
        results=[DispositionCode(code=one.code, zh=one.zh, en=one.en) for one in RESULT_CODES],
    )


@wrap_up_routes.post("/calls/{call_id}/wrap-up", status_code=201)
async def confirm_wrap_up(
    service: Served,
    summary: VisibleCall,
    body: WrapUpGiven,
    user: Annotated[User, Depends(permitted("wrap-up.confirm"))],
) -> OutcomeStored:
    """Log the wrap-up of a closed call as a person left it; answered once it is stored."""
    given = Confirmation(
        text=body.text,
        language=body.language,
        disposition=body.disposition,
        promises=tuple(
            GivenPromise(promise_id=one.promise_id, kind=one.kind, quote=one.quote, due_at=one.due_at)
            for one in body.promises
        ),
        by=user.user_id,
    )
    afterwards = service.afterwards
    if afterwards is not None:
        afterwards.confirming(summary.call_id)
    envelope = await service.supervisor.record_after(
        summary.call_id, lambda view: confirmed(view, given), confirmed_before
    )
    if afterwards is not None:
        afterwards.confirmed(summary.call_id)
    return OutcomeStored(seq=envelope.seq)
