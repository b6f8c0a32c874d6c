"""What remembering customers costs: a look-up at the opening of a call, and the record written at its end.

The clock on the wall tells both, as the agent sees them: the driver's thread and its queue are part of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import insert, text

from assist.history.recall import MAX_RECORDS, REACH, recall
from assist.messages import (
    Agent,
    CallClosed,
    CallOpened,
    CallReason,
    Customer,
    Disposition,
    Envelope,
    Event,
    Leg,
    LegLedger,
    PastCall,
    Promise,
    WrapUp,
)
from assist.ports import CallRecord
from assist.stores import schema
from assist.stores.database import Database
from assist.stores.history import SqlCallHistory
from assist.stores.sql import SqlCallStore
from models.load import percentile

NOW = datetime.fromisoformat("2026-03-09T02:00:00+00:00")
CLOSINGS = 200
ROWS = 2_000
"""Written in one transaction."""
INTENTS = ("complain_billing", "query_bill", "fault_broadband", "add_pack", "query_progress")
_record_adapter: TypeAdapter[CallRecord] = TypeAdapter(CallRecord)


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured."""

    calls: int = 100_000
    customers: int = 10_000
    lookups: int = 1_000
    seed: int = 1


async def measure_history(load: Load, *, on_progress: Callable[[str], None]) -> Mapping[str, object]:
    """Milliseconds of a look-up, and of storing a call's last events, with how the database finds the rows."""
    pick = random.Random(load.seed)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "history.db"
        database = await Database.open(f"sqlite:///{path}")
        try:
            on_progress(f"writing {load.calls} calls")
            await _fill(database, load, pick)
            on_progress(f"looking up {load.lookups} customers")
            found, looked_up_ms = await _look_up(SqlCallHistory(database), load, pick)
            on_progress(f"closing {CLOSINGS} calls")
            closed_ms = await _close(SqlCallStore(database), pick, load)
            plan = await _plan(database)
        finally:
            await database.close()
        size_mib = round(path.stat().st_size / 2**20, 1)
    return {
        **asdict(load),
        "database_mib": size_mib,
        "calls_found_mean": round(found / load.lookups, 1),
        "plan": plan,
        "look_up_ms": _times(looked_up_ms),
        "close_ms": _times(closed_ms),
    }


async def _fill(database: Database, load: Load, pick: random.Random) -> None:
    """Calls of the last ninety days, evenly spread; some customers call ten times as often as others."""
    rows = list(_rows(load, pick))
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        async with database.writing() as connection:
            await connection.execute(insert(schema.calls), [call for call, _ in some])
            await connection.execute(insert(schema.customer_calls), [record for _, record in some])


def _rows(load: Load, pick: random.Random) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for number in range(load.calls):
        opened_at = NOW - timedelta(seconds=pick.randrange(1, 90 * 86_400))
        customer_id = _customer(pick, load)
        record = _record(f"call-{number}", customer_id, opened_at, pick)
        call = {
            "call_id": record.call.call_id,
            "source": "bench",
            "opened_at": opened_at,
            "closed_at": opened_at + timedelta(minutes=4),
            "cause": "hangup",
            "duration_ms": 240_000,
            "agent_id": "1001",
            "agent_name": "",
            "customer_id": customer_id,
            "customer_name": "",
            "external_id": None,
            "playbook": "telecom@1",
            "utterances": 60,
            "prompts": 3,
            "flags": 1,
            "last_seq": 400,
            "has_audio": True,
            "standing_flags": (),
        }
        yield (
            call,
            {
                "call_id": record.call.call_id,
                "customer_id": customer_id,
                "opened_at": opened_at,
                "record": _record_adapter.dump_json(record).decode(),
            },
        )


def _customer(pick: random.Random, load: Load) -> str:
    busy = pick.random() < 0.5
    return f"1380000{pick.randrange(max(1, load.customers // 10) if busy else load.customers):06d}"


def _record(call_id: str, customer_id: str, opened_at: datetime, pick: random.Random) -> CallRecord:
    call = PastCall(
        call_id=call_id,
        opened_at=opened_at,
        agent=Agent(agent_id="1001", name="小王"),
        duration_ms=240_000,
        cause="hangup",
        reasons=tuple(pick.sample(INTENTS, 2)),
        result="promised",
    )
    promises = (_promise(customer_id, opened_at),) if pick.random() < 0.3 else ()
    return CallRecord(customer_id=customer_id, call=call, is_reached=True, promises=promises)


def _promise(customer_id: str, made_at: datetime) -> Promise:
    return Promise(
        promise_id="agent-9-0",
        kind="call-back",
        quote="二十四小时内给您回电",
        utterance_id="agent-9",
        customer_id=customer_id,
        made_at=made_at,
        due_said="二十四小时内",
        due_at=made_at + timedelta(days=1),
    )


async def _look_up(history: SqlCallHistory, load: Load, pick: random.Random) -> tuple[int, Sequence[float]]:
    found, times_ms = 0, list[float]()
    for _ in range(load.lookups):
        customer_id = _customer(pick, load)
        begun_s = time.perf_counter()
        records = await history.calls_of(customer_id, since=NOW - REACH, before=NOW, limit=MAX_RECORDS)
        recall(records, customer_id=customer_id, opened_at=NOW, at_ms=0, took_ms=0)
        times_ms.append((time.perf_counter() - begun_s) * 1000)
        found += len(records)
    return found, times_ms


async def _close(store: SqlCallStore, pick: random.Random, load: Load) -> Sequence[float]:
    """Time of storing the last events of a call, its record among it."""
    times_ms: list[float] = []
    for number in range(CLOSINGS):
        log = list(_log(f"closing-{number}", _customer(pick, load)))
        await store.append(log[:1])
        begun_s = time.perf_counter()
        await store.append(log[1:])
        times_ms.append((time.perf_counter() - begun_s) * 1000)
    return times_ms


def _log(call_id: str, customer_id: str) -> Iterator[Envelope]:
    leg = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)
    ledger = LegLedger(party="customer", received_ms=240_000, transcribed_ms=240_000, silence_ms=0, gaps_ms=0)
    events: tuple[Event, ...] = (
        CallOpened(source="bench", legs=(leg,), customer=Customer(customer_id=customer_id)),
        WrapUp(
            at_ms=240_000,
            sentences=(),
            reasons=(CallReason(intent=INTENTS[0], quote="多扣了三十", utterance_id="customer-1"),),
            promises=(_promise(customer_id, NOW),),
            disposition=Disposition(reason="complaint.billing", result="promised"),
            source="template@1",
        ),
        CallClosed(at_ms=240_000, cause="hangup", ledger=(ledger,)),
    )
    for seq, event in enumerate(events, start=1):
        yield Envelope(call_id=call_id, seq=seq, at=NOW, event=event)


async def _plan(database: Database) -> str:
    """How the database finds a customer's calls."""
    question = (
        "EXPLAIN QUERY PLAN SELECT record FROM customer_calls"
        " WHERE customer_id = 'x' AND opened_at >= 'a' AND opened_at < 'b' ORDER BY opened_at DESC LIMIT 200"
    )
    async with database.reading() as connection:
        return "; ".join(row.detail for row in await connection.execute(text(question)))


def _times(times_ms: Sequence[float]) -> Mapping[str, float]:
    return {
        "n": len(times_ms),
        **{f"p{share}": round(percentile(times_ms, share / 100), 2) for share in (50, 95, 99)},
        "max": round(max(times_ms), 2),
    }
