"""One call, for somebody who may see it: the way of every door to a single call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assist.errors import NotFoundError, PermissionDeniedError
from assist.ports import CallStore, CallSummary
from assist.stores.accounts import User
from assist.supervisor import Supervisor
from gateway.permissions import hears_live, scope_of


@dataclass(frozen=True, slots=True)
class SeenCalls:
    """Looks calls up, live ones first, and lets nobody see those of others."""

    supervisor: Supervisor
    store: CallStore
    is_assigned: Callable[[str, str], Awaitable[bool]]
    """Whether a call, by its id, is for a user, by theirs, to review."""

    async def call(self, user: User, call_id: str) -> CallSummary:
        """The call, without words that this user may not see.

        Raises NotFoundError "unknown-call", PermissionDeniedError, StoreError.
        """
        live = next((call for call in self.supervisor.calls() if call.call_id == call_id), None)
        if live is None or not hears_live(user, live):
            summary = await self.store.summary(call_id)
        else:
            summary = live
        if summary is None:
            raise NotFoundError("There is no such call.", code="unknown-call")
        if not await self.sees(user, call_id, (live or summary).agent_id):
            raise PermissionDeniedError("This call is not one of those that you may see.")
        return summary

    async def sees(self, user: User, call_id: str, agent_id: str | None) -> bool:
        """Whether a user may see a call of this agent, as one of theirs or as its reviewer. Raises StoreError."""
        scope = scope_of(user)
        if scope.covers(agent_id):
            return True
        return scope.assigned_to is not None and await self.is_assigned(call_id, scope.assigned_to)
