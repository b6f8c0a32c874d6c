"""Who may see which call and do what; the only place that knows, used by the desk and by REST."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Literal, Protocol, get_args

from assist.scope import EVERY_CALL, NO_CALL, CallScope
from assist.stores.accounts import Role, User

API_KEY_USER_ID = "api-key"
"""Of the user that an API key stands for."""

Permission = Literal[
    "playbook.read",
    "playbook.edit",
    "playbook.publish",
    "experiments.read",
    "experiments.decide",
    "reports.read",
    "wrap-up.confirm",
    "calls.export",
    "transcript.correct",
    "corrections.export",
    "note.write",
    "private.reveal",
    "review.read",
    "review.score",
    "review.assign",
    "review.answer",
    "review.decide-lead",
    "review.decide-quality",
    "access-log.read",
    "records.manage",
    "teams.manage",
    "softphone.use",
    "calls.announce",
    "legs.exchange",
]

EVERYTHING: Set[Permission] = frozenset(get_args(Permission))
_OF_ADMINS: Set[Permission] = frozenset({"access-log.read", "records.manage", "teams.manage", "calls.announce"})
_OF_AGENTS: Set[Permission] = frozenset({"review.answer"})
_OF_LEADS: Set[Permission] = frozenset({"review.decide-lead"})
_OF_QUALITY: Set[Permission] = frozenset({"review.decide-quality"})
_ACCESS_LOG: Set[Permission] = frozenset({"access-log.read"})
_ASSIGNING: Set[Permission] = frozenset({"review.assign"})
_IN_CALLS: Set[Permission] = frozenset({"legs.exchange"})
PERMISSIONS: Mapping[Role, Set[Permission]] = {
    "admin": EVERYTHING,
    "supervisor": EVERYTHING - _OF_ADMINS - _OF_AGENTS - _OF_QUALITY,
    "qa": EVERYTHING - _OF_ADMINS - _OF_AGENTS - _OF_LEADS - _OF_QUALITY - _ASSIGNING - _IN_CALLS,
    "qa-lead": EVERYTHING - _OF_ADMINS - _OF_AGENTS - _OF_LEADS - _IN_CALLS | _ACCESS_LOG,
    "trainer": frozenset(
        {
            "playbook.read",
            "playbook.edit",
            "experiments.read",
            "reports.read",
            "calls.export",
            "transcript.correct",
            "corrections.export",
            "note.write",
            "softphone.use",
        }
    ),
    "agent": frozenset(
        {
            "playbook.read",
            "reports.read",
            "wrap-up.confirm",
            "note.write",
            "review.answer",
            "softphone.use",
            "legs.exchange",
        }
    ),
}
"""Agents may read the rules by which they are judged."""


class OfAgent(Protocol):
    """Anything that belongs to an agent: a call's summary or view row."""

    @property
    def agent_id(self) -> str | None: ...


def permissions_of(user: User) -> Set[Permission]:
    """What a user may do beside seeing calls. API keys, spread over phone platforms, read, and announce calls."""
    if user.disabled:
        return frozenset()
    if user.user_id == API_KEY_USER_ID:
        return frozenset({"playbook.read", "experiments.read", "reports.read", "calls.announce"})
    return PERMISSIONS[user.role]


def own_agent_id(user: User) -> str:
    """As whom a user takes part in calls: by the phone platform's id or, without one, by a name no platform uses."""
    return user.agent_id or f"user:{user.name}"


def scope_of(user: User) -> CallScope:
    """The calls that a user may see.

    Agents see their own; supervisors and QA staff those of their teams, and where there are no teams every call, those
    that they have to review, and those that they carried on the softphone;
    trainers, leads of QA, admins and API keys every call.
    """
    if user.disabled:
        return NO_CALL
    match user.role:
        case "agent":
            return NO_CALL if user.agent_id is None else CallScope(frozenset({user.agent_id}))
        case "supervisor" | "qa":
            if user.team_agents is None:
                return EVERY_CALL
            return CallScope(user.team_agents | {own_agent_id(user)}, user.user_id)
        case "trainer" | "qa-lead" | "admin":
            return EVERY_CALL


def hears_live(user: User, call: OfAgent) -> bool:
    """Whether a user who may see a call gets the words of it as they were said while it goes on.

    Words are masked where they are stored. As they were said they are for the agent who is in the call, and for those
    who may look behind masks.
    """
    is_own = call.agent_id is not None and call.agent_id == own_agent_id(user)
    return is_own or (user.role != "agent" and "private.reveal" in permissions_of(user))
