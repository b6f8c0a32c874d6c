"""Teams as admins see them: people by the names with which they log in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assist.errors import InputError, NotFoundError
from assist.stores.accounts import Role
from assist.stores.teams import TeamStore
from gateway.auth import Accounts

MAX_NAME_CHARS = 100
SEE_TEAMS: Collection[Role] = ("supervisor", "qa")
"""Roles of which teams say what they see."""


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team."""

    name: str
    agents: tuple[str, ...]
    """Ids of the phone platform."""
    people: tuple[str, ...]
    """Names of the supervisors and QA staff who see the calls of its agents."""


class Teams:
    """Reads and changes teams; open desks follow within a second."""

    def __init__(self, store: TeamStore, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    async def teams(self) -> Sequence[TeamEntry]:
        """All of them, by name."""
        names = {user.user_id: user.name for user in await self._accounts.users()}
        return [
            TeamEntry(team.name, team.agents, tuple(sorted(names[user_id] for user_id in team.people)))
            for team in await self._store.teams()
        ]

    async def put(self, name: str, *, agents: Collection[str], people: Collection[str], by: str) -> TeamEntry:
        """Make a team, or make the team of that name so; agents leave the team they were in.

        Raises NotFoundError "unknown-user", InputError "bad-team-name", "not-of-teams", "too-many-in-team".
        """
        if not 0 < len(name) <= MAX_NAME_CHARS or "/" in name or name != name.strip():
            raise InputError(f"A team's name has 1 to {MAX_NAME_CHARS} characters and no slash.", code="bad-team-name")
        users = {user.name: user for user in await self._accounts.users()}
        for person in people:
            if person not in users:
                raise NotFoundError(f"No user is called {person!r}.", code="unknown-user")
            if users[person].role not in SEE_TEAMS:
                raise InputError(f"{person!r} is neither supervisor nor QA staff.", code="not-of-teams")
        user_ids = [users[person].user_id for person in people]
        team = await self._store.put(name, agents=agents, people=user_ids, by=by)
        self._accounts.users_changed()
        return TeamEntry(team.name, team.agents, tuple(sorted(set(people))))

    async def remove(self, name: str, *, by: str) -> None:
        """Its agents are of no team then. Raises NotFoundError "unknown-team"."""
        await self._store.remove(name, by=by)
        self._accounts.users_changed()
