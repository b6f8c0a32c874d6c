"""Reviews as people list them, and what reports and rules read of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.messages import ReviewKind, ReviewOrigin, ReviewState
from assist.quality.review import OVER, Review
from assist.quality.rulings import Precision, RuleCase, by_rule
from assist.scope import EVERY_CALL, CallScope
from assist.stores.database import Database
from assist.stores.review_projections import case_adapter, write_reviews, write_risks
from assist.stores.schema import flag_rulings, reviews, rule_cases
from assist.stores.scopes import assigned, in_scope

FOUND_FAULT = ("breach", "at_risk")
"""Verdicts whose being right is a rule's precision."""
Order = Literal["due", "risk", "newest"]


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Which reviews are listed; every condition holds."""

    scope: CallScope = EVERY_CALL
    states: Collection[ReviewState] = ()
    """Empty: all."""
    kind: ReviewKind | None = None
    origin: ReviewOrigin | None = None
    reviewer_id: str | None = None
    has_reviewer: bool | None = None
    agent_id: str | None = None
    call_id: str | None = None
    calibration_id: str | None = None
    told: bool | None = None
    """Only those that their agents know of."""
    waits_for_coaching: bool = False
    """Only those with notes that their agent has not acknowledged."""
    overdue_at: datetime | None = None
    """Only those whose time was over then."""
    order: Order = "due"
    offset: int = 0
    limit: int = 50


class ReviewStore:
    """In the same database as the calls. Every method raises StoreError when the database cannot serve."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def review(self, review_id: str) -> Review | None:
        """One review with everything about it."""
        async with self._database.reading() as connection:
            found = await _read(connection, select(reviews.c.body).where(reviews.c.review_id == review_id))
        return found[0] if found else None

    async def reviews(self, query: ReviewQuery) -> Sequence[Review]:
        """The reviews that a query asks for, in its order."""
        statement = select(reviews.c.body).where(*_conditions(query)).order_by(*_order(query))
        async with self._database.reading() as connection:
            return await _read(connection, statement.offset(query.offset).limit(query.limit))

    async def count(self, query: ReviewQuery) -> int:
        """How many there are, whatever its limit."""
        statement = select(func.count()).select_from(reviews).where(*_conditions(query))
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def lapsed(self, now: datetime, *, limit: int = 100) -> Sequence[Review]:
        """Reviews whose agents had their time to answer."""
        query = ReviewQuery(states=("with_agent", "answered"), overdue_at=now, limit=limit)
        return await self.reviews(query)

    async def precisions(self, playbook: str, *, since: datetime | None = None) -> Mapping[str, Precision]:
        """How often the rules of a playbook were right where they found fault, by rule id."""
        columns = flag_rulings.c
        statement = select(columns.rule_id, columns.is_right, columns.inclusion).where(
            columns.playbook == playbook, columns.verdict.in_(FOUND_FAULT)
        )
        if since is not None:
            statement = statement.where(columns.call_opened_at >= since)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return by_rule((rule, is_right, None if share is None else 1 / share) for rule, is_right, share in rows)

    async def cases(
        self,
        *,
        playbook: str | None = None,
        rule_id: str | None = None,
        scope: CallScope = EVERY_CALL,
        limit: int = 500,
    ) -> Sequence[RuleCase]:
        """Calls in which rules were wrong, the newest decision first."""
        columns = rule_cases.c
        statement = (
            select(columns.body)
            .join(reviews, reviews.c.review_id == columns.review_id)
            .where(in_scope(scope, call_id=reviews.c.call_id, agent_id=reviews.c.agent_id))
            .order_by(columns.at.desc(), columns.case_id)
            .limit(limit)
        )
        if playbook is not None:
            statement = statement.where(columns.playbook == playbook)
        if rule_id is not None:
            statement = statement.where(columns.rule_id == rule_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).scalars().all()
        try:
            return [case_adapter.validate_json(row) for row in rows]
        except ValidationError as error:
            raise _damaged() from error

    async def is_assigned(self, call_id: str, user_id: str) -> bool:
        """Whether somebody has, or had, a call to review."""
        statement = assigned(user_id).where(reviews.c.call_id == call_id).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).first() is not None

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        """Make reviews and risks of these calls anew from their logs. Idempotent."""
        async with self._database.writing() as connection:
            await write_reviews(connection, call_ids)
            await write_risks(connection, call_ids)


def _conditions(query: ReviewQuery) -> list[ColumnElement[bool]]:
    columns = reviews.c
    found: list[ColumnElement[bool]] = [in_scope(query.scope, call_id=columns.call_id, agent_id=columns.agent_id)]
    if query.states:
        found.append(columns.state.in_(query.states))
    for column, wanted in (
        (columns.kind, query.kind),
        (columns.origin, query.origin),
        (columns.reviewer_id, query.reviewer_id),
        (columns.agent_id, query.agent_id),
        (columns.call_id, query.call_id),
        (columns.calibration_id, query.calibration_id),
        (columns.is_told, query.told),
    ):
        if wanted is not None:
            found.append(column == wanted)
    if query.has_reviewer is not None:
        found.append(columns.reviewer_id.is_not(None) == query.has_reviewer)
    if query.waits_for_coaching:
        found.append(columns.unacknowledged > 0)
    if query.overdue_at is not None:
        found.append(and_(columns.due_at < query.overdue_at, columns.state.not_in(OVER)))
    return found


def _order(query: ReviewQuery) -> Sequence[ColumnElement[Any]]:
    columns = reviews.c
    match query.order:
        case "due":
            return columns.due_at.is_(None), columns.due_at, columns.review_id
        case "risk":
            return columns.risk.desc(), columns.due_at, columns.review_id
        case "newest":
            return columns.opened_at.desc(), columns.review_id


async def _read(connection: AsyncConnection, statement: Select[Any]) -> list[Review]:
    rows = (await connection.execute(statement)).scalars().all()
    try:
        return [Review.model_validate_json(row) for row in rows]
    except ValidationError as error:
        raise _damaged() from error


def _damaged() -> StoreError:
    return StoreError("The reviews cannot be read; run livecue qa rebuild.", code="store-damaged")
