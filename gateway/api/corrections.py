"""Lines that people put right in all calls, for those who train recognisers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import TypeAdapter
from starlette.responses import StreamingResponse

from assist.remarks import TrainingLine
from gateway.api.access import Scope, Served, permitted
from gateway.api.models import UtcTime
from gateway.corrections import corrected_lines
from gateway.record import Wanted

NDJSON = "application/x-ndjson"

correction_routes = APIRouter(tags=["calls"], prefix="/corrections")

_line_adapter: TypeAdapter[TrainingLine] = TypeAdapter(TrainingLine)


@correction_routes.get(
    "",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "model": TrainingLine}},
    dependencies=[Depends(permitted("corrections.export"))],
)
async def export_corrections(
    service: Served,
    scope: Scope,
    since: Annotated[UtcTime | None, Query(description="Only of calls opened at or after.")] = None,
) -> StreamingResponse:
    """Every line that was put right and stands, with what was recognised, as lines of JSON; newest calls first."""
    return StreamingResponse(_rows(corrected_lines(service.store, Wanted(since=since, scope=scope))), media_type=NDJSON)


async def _rows(lines: AsyncGenerator[TrainingLine]) -> AsyncGenerator[bytes]:
    async with aclosing(lines):
        async for line in lines:
            yield _line_adapter.dump_json(line) + b"\n"
