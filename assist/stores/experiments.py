"""Trials of experiments, written in the transaction that stores a log, and what was decided about experiments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.experiments.decision import Decision
from assist.experiments.trial import TRIAL_EVENTS, Trial, trial_of
from assist.stores import schema
from assist.stores.database import Database
from assist.stores.logs import read_log

_trial_adapter: TypeAdapter[Trial] = TypeAdapter(Trial)
_decision_adapter: TypeAdapter[Decision] = TypeAdapter(Decision)
_DRAWN = "experiments-assigned"


class ExperimentStore:
    """In the same database as the calls. Every method raises StoreError when the database cannot serve.

    Trials are read ``page_rows`` at a time, which bounds the work between two turns of the event loop.
    """

    def __init__(self, database: Database, *, page_rows: int = 1_000) -> None:
        if page_rows < 1:
            raise ValueError("page_rows must be at least 1")
        self._database = database
        self._page_rows = page_rows

    async def trials(self, playbook: str, *, since: datetime, limit: int) -> Sequence[Trial]:
        """Closed calls of a playbook opened since then, the newest first, at most ``limit``."""
        columns = schema.experiment_trials.c
        statement = (
            select(columns.trial)
            .where(columns.playbook == playbook, columns.opened_at >= since)
            .order_by(columns.opened_at.desc(), columns.call_id)
        )
        trials: list[Trial] = []
        async with self._database.reading() as connection:
            while len(trials) < limit:
                rows = min(self._page_rows, limit - len(trials))
                page = (await connection.execute(statement.offset(len(trials)).limit(rows))).scalars().all()
                trials += _read_trials(page)
                if len(page) < rows:
                    break
        return trials

    async def decisions(self) -> Sequence[Decision]:
        """Everything that was ever decided, in that order."""
        table = schema.experiment_decisions
        columns = [table.c[name] for name in Decision.__dataclass_fields__]
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(*columns).order_by(table.c.decision_id))).mappings().all()
        return [_decision_adapter.validate_python(dict(row)) for row in rows]

    async def decide(self, decisions: Collection[Decision]) -> None:
        """Add decisions, in their order."""
        if decisions:
            async with self._database.writing() as connection:
                await connection.execute(
                    insert(schema.experiment_decisions), [asdict(decision) for decision in decisions]
                )


async def write_trials(connection: AsyncConnection, call_ids: Collection[str]) -> None:
    """Make the trials of these calls anew from what the database holds of their logs; most calls draw for nothing."""
    columns = schema.envelopes.c
    drew = select(columns.call_id).where(columns.call_id.in_(call_ids), columns.type == _DRAWN)
    rows: list[dict[str, object]] = []
    for call_id in (await connection.execute(drew)).scalars().all() if call_ids else ():
        trial = trial_of(await read_log(connection, call_id, types=TRIAL_EVENTS))
        if trial is not None:
            text = _trial_adapter.dump_json(trial).decode()
            rows.append({"call_id": call_id, "playbook": trial.playbook, "opened_at": trial.opened_at, "trial": text})
    if rows:
        table = schema.experiment_trials
        await connection.execute(delete(table).where(table.c.call_id.in_([row["call_id"] for row in rows])))
        await connection.execute(insert(table), rows)


def _read_trials(rows: Sequence[str]) -> list[Trial]:
    try:
        return [_trial_adapter.validate_json(row) for row in rows]
    except ValidationError as error:
        raise StoreError("The trials of experiments cannot be read.", code="store-damaged") from error
