"""Who may see which call and do what; the only place that knows, used by the desk and by REST."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Literal, Protocol, get_args

from assist.stores.accounts import Role, User

API_KEY_USER_ID = "api-key"
"""Of the user that an API key stands for."""

Permission = Literal[
    "playbook.read",
    "playbook.edit",
    "playbook.publish",
    "experiments.read",
    "experiments.decide",
    "wrap-up.confirm",
    "calls.export",
    "transcript.correct",
    "corrections.export",
    "note.write",
    "private.reveal",
]

EVERYTHING: Set[Permission] = frozenset(get_args(Permission))
PERMISSIONS: Mapping[Role, Set[Permission]] = {
    "admin": EVERYTHING,
    "supervisor": EVERYTHING,
    "qa": EVERYTHING,
    "trainer": frozenset(
        {
            "playbook.read",
            "playbook.edit",
            "experiments.read",
            "calls.export",
            "transcript.correct",
            "corrections.export",
            "note.write",
        }
    ),
    "agent": frozenset({"playbook.read", "wrap-up.confirm", "note.write"}),
}
"""Agents may read the rules by which they are judged."""


class OfAgent(Protocol):
    """Anything that belongs to an agent: a call's summary or view row."""

    @property
    def agent_id(self) -> str | None: ...


def permissions_of(user: User) -> Set[Permission]:
    """What a user may do beside seeing calls. API keys are spread over phone platforms: they only read."""
    if user.disabled:
        return frozenset()
    if user.user_id == API_KEY_USER_ID:
        return frozenset({"playbook.read", "experiments.read"})
    return PERMISSIONS[user.role]


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


def agents_seen(user: User) -> frozenset[str] | None:
    """Agents whose calls a user may list; None: everybody's, and calls that nobody has taken."""
    if user.disabled:
        return frozenset()
    if user.role != "agent":
        return None
    return frozenset() if user.agent_id is None else frozenset({user.agent_id})
