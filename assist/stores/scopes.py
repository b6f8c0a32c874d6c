"""Which calls somebody may see, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, false, true

from assist.scope import CallScope


def in_scope(scope: CallScope, *, agent_id: Column[Any]) -> ColumnElement[bool]:
    """Whether a row with these columns is of a call in it."""
    if scope.agents is None:
        return true()
    return agent_id.in_(sorted(scope.agents)) if scope.agents else false()
