"""How long calls are kept: rules of retention, legal holds, and the erasure of customers and calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError, NotFoundError, StoreError
from assist.stores.audit import AuditEntry, read_audit, rename_in_audit, write_audit
from assist.stores.database import Database
from assist.stores.full_text import full_text_of
from assist.stores.locks import CALL, HOLDS, take_turns
from assist.stores.projections import Projection
from assist.stores.schema import calls, customer_calls, legal_holds, metadata, saved_searches

SubjectKind = Literal["call", "customer"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A call, or a customer's calls, that nothing may remove."""

    hold_id: str
    kind: SubjectKind
    subject: str
    """The call's or the customer's id."""
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How many days closed calls are kept; None: for ever."""

    calls_days: float | None = None
    flagged_days: float | None = None
    """Calls with standing flags."""
    sound_days: float | None = None
    """The recording alone; the log stays as long as the call."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What an erasure or a run of the retention removed."""

    name: str
    """By which the audit log knows an erasure; empty for retention."""
    calls: int
    things: Mapping[str, int]
    """Rows by table and files by projection."""


class RecordStore:
    """In the same database as the calls. Every method raises StoreError when the database cannot serve.

    Rows go from every table with a ``call_id``, and from those that hang on them; what else is made from calls is
    known by ``register``. Removing is one transaction for ``batch_calls`` calls, with its entry in the audit log; it
    is undone with "erasure-incomplete" when anything is left.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), batch_calls: int = 100
    ) -> None:
        if batch_calls < 1:
            raise ValueError("batch_calls must be at least 1")
        self._database = database
        self._now = now
        self._batch_calls = batch_calls
        self._projections: list[Projection] = []
        self._sound: Projection | None = None

    def register(self, projection: Projection, *, is_sound: bool = False) -> None:
        """From now on this goes with its calls; ``is_sound``: it is the recordings, which may go earlier."""
        self._projections.append(projection)
        if is_sound:
            self._sound = projection

    # --- holds -----------------------------------------------------------------------------------------------------

    async def hold(self, kind: SubjectKind, subject: str, *, reason: str, by: str) -> Hold:
        """Keep a call or all calls of a customer until released. Raises InputError "already-held"."""
        hold = Hold(uuid4().hex, kind, subject, reason, by, self._now())
        try:
            async with self._database.writing() as connection:
                await take_turns(connection, HOLDS, [""])
                await connection.execute(insert(legal_holds), {name: getattr(hold, name) for name in Hold.__slots__})
                details = {"kind": kind, "hold_id": hold.hold_id, "reason": reason}
                await write_audit(connection, AuditEntry(hold.at, by, "held", subject, details))
        except IntegrityError as error:
            raise InputError(f"The {kind} is held already.", code="already-held") from error
        return hold

    async def release(self, hold_id: str, *, by: str) -> None:
        """Raises NotFoundError "unknown-hold"."""
        async with self._database.writing() as connection:
            await take_turns(connection, HOLDS, [""])
            row = (await connection.execute(select(legal_holds).where(legal_holds.c.hold_id == hold_id))).one_or_none()
            if row is None:
                raise NotFoundError(f"No hold has the id {hold_id!r}.", code="unknown-hold")
            await connection.execute(delete(legal_holds).where(legal_holds.c.hold_id == hold_id))
            details = {"kind": row.kind, "hold_id": hold_id}
            await write_audit(connection, AuditEntry(self._now(), by, "released", row.subject, details))

    async def holds(self) -> Sequence[Hold]:
        """Those that stand, oldest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(legal_holds).order_by(legal_holds.c.at, legal_holds.c.hold_id))
            return [Hold(**row) for row in rows.mappings()]

    async def audit(
        self, *, limit: int = 100, before: datetime | None = None, actions: Collection[str] | None = None
    ) -> Sequence[AuditEntry]:
        """What was done last, newest first: these actions (None: all), before a time."""
        async with self._database.reading() as connection:
            return await read_audit(connection, limit=limit, before=before, actions=actions)

    # --- removing --------------------------------------------------------------------------------------------------

    async def count(self, kind: SubjectKind, subject: str) -> int:
        """How many calls an erasure would remove."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.count()).where(_of(kind, subject)))).scalar_one()

    async def erase(self, kind: SubjectKind, subject: str, *, reason: str, by: str) -> Removed:
        """Remove a call, or a customer with all calls, for good.

        The audit log keeps that it was done, under a name that says nothing. Raises InputError "legal-hold" while any
        of the calls is held, "call-open" while one goes on.
        """
        name = f"erased-{uuid4().hex}"
        of_subject = _of(kind, subject)
        things: dict[str, int] = {}
        async with self._database.writing() as connection:
            await take_turns(connection, HOLDS, [""])
            found = (await connection.execute(select(calls.c.call_id, calls.c.closed_at).where(of_subject))).all()
            held = select(func.count()).where(of_subject, _is_held())
            on_customer = and_(legal_holds.c.kind == kind, legal_holds.c.subject == subject)
            if (await connection.execute(held)).scalar_one() or (
                await connection.execute(select(legal_holds.c.hold_id).where(on_customer))
            ).first():
                raise InputError("A legal hold keeps this; release it first.", code="legal-hold")
            if any(row.closed_at is None for row in found):
                raise InputError("A call of this goes on; wait until it is closed.", code="call-open")
            call_ids = sorted(row.call_id for row in found)
            await self._remove(connection, call_ids, things)
            things["saved_searches"] = await _forget_searches(connection, subject)
            await rename_in_audit(connection, [subject, *call_ids], name)
            things = {thing: count for thing, count in things.items() if count}
            details = {"kind": kind, "reason": reason, "calls": len(call_ids), "removed": things}
            await write_audit(connection, AuditEntry(self._now(), by, "erased", name, details))
        await self.forget()
        return Removed(name, len(call_ids), things)

    async def expire(self, rules: RetentionRules, *, by: str = "retention", is_trial: bool = False) -> Removed:
        """Remove what is older than the rules allow and not held; ``is_trial``: only count the calls."""
        if is_trial:
            async with self._database.reading() as connection:
                counted = select(func.count()).select_from(calls).where(self._has_expired(rules))
                return Removed("", (await connection.execute(counted)).scalar_one(), {})
        total, things = 0, dict[str, int]()
        while taken := await self._expire_some(rules, things, by):
            total += taken
        while await self._silence_some(rules, things, by):
            pass
        if things:
            await self.forget()
        return Removed("", total, things)

    async def forget(self) -> None:
        """Take what was removed or overwritten out of where the database keeps it until later."""
        goes_on = False
        while True:
            async with self._database.writing() as connection:
                goes_on = await full_text_of(connection.dialect.name).forget(connection, goes_on=goes_on)
            if not goes_on:
                break
        await self._database.purge()

    async def _expire_some(self, rules: RetentionRules, things: dict[str, int], by: str) -> int:
        async with self._database.writing() as connection:
            call_ids = await self._some(connection, self._has_expired(rules))
            if call_ids:
                removed: dict[str, int] = {}
                await self._remove(connection, call_ids, removed)
                details = {"calls": len(call_ids), "removed": removed}
                await write_audit(connection, AuditEntry(self._now(), by, "expired", "calls", details))
                _add(things, removed)
        return len(call_ids)

    async def _silence_some(self, rules: RetentionRules, things: dict[str, int], by: str) -> int:
        """Remove recordings; their calls stay."""
        if self._sound is None or rules.sound_days is None:
            return 0
        is_due = and_(calls.c.has_audio, self._is_older(rules.sound_days), ~_is_held())
        async with self._database.writing() as connection:
            call_ids = await self._some(connection, is_due)
            if call_ids:
                removed = {self._sound.name: await self._sound.erase(connection, call_ids)}
                await connection.execute(update(calls).where(calls.c.call_id.in_(call_ids)).values(has_audio=False))
                details = {"calls": len(call_ids), "removed": removed}
                await write_audit(connection, AuditEntry(self._now(), by, "expired", "sound", details))
                _add(things, removed)
        return len(call_ids)

    async def _some(self, connection: AsyncConnection, is_due: ColumnElement[bool]) -> Sequence[str]:
        """The next calls to work on, locked against holds that come meanwhile."""
        await take_turns(connection, HOLDS, [""])
        statement = select(calls.c.call_id).where(is_due).order_by(calls.c.call_id).limit(self._batch_calls)
        return (await connection.execute(statement)).scalars().all()

    def _has_expired(self, rules: RetentionRules) -> ColumnElement[bool]:
        due: list[ColumnElement[bool]] = []
        if rules.calls_days is not None:
            due.append(and_(calls.c.flags == 0, self._is_older(rules.calls_days)))
        if rules.flagged_days is not None:
            due.append(and_(calls.c.flags > 0, self._is_older(rules.flagged_days)))
        return and_(or_(False, *due), ~_is_held())

    def _is_older(self, days: float) -> ColumnElement[bool]:
        return calls.c.closed_at < self._now() - timedelta(days=days)

    async def _remove(self, connection: AsyncConnection, call_ids: Sequence[str], things: dict[str, int]) -> None:
        """Everything of these calls; adds what it removed to ``things``."""
        await take_turns(connection, CALL, call_ids)
        for start in range(0, len(call_ids), self._batch_calls):
            some = call_ids[start : start + self._batch_calls]
            removed = {one.name: await one.erase(connection, some) for one in self._projections}
            for table in _tables_of_calls():
                result = await connection.execute(delete(table).where(table.c.call_id.in_(some)))
                removed[table.name] = result.rowcount
            if left := sum([await one.remains(connection, some) for one in self._projections]):
                raise StoreError(f"{left} things of these calls are left; try again.", code="erasure-incomplete")
            _add(things, removed)


async def _forget_searches(connection: AsyncConnection, subject: str) -> int:
    """Remove the questions people keep that name somebody; how many there were."""
    as_json = {json.dumps(subject), json.dumps(subject, ensure_ascii=False)}
    names = or_(*(saved_searches.c.asked.contains(text, autoescape=True) for text in as_json))
    return (await connection.execute(delete(saved_searches).where(names))).rowcount


def _tables_of_calls() -> Sequence[Table]:
    """Tables whose rows belong to a call, those that others hang on last."""
    return [table for table in reversed(metadata.sorted_tables) if "call_id" in table.c]


def _of(kind: SubjectKind, subject: str) -> ColumnElement[bool]:
    return calls.c.call_id == subject if kind == "call" else _of_customer(subject)


def _of_customer(customer_id: str) -> ColumnElement[bool]:
    remembered = select(customer_calls.c.call_id).where(customer_calls.c.customer_id == customer_id)
    return or_(calls.c.customer_id == customer_id, calls.c.call_id.in_(remembered))


def _is_held() -> ColumnElement[bool]:
    """Whether a call is held, itself or through its customer."""
    by_call = and_(legal_holds.c.kind == "call", legal_holds.c.subject == calls.c.call_id)
    by_customer = and_(legal_holds.c.kind == "customer", legal_holds.c.subject == calls.c.customer_id)
    return exists().where(or_(by_call, by_customer)).correlate(calls)


def _add(things: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        if count:
            things[name] = things.get(name, 0) + count
