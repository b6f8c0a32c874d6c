"""One call, for somebody who may see it: the way of every door to a single call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assist.errors import NotFoundError, PermissionDeniedError
from assist.ports import CallStore, CallSummary
from assist.stores.accounts import User
from assist.supervisor import Supervisor
from gateway.permissions import hears_live, scope_of


async def nobody(_call_id: str, _user_id: str) -> bool:
    """No call is assigned to anybody."""
    return False


@dataclass(frozen=True, slots=True)
class SeenCalls:
    """Looks calls up, live ones first, and lets nobody see those of others."""

    supervisor: Supervisor
    store: CallStore
    is_assigned: Callable[[str, str], Awaitable[bool]] = nobody
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
        scope = scope_of(user)
        is_seen = scope.covers((live or summary).agent_id)
        if not is_seen and not (scope.assigned_to and await self.is_assigned(call_id, scope.assigned_to)):
            raise PermissionDeniedError("This call is not one of those that you may see.")
        return summary
