"""The archive: closed calls found by what is in them, searches that people keep, exports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response, StreamingResponse

from assist.errors import InputError, PermissionDeniedError
from assist.redaction.masking import masked_alone
from assist.search.archive import MOST_COUNTED, Choices, FoundCall
from assist.search.query import Order, PageWanted, Said
from assist.stores.accounts import User
from gateway.api.access import CurrentUser, Scope, Served, permitted
from gateway.api.models import Body
from gateway.archive import Question
from gateway.archive_export import csv_lines, found_calls, json_lines
from gateway.permissions import API_KEY_USER_ID

MAX_ID = 2**31 - 1

archive_routes = APIRouter(tags=["archive"], prefix="/archive")


class PageQuestion(Question):
    order: Order = "newest"
    """relevance: calls with more and rarer of the words first; without words as newest."""
    after: Annotated[str, StringConstraints(max_length=200)] | None = None
    """``next`` of the page before, of the same question in the same order."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class ExportQuestion(Question):
    format: Literal["csv", "json"] = "csv"


class FoundCalls(Body):
    calls: list[FoundCall]
    next: str | None
    """Give it as ``after`` for the next page; null on the last."""


class CallCount(Body):
    calls: int
    is_more: bool
    """Counting ended there."""


class SavedQuestion(Body):
    search_id: int
    name: str
    question: Question
    at: datetime


class SavedQuestions(Body):
    searches: list[SavedQuestion]


class QuestionToSave(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    """One of the user's own with this name is replaced."""
    question: Question


def _now() -> datetime:
    return datetime.now(UTC)


async def person(user: CurrentUser) -> User:
    """Who is asking, if that is somebody with an account. Raises PermissionDeniedError."""
    if user.user_id == API_KEY_USER_ID:
        raise PermissionDeniedError("Searches are kept by people; log in with an account.")
    return user


Person = Annotated[User, Depends(person)]


@archive_routes.get("")
async def find_calls(service: Served, user: CurrentUser, question: Annotated[PageQuestion, Query()]) -> FoundCalls:
    """Closed calls for which everything that is asked holds."""
    search = question.search(user, zone=service.settings.zone, now=_now())
    wanted = PageWanted(limit=question.limit, after=question.after, order=question.order)
    page = await service.archive.find(search, wanted)
    return FoundCalls(calls=list(page.calls), next=page.next)


@archive_routes.get("/count")
async def count_calls(service: Served, user: CurrentUser, question: Annotated[Question, Query()]) -> CallCount:
    """How many calls that are, counted up to 10,000."""
    calls = await service.archive.count(question.search(user, zone=service.settings.zone, now=_now()))
    return CallCount(calls=calls, is_more=calls == MOST_COUNTED)


@archive_routes.get("/choices")
async def list_choices(service: Served, scope: Scope) -> Choices:
    """What the newest calls can be asked for by: agents, intents, rules, offers."""
    return await service.archive.choices(scope)


@archive_routes.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
)
async def export_calls(
    service: Served,
    user: Annotated[User, Depends(permitted("calls.export"))],
    question: Annotated[ExportQuestion, Query()],
) -> StreamingResponse:
    """Every call that is found, newest first, as a table or as a JSON array."""
    search = question.search(user, zone=service.settings.zone, now=_now())
    calls = await found_calls(service.archive, search)
    lines: AsyncIterator[str]
    if question.format == "csv":
        lines, media_type = csv_lines(calls, service.settings.zone), "text/csv; charset=utf-8"
    else:
        lines, media_type = json_lines(calls), "application/json"
    headers = {"content-disposition": f'attachment; filename="calls.{question.format}"', "cache-control": "no-store"}
    return StreamingResponse(lines, media_type=media_type, headers=headers)


@archive_routes.get("/searches")
async def list_searches(service: Served, user: Person) -> SavedQuestions:
    """The searches that this user keeps, by name."""
    kept = await service.searches.searches(user.user_id)
    return SavedQuestions(
        searches=[
            SavedQuestion(
                search_id=one.search_id, name=one.name, question=Question.model_validate_json(one.asked), at=one.at
            )
            for one in kept
        ]
    )


@archive_routes.post("/searches", status_code=201)
async def save_search(service: Served, user: Person, body: QuestionToSave) -> SavedQuestion:
    """Keep a search for this user; it must be one that can be asked, and without private words: they find nothing."""
    search = body.question.search(user, zone=service.settings.zone, now=_now())
    said = [one.words for one in search.conditions if isinstance(one, Said)]
    if service.redactor and any(masked_alone(text, service.redactor) != text for text in (body.name, *said)):
        raise InputError("Private words are masked in calls; search for others.", code="search-private")
    asked = body.question.model_dump_json(exclude_defaults=True)
    kept = await service.searches.save(user.user_id, body.name, asked, _now())
    return SavedQuestion(search_id=kept.search_id, name=kept.name, question=body.question, at=kept.at)


@archive_routes.delete("/searches/{search_id}", status_code=204)
async def remove_search(service: Served, user: Person, search_id: Annotated[int, Path(ge=1, le=MAX_ID)]) -> Response:
    """Forget a search of this user."""
    await service.searches.remove(user.user_id, search_id)
    return Response(status_code=204)
