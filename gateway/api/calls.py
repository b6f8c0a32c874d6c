"""Calls, live and stored: list, view, events, audio, transcript, outcomes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from assist.messages import Envelope
from assist.outcomes import ResultReport
from assist.ports import CallQuery, CallSummary
from assist.quality.review import without_reviews
from assist.stores.accounts import User
from assist.view import CallView, fold_all
from gateway.api.access import CurrentUser, Served, VisibleCall
from gateway.api.models import (
    CallDetail,
    CallPage,
    EventPage,
    OutcomeRequest,
    OutcomeStored,
    PartyPeaks,
    ResultRequest,
    SoundPeaks,
    Transcript,
    TranscriptLine,
    UtcTime,
)
from gateway.permissions import API_KEY_USER_ID, hears_live, scope_of
from gateway.service import Service
from gateway.transcript import finals, to_srt, to_text

STORE_PAGE = 5_000
MAX_SEQ = 2**31 - 1
"""Largest integer of every database."""


Cursor = Annotated[UtcTime, Query(description="`next` of the page before.")]

call_routes = APIRouter(tags=["calls"], prefix="/calls")


@call_routes.get("")
async def list_calls(
    service: Served,
    user: CurrentUser,
    open: Annotated[bool | None, Query(description="Only live calls, or only closed ones.")] = None,
    agent: Annotated[str | None, Query(description="Only calls of this agent_id.")] = None,
    before: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CallPage:
    """Calls, newest first."""
    query = CallQuery(agent_id=agent, scope=scope_of(user), is_open=open, before=before, limit=limit)
    rows = await _newest(service, query, user)
    cursor = rows[-1].opened_at.isoformat() if len(rows) == limit else None
    return CallPage(calls=rows, next=cursor)


@call_routes.get("/{call_id}")
async def get_call(service: Served, summary: VisibleCall, user: CurrentUser) -> CallDetail:
    """One call with everything a desk shows of it."""
    return CallDetail(call=summary, view=await _view(service, summary, user))


@call_routes.get("/{call_id}/events")
async def list_events(
    service: Served,
    summary: VisibleCall,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ, description="Only later events.")] = 0,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
) -> EventPage:
    """The call's log as far as it is stored; what people made of the call in reviews is told by their own routes."""
    page = await service.store.envelopes(summary.call_id, after=after, limit=limit)
    return EventPage(envelopes=without_reviews(page), next=page[-1].seq if len(page) == limit else None)


@call_routes.get(
    "/{call_id}/audio",
    response_class=FileResponse,
    responses={200: {"content": {"audio/flac": {}}}, 206: {"content": {"audio/flac": {}}}},
)
async def get_audio(service: Served, summary: VisibleCall) -> FileResponse:
    """The sound of a closed call, left agent, right customer; ranges are served."""
    path = await service.sound.file(summary.call_id)
    return FileResponse(path, media_type="audio/flac", headers={"cache-control": "private, no-cache"})


@call_routes.get("/{call_id}/peaks")
async def get_peaks(service: Served, summary: VisibleCall) -> SoundPeaks:
    """How loud each party of a closed call is over its time, to draw its sound without loading it."""
    peaks = await service.sound.peaks(summary.call_id)
    return SoundPeaks(
        duration_ms=peaks.duration_ms,
        step_ms=peaks.step_ms,
        parties=[PartyPeaks(party=party, peaks=list(loudest)) for party, loudest in peaks.parties.items()],
    )


@call_routes.get(
    "/{call_id}/transcript",
    response_model=Transcript,
    responses={200: {"content": {"text/plain": {}, "application/x-subrip": {}}}},
)
async def get_transcript(
    service: Served, summary: VisibleCall, user: CurrentUser, format: Literal["json", "srt", "text"] = "json"
) -> Response:
    """The finals, for other programs."""
    lines = finals(await _view(service, summary, user))
    match format:
        case "json":
            rows = [TranscriptLine.model_validate(line, from_attributes=True) for line in lines]
            return JSONResponse(Transcript(call_id=summary.call_id, lines=rows).model_dump())
        case "srt":
            return _download(to_srt(lines), "application/x-subrip", f"{summary.call_id}.srt")
        case "text":
            return _download(to_text(lines), "text/plain", f"{summary.call_id}.txt")


@call_routes.post("/{call_id}/prompts/{prompt_id}/outcomes", status_code=201)
async def record_outcome(
    service: Served,
    summary: VisibleCall,
    prompt_id: Annotated[str, Path(min_length=1, max_length=200)],
    body: OutcomeRequest,
    user: CurrentUser,
) -> OutcomeStored:
    """Log what a person did with a prompt; answered once it is stored."""
    envelope = await service.supervisor.record_outcome(
        summary.call_id, prompt_id, body.outcome, by=user.user_id, shown_after_ms=body.shown_after_ms
    )
    return OutcomeStored(seq=envelope.seq)


@call_routes.post("/{call_id}/results", status_code=201)
async def record_result(service: Served, summary: VisibleCall, body: ResultRequest, user: CurrentUser) -> OutcomeStored:
    """Log how an offer ended, from the agent or, with an API key, from a CRM; answered once it is stored."""
    report = ResultReport(
        result=body.result,
        by=user.user_id,
        source="crm" if user.user_id == API_KEY_USER_ID else "agent",
        prompt_id=body.prompt_id,
        offer_id=body.offer_id,
        order_id=body.order_id,
    )
    envelope = await service.supervisor.record_result(summary.call_id, report)
    return OutcomeStored(seq=envelope.seq)


async def _newest(service: Service, query: CallQuery, user: User) -> list[CallSummary]:
    """A page of the store, its live calls as they are now, and on the first page those the store has not got yet."""
    stored = await service.store.calls(query)
    live = {
        summary.call_id: summary
        for summary in service.supervisor.calls()
        if hears_live(user, summary) and query.scope.covers(summary.agent_id)
    }
    others = {call.call_id for call in service.supervisor.calls() if not query.scope.covers(call.agent_id)}
    rows = [live.pop(summary.call_id, summary) for summary in stored if summary.call_id not in others]
    if query.before is None and query.is_open is not False:
        rows += [summary for summary in live.values() if query.agent_id in (None, summary.agent_id)]
        rows.sort(key=lambda summary: summary.opened_at, reverse=True)
    return rows[: query.limit]


async def _view(service: Service, call: CallSummary, user: User) -> CallView:
    """As it is in memory for those who may have it as it was said, else as it is stored."""
    live = service.supervisor.view(call.call_id) if hears_live(user, call) else None
    if live is not None:
        return live
    log: list[Envelope] = []
    while page := await service.store.envelopes(call.call_id, after=log[-1].seq if log else 0, limit=STORE_PAGE):
        log.extend(page)
    return await asyncio.to_thread(fold_all, call.call_id, log)


def _download(text: str, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type=media_type, headers=headers)
