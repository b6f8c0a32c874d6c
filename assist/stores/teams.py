"""Teams: which agents belong together, and which supervisors and QA staff work with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Table, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError, NotFoundError
from assist.stores.audit import AuditEntry, write_audit
from assist.stores.database import Database
from assist.stores.schema import team_agents, team_assignments, teams, users

MOST_AGENTS = 1_000
"""Of one team: their ids are values of every query of those who work with it."""
MOST_PEOPLE = 1_000


@dataclass(frozen=True, slots=True)
class Team:
    """Agents who work together."""

    team_id: str
    name: str
    """Unique."""
    agents: tuple[str, ...] = ()
    """Ids of the phone platform, in order."""
    people: tuple[str, ...] = ()
    """User ids of the supervisors and QA staff who see their calls, in order."""


class TeamStore:
    """In the same database as the accounts; every change is in the audit log.

    Every method raises StoreError when the database cannot serve.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    async def teams(self) -> Sequence[Team]:
        """All of them, by name."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(teams).order_by(teams.c.name))).all()
            agents = (await connection.execute(select(team_agents).order_by(team_agents.c.agent_id))).all()
            people = (await connection.execute(select(team_assignments).order_by(team_assignments.c.user_id))).all()
        return [
            Team(
                row.team_id,
                row.name,
                tuple(one.agent_id for one in agents if one.team_id == row.team_id),
                tuple(one.user_id for one in people if one.team_id == row.team_id),
            )
            for row in rows
        ]

    async def put(self, name: str, *, agents: Collection[str], people: Collection[str], by: str) -> Team:
        """Make a team of these agents and people, or make the team of that name so; agents leave the team they were in.

        Raises InputError "too-many-in-team", NotFoundError "unknown-user".
        """
        if len(agents) > MOST_AGENTS or len(people) > MOST_PEOPLE:
            raise InputError(f"A team has {MOST_AGENTS} agents and {MOST_PEOPLE} people.", code="too-many-in-team")
        async with self._database.writing() as connection:
            found = (await connection.execute(select(teams.c.team_id).where(teams.c.name == name))).scalar_one_or_none()
            team = Team(found or uuid4().hex, name, tuple(sorted(set(agents))), tuple(sorted(set(people))))
            await self._require_users(connection, team.people)
            if found is None:
                await connection.execute(insert(teams), {"team_id": team.team_id, "name": name})
            for table in (team_agents, team_assignments):
                await connection.execute(delete(table).where(table.c.team_id == team.team_id))
            await connection.execute(delete(team_agents).where(team_agents.c.agent_id.in_(team.agents)))
            await _insert(connection, team_agents, [{"agent_id": one, "team_id": team.team_id} for one in team.agents])
            members = [{"user_id": one, "team_id": team.team_id} for one in team.people]
            await _insert(connection, team_assignments, members)
            details = {"agents": list(team.agents), "people": list(team.people)}
            await write_audit(connection, AuditEntry(self._now(), by, "team-changed", name, details))
        return team

    async def remove(self, name: str, *, by: str) -> None:
        """Its agents are of no team then. Raises NotFoundError "unknown-team"."""
        async with self._database.writing() as connection:
            removed = await connection.execute(delete(teams).where(teams.c.name == name))
            if not removed.rowcount:
                raise NotFoundError(f"No team is called {name!r}.", code="unknown-team")
            await write_audit(connection, AuditEntry(self._now(), by, "team-removed", name, {}))

    async def _require_users(self, connection: AsyncConnection, user_ids: Sequence[str]) -> None:
        known = set((await connection.execute(select(users.c.user_id).where(users.c.user_id.in_(user_ids)))).scalars())
        if unknown := [user_id for user_id in user_ids if user_id not in known]:
            raise NotFoundError(f"No user has the id {unknown[0]!r}.", code="unknown-user")


async def agents_of_teams(
    connection: AsyncConnection, user_ids: Collection[str]
) -> Mapping[str, frozenset[str]] | None:
    """The agents of the teams of each of these users who has one; None: there are no teams."""
    statement = (
        select(team_assignments.c.user_id, team_agents.c.agent_id)
        .select_from(teams)
        .outerjoin(
            team_assignments,
            and_(team_assignments.c.team_id == teams.c.team_id, team_assignments.c.user_id.in_(user_ids)),
        )
        .outerjoin(team_agents, team_agents.c.team_id == team_assignments.c.team_id)
    )
    rows = (await connection.execute(statement)).all()
    if not rows:
        return None
    found: dict[str, set[str]] = {}
    for user_id, agent_id in rows:
        if user_id is not None and agent_id is not None:
            found.setdefault(user_id, set()).add(agent_id)
    return {user_id: frozenset(agents) for user_id, agents in found.items()}


async def _insert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, str]]) -> None:
    if rows:
        await connection.execute(insert(table), list(rows))
