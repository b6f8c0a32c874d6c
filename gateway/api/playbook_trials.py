"""Playbooks before they are published: checked as they are typed, tried on a call, replayed over many."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from assist.backtest import Ruleset
from assist.errors import LivecueError
from gateway.api.access import Served, visible_call
from gateway.api.models import Body
from gateway.api.playbook_models import (
    CheckRequest,
    CheckResult,
    ProblemRow,
    ReplayFailed,
    ReplayProgress,
    ReplayReport,
    ReplayRequest,
    TryRequest,
    TryResult,
)
from gateway.api.playbooks import Editor, Name
from gateway.permissions import scope_of
from gateway.record import Wanted
from gateway.rehearsal import Examination, Outcome, Progress, line_of_key
from gateway.service import Service

trial_routes = APIRouter(tags=["playbooks"], prefix="/playbooks/{name}")

NDJSON = "application/x-ndjson"


@trial_routes.post("/check")
async def check(service: Served, user: Editor, name: Name, body: CheckRequest) -> CheckResult:
    """All that is wrong with a text, and what became of its cases."""
    found = await service.rehearsal.check(body.text, name)
    return CheckResult.of(found, await _taken(service, found, body.text))


@trial_routes.post("/try")
async def try_on_call(service: Served, user: Editor, name: Name, body: TryRequest) -> TryResult:
    """What a text would say to a stored call, beside what was said in it."""
    call = await visible_call(body.call_id, service, user)
    rules = await service.rehearsal.ruleset(body.text)
    return TryResult.of(await service.rehearsal.try_on(rules, call.call_id), call)


@trial_routes.post(
    "/replay",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "model": ReplayProgress | ReplayReport | ReplayFailed}},
)
async def replay(service: Served, user: Editor, name: Name, body: ReplayRequest) -> StreamingResponse:
    """What a text would change in the newest calls, as lines of JSON: progress, and at last a report.

    Whoever closes the connection ends the work.
    """
    rules = await service.rehearsal.ruleset(body.text)
    against = await _running(service, name) if body.against == "running" else None
    wanted = Wanted(scope=scope_of(user), with_practice=body.practice)
    steps = service.rehearsal.replay(rules, wanted, most=body.most, against=against)
    first = await anext(steps)
    return StreamingResponse(_lines(first, steps), media_type=NDJSON, headers={"x-accel-buffering": "no"})


async def _running(service: Service, name: str) -> Ruleset:
    playbook = service.playbooks.get(name)
    return await service.rehearsal.prepared(playbook)


async def _lines(first: Progress | Outcome, steps: AsyncGenerator[Progress | Outcome]) -> AsyncGenerator[str]:
    """What has begun can no longer answer with a status: a failure is the last line."""
    yield _line(first)
    async with aclosing(steps):
        try:
            async for step in steps:
                yield _line(step)
        except LivecueError as error:
            yield _json(ReplayFailed(code=error.code, message=error.message))


def _line(step: Progress | Outcome) -> str:
    match step:
        case Progress(done, of):
            return _json(ReplayProgress(done=done, of=of))
        case Outcome():
            return _json(ReplayReport.of(step))


def _json(body: Body) -> str:
    return body.model_dump_json() + "\n"


async def _taken(service: Service, found: Examination, text: str) -> list[ProblemRow]:
    """A reminder that new content needs a new version."""
    number = await service.publishing.taken_by(found.playbook) if found.playbook else None
    if number is None or found.playbook is None:
        return []
    message = f"playbook: version: {found.playbook.version!r} is in use for other content (no. {number}); raise it"
    return [ProblemRow(severity="warning", kind="version", line=line_of_key(text, "version"), message=message)]
