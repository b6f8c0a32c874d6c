"""Who may see which call; the only place that knows, used by the desk and by REST."""

from __future__ import annotations

from typing import Protocol

from assist.stores.accounts import User


class OfAgent(Protocol):
    """Anything that belongs to an agent: a call's summary or view row."""

    @property
    def agent_id(self) -> str | None: ...


def may_see(user: User, call: OfAgent) -> bool:
    """Agents see the calls they work themselves; everyone else sees all calls."""
    return sees_agent(user, call.agent_id)


def sees_agent(user: User, agent_id: str | None) -> bool:
    """Whether calls of this agent are visible; None: a call that nobody has taken yet."""
    if user.disabled:
        return False
    if user.role != "agent":
        return True
    return agent_id is not None and agent_id == user.agent_id
