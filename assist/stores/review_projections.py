"""What the logs of calls say of reviews, written in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.messages import REVIEW_EVENTS, RiskReason
from assist.quality.judging import judged_in
from assist.quality.review import REVIEWED, Review, reviews_in
from assist.quality.risk import RISKY, risk_of
from assist.quality.rulings import RULED, RuleCase, cases_of, rulings_of
from assist.stores import schema
from assist.stores.logs import read_log

REVIEW_TRIGGERS = REVIEW_EVENTS
"""Types of the events with which reviews change."""
RISK_TRIGGERS = RISKY
"""Types of the events with which the risk of a closed call changes."""

reasons_adapter: TypeAdapter[tuple[RiskReason, ...]] = TypeAdapter(tuple[RiskReason, ...])
case_adapter: TypeAdapter[RuleCase] = TypeAdapter(RuleCase)

Row = dict[str, object]


async def write_reviews(connection: AsyncConnection, call_ids: Collection[str]) -> None:
    """Make the reviews of these calls, and what follows from them, anew from their logs."""
    rows: dict[str, list[Row]] = {"reviews": [], "flag_rulings": [], "rule_cases": []}
    for call_id in call_ids:
        log = await read_log(connection, call_id, types=REVIEWED | RULED)
        playbook = judged_in(log).playbook
        for review in reviews_in(log).values():
            rows["reviews"].append(_review_row(review))
            rows["flag_rulings"].extend(
                {
                    "review_id": review.review_id,
                    "flag_id": ruling.flag_id,
                    "call_id": call_id,
                    "playbook": playbook,
                    "rule_id": ruling.rule_id,
                    "rule": ruling.rule,
                    "verdict": ruling.verdict,
                    "is_right": ruling.is_right,
                    "inclusion": review.inclusion,
                    "agent_id": review.agent_id,
                    "call_opened_at": review.call_opened_at,
                }
                for ruling in rulings_of(review, log)
            )
            rows["rule_cases"].extend(_case_row(case) for case in cases_of(review, log))
    if not call_ids:
        return
    # The others go with them, by their foreign keys.
    await connection.execute(delete(schema.reviews).where(schema.reviews.c.call_id.in_(call_ids)))
    for table in (schema.reviews, schema.flag_rulings, schema.rule_cases):
        if rows[table.name]:
            await connection.execute(insert(table), rows[table.name])


async def write_risks(connection: AsyncConnection, call_ids: Collection[str]) -> None:
    """Make the risks of these calls anew from their logs; those that go on have none."""
    rows: list[Row] = []
    for call_id in call_ids:
        risk = risk_of(await read_log(connection, call_id, types=RISKY))
        if risk is not None:
            rows.append(
                {
                    "call_id": call_id,
                    "closed_at": risk.closed_at,
                    "agent_id": risk.agent_id,
                    "utterances": risk.utterances,
                    "risk": risk.risk,
                    "reasons": reasons_adapter.dump_json(risk.reasons).decode(),
                }
            )
    if rows:
        table = schema.call_risks
        await connection.execute(delete(table).where(table.c.call_id.in_([row["call_id"] for row in rows])))
        await connection.execute(insert(table), rows)


def _review_row(review: Review) -> Row:
    waiting = [one.noted.due_at for one in review.coaching if one.acknowledged_at is None]
    return {
        "review_id": review.review_id,
        "call_id": review.call_id,
        "kind": review.kind,
        "calibration_id": review.calibration_id,
        "origin": review.origin,
        "inclusion": review.inclusion,
        "risk": review.risk,
        "state": review.state,
        "reviewer_id": review.reviewer_id,
        "agent_id": review.agent_id,
        "call_opened_at": review.call_opened_at,
        "scorecard": review.scorecard.partition("@")[0],
        "score": review.score,
        "is_zeroed": review.is_zeroed,
        "is_told": review.is_told,
        "unacknowledged": len(waiting),
        "acknowledge_by": min((at for at in waiting if at is not None), default=None),
        "opened_at": review.opened_at,
        "due_at": review.due_at,
        "body": review.model_dump_json(),
    }


def _case_row(case: RuleCase) -> Row:
    return {
        "case_id": case.case_id,
        "call_id": case.call_id,
        "review_id": case.review_id,
        "playbook": case.playbook,
        "rule_id": case.rule_id,
        "at": case.at,
        "body": case_adapter.dump_json(case).decode(),
    }
