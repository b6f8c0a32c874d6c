"""Reports: figures of closed calls, each with its definition and the search that lists its calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from assist.reports.fields import FIELDS, Field
from assist.reports.report import LAYOUTS, Layout, Report, ReportName
from gateway.api.access import CurrentUser, Scope, Served, permitted
from gateway.api.models import Body
from gateway.permissions import permissions_of
from gateway.reports import Language, ReportQuestion, csv_of, read_report

report_routes = APIRouter(tags=["reports"], prefix="/reports", dependencies=[Depends(permitted("reports.read"))])


class AskedReport(ReportQuestion):
    format: Literal["json", "csv"] = "json"
    language: Language = "zh"
    """Of the heads of a table."""


class ReportDictionary(Body):
    reports: Mapping[str, Layout]
    """By name."""
    fields: Mapping[str, Field]
    """What every figure is, by id."""


@report_routes.get("")
async def list_reports() -> ReportDictionary:
    """What reports there are, and the definition of every figure."""
    return ReportDictionary(reports={**LAYOUTS}, fields=FIELDS)


@report_routes.get(
    "/{name}",
    response_model=Report,
    responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
)
async def show_report(
    service: Served, user: CurrentUser, scope: Scope, name: ReportName, question: Annotated[AskedReport, Query()]
) -> Report | Response:
    """A report over the calls that this user may see."""
    found = await read_report(
        service.reports,
        name,
        question,
        scope=scope,
        zone=service.settings.zone,
        now=datetime.now(UTC),
        has_audits=bool(permissions_of(user) & {"review.read", "review.answer"}),
    )
    if question.format == "json":
        return found
    headers = {"content-disposition": f'attachment; filename="{name}-{found.by}.csv"', "cache-control": "no-store"}
    return StreamingResponse(csv_of(found, question.language), media_type="text/csv; charset=utf-8", headers=headers)
