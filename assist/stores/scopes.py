"""Which calls somebody may see, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, false, or_, select, true

from assist.scope import CallScope
from assist.stores.schema import reviews


def in_scope(scope: CallScope, *, call_id: Column[Any], agent_id: Column[Any]) -> ColumnElement[bool]:
    """Whether a row with these columns is of a call in it."""
    if scope.agents is None:
        return true()
    of_agents = agent_id.in_(sorted(scope.agents)) if scope.agents else false()
    if scope.assigned_to is None:
        return of_agents
    return or_(of_agents, call_id.in_(assigned(scope.assigned_to)))


def assigned(user_id: str) -> Select[tuple[str]]:
    """Ids of the calls that somebody has, or had, to review."""
    is_theirs = and_(reviews.c.reviewer_id == user_id, reviews.c.state != "withdrawn")
    return select(reviews.c.call_id).where(is_theirs)
