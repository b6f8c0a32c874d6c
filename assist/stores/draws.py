"""Draws of calls to review, each made once, and what they took until its reviews are opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.closed_call import PRACTICE
from assist.errors import InputError
from assist.messages import RiskReason
from assist.quality.draw import Candidate, Draw, Plan, drawn
from assist.stores.database import Database
from assist.stores.locks import REVIEW_DRAWS, take_turns
from assist.stores.review_projections import reasons_adapter
from assist.stores.schema import call_risks, calls, drawn_calls, review_draws


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that was drawn and has no review yet."""

    call_id: str
    playbook: str
    """Name of the one that the call ran under."""
    draw_id: str
    is_for_risk: bool
    inclusion: float
    risk: int
    reasons: tuple[RiskReason, ...]


class DrawStore:
    """In the same database as the calls. Every method raises StoreError when the database cannot serve."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draw(
        self,
        draw_id: str,
        day: date,
        since: datetime,
        until: datetime,
        plan: Plan,
        *,
        playbooks: Collection[str],
        by: str,
        at: datetime,
    ) -> Draw:
        """Draw from the calls of these playbooks that closed in [since, until), in which somebody spoke.

        Practice is not drawn. A day that was drawn from up to some time is drawn from that time on.
        Raises InputError "day-drawn" where nothing of the time is left.
        """
        columns = review_draws.c
        try:
            async with self._database.writing() as connection:
                await take_turns(connection, REVIEW_DRAWS, [""])
                latest = select(func.max(columns.until)).where(columns.since >= since, columns.since < until)
                drawn_until = (await connection.execute(latest)).scalar_one()
                since = max(since, drawn_until or since)
                if since >= until:
                    raise InputError("The calls of this time have been drawn from.", code="day-drawn")
                candidates = await _candidates(connection, since, until, playbooks)
                taken = drawn(candidates, plan)
                made = Draw(
                    draw_id=draw_id,
                    day=day,
                    since=since,
                    until=until,
                    calls=len(candidates),
                    risk_calls=sum(one.is_for_risk for one in taken),
                    random_calls=sum(not one.is_for_risk for one in taken),
                    seed=plan.seed,
                    by=by,
                    at=at,
                )
                await connection.execute(insert(review_draws), asdict(made))
                if taken:
                    rows = [
                        {
                            "call_id": one.candidate.call_id,
                            "draw_id": draw_id,
                            "place": place,
                            "is_for_risk": one.is_for_risk,
                            "inclusion": one.inclusion,
                            "risk": one.candidate.risk,
                            "reasons": reasons_adapter.dump_json(one.candidate.reasons).decode(),
                            "is_opened": False,
                        }
                        for place, one in enumerate(taken)
                    ]
                    await connection.execute(insert(drawn_calls), rows)
        except IntegrityError as error:
            raise InputError("The calls of this time have been drawn from.", code="day-drawn") from error
        return made

    async def waiting(self, *, limit: int = 100) -> Sequence[WaitingCall]:
        """Drawn calls whose reviews are still to be opened, in the order in which they were drawn."""
        columns = drawn_calls.c
        statement = (
            select(
                columns.call_id,
                calls.c.playbook,
                columns.draw_id,
                columns.is_for_risk,
                columns.inclusion,
                columns.risk,
                columns.reasons,
            )
            .join(calls, calls.c.call_id == columns.call_id)
            .where(columns.is_opened.is_(False))
            .order_by(columns.draw_id, columns.place)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            WaitingCall(row[0], row[1].partition("@")[0], *row[2:-1], reasons_adapter.validate_json(row[-1]))
            for row in rows
        ]

    async def opened(self, call_ids: Collection[str]) -> None:
        """The reviews of these calls are in their logs."""
        async with self._database.writing() as connection:
            statement = update(drawn_calls).where(drawn_calls.c.call_id.in_(call_ids)).values(is_opened=True)
            await connection.execute(statement)

    async def draws(self, *, limit: int = 100) -> Sequence[Draw]:
        """The latest draws, newest first."""
        columns = [review_draws.c[name] for name in Draw.__slots__]
        statement = select(*columns).order_by(review_draws.c.since.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [Draw(**row) for row in (await connection.execute(statement)).mappings()]

    async def risk(self, call_id: str) -> Candidate | None:
        """A closed call's risk; None: it is not known."""
        columns = call_risks.c
        statement = select(columns.call_id, columns.risk, columns.reasons).where(columns.call_id == call_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Candidate(row.call_id, row.risk, reasons_adapter.validate_json(row.reasons))


async def _candidates(
    connection: AsyncConnection, since: datetime, until: datetime, playbooks: Collection[str]
) -> list[Candidate]:
    """Calls without a known risk, of before there were any, have none; drawn ones are not drawn again."""
    risks, columns = call_risks.c, calls.c
    statement = (
        select(columns.call_id, columns.playbook, risks.risk, risks.reasons)
        .join_from(calls, call_risks, isouter=True)
        .join(drawn_calls, drawn_calls.c.call_id == columns.call_id, isouter=True)
        .where(
            columns.closed_at >= since,
            columns.closed_at < until,
            columns.utterances > 0,
            columns.source.not_like(f"{PRACTICE}%"),
            drawn_calls.c.call_id.is_(None),
        )
    )
    rows = (await connection.execute(statement)).all()
    return [
        Candidate(row.call_id, row.risk or 0, () if row.reasons is None else reasons_adapter.validate_json(row.reasons))
        for row in rows
        if row.playbook.partition("@")[0] in playbooks
    ]
