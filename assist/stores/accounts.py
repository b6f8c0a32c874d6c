"""Who may come in: users, their sessions, and API keys. Only hashes of secrets are stored; hashing is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import uuid4

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError, NotFoundError
from assist.stores.database import Database
from assist.stores.schema import api_keys, sessions, users
from assist.stores.teams import agents_of_teams
from assist.stores.together import Together

T = TypeVar("T")
PARAMETERS = 500
"""Values in one query."""

Role = Literal["admin", "agent", "qa", "qa-lead", "trainer", "supervisor"]


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may log in."""

    user_id: str
    name: str
    """What is typed to log in; unique."""
    display_name: str
    role: Role
    agent_id: str | None
    """The phone platform's id of this agent: whose calls the user sees as an agent."""
    created_at: datetime
    disabled: bool
    team_agents: frozenset[str] | None = None
    """Ids of the agents of the teams with which the user works; None: there are no teams."""


_COLUMNS = tuple(field.name for field in fields(User) if field.name != "team_agents")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a phone platform or integrator."""

    name: str
    created_at: datetime
    last_used_at: datetime | None
    """To the store's ``last_used_resolution``."""
    disabled: bool


class AccountStore:
    """Accounts in the same database as the calls.

    ``now`` gives aware UTC times. An API key's use is written at most once per ``last_used_resolution``, so that most
    checks only read. Every method raises StoreError when the database cannot serve.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        last_used_resolution: timedelta = timedelta(minutes=1),
    ) -> None:
        self._database = database
        self._now = now
        self._last_used_resolution = last_used_resolution
        self._keys_known = Together(self._look_up_keys)

    async def add_user(
        self, name: str, password_hash: str, *, role: Role, display_name: str = "", agent_id: str | None = None
    ) -> User:
        """Raises InputError "user-exists" when the name is taken."""
        user = User(
            user_id=uuid4().hex,
            name=name,
            display_name=display_name or name,
            role=role,
            agent_id=agent_id,
            created_at=self._now(),
            disabled=False,
        )
        values = {name: getattr(user, name) for name in _COLUMNS}
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(users), {**values, "password_hash": password_hash})
        except IntegrityError as error:
            raise InputError(f"A user is already called {name!r}; choose another name.", code="user-exists") from error
        return user

    async def user_by_name(self, name: str) -> tuple[User, str] | None:
        """The user, disabled ones too, and the password hash."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(users).where(users.c.name == name))).mappings().one_or_none()
            return None if row is None else ((await _users(connection, [row]))[0], row["password_hash"])

    async def user(self, user_id: str) -> User | None:
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(users).where(users.c.user_id == user_id))).mappings().all()
            return next(iter(await _users(connection, rows)), None)

    async def users(self) -> Sequence[User]:
        """Everyone, by name."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(users).order_by(users.c.name))).mappings().all()
            return await _users(connection, rows)

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """Also ends the user's sessions. Raises NotFoundError "unknown-user"."""
        await self._change_user(user_id, password_hash=password_hash)

    async def set_user_disabled(self, user_id: str, disabled: bool) -> None:
        """Also ends the user's sessions. Raises NotFoundError "unknown-user"."""
        await self._change_user(user_id, disabled=disabled)

    async def add_session(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        """Raises NotFoundError "unknown-user"."""
        values = {"token_hash": token_hash, "user_id": user_id, "created_at": self._now(), "expires_at": expires_at}
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(sessions), values)
        except IntegrityError as error:
            raise _unknown_user(user_id) from error

    async def session_user(self, token_hash: str, now: datetime) -> User | None:
        """Who holds the session, unless it has expired or the user is disabled."""
        statement = (
            select(users)
            .join(sessions)
            .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now, users.c.disabled.is_(False))
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
            return next(iter(await _users(connection, rows)), None)

    async def live_sessions(self, token_hashes: Collection[str], now: datetime) -> Mapping[str, User]:
        """Who holds those of these sessions that neither have ended nor belong to a disabled user."""
        live: dict[str, User] = {}
        async with self._database.reading() as connection:
            for some in _batches(sorted(token_hashes)):
                statement = (
                    select(sessions.c.token_hash, users)
                    .join(users)
                    .where(sessions.c.token_hash.in_(some), sessions.c.expires_at > now, users.c.disabled.is_(False))
                )
                rows = (await connection.execute(statement)).mappings().all()
                live |= zip((row["token_hash"] for row in rows), await _users(connection, rows), strict=True)
        return live

    async def remove_session(self, token_hash: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    async def purge_sessions(self, now: datetime) -> int:
        """Remove expired sessions; how many there were."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))).rowcount

    async def add_api_key(self, name: str, key_hash: str) -> None:
        """Raises InputError "api-key-exists" when the name or the key is taken."""
        values = {"name": name, "key_hash": key_hash, "created_at": self._now(), "disabled": False}
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(api_keys), values)
        except IntegrityError as error:
            message = f"An API key is already called {name!r}; choose another name."
            raise InputError(message, code="api-key-exists") from error

    async def api_key_known(self, key_hash: str) -> bool:
        """Whether the key opens the door now; remembers its use. Connections that come together share one look."""
        return await self._keys_known.find(key_hash) is not None

    async def _look_up_keys(self, key_hashes: Collection[str]) -> Mapping[str, bool]:
        """The keys among these that open the door."""
        now = self._now()
        columns = api_keys.c
        statement = select(columns.key_hash, columns.last_used_at).where(
            columns.key_hash.in_(key_hashes), columns.disabled.is_(False)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        stale = [
            row.key_hash
            for row in rows
            if row.last_used_at is None or now - row.last_used_at >= self._last_used_resolution
        ]
        if stale:
            async with self._database.writing() as connection:
                await connection.execute(update(api_keys).where(columns.key_hash.in_(stale)).values(last_used_at=now))
        return {row.key_hash: True for row in rows}

    async def api_keys(self) -> Sequence[ApiKey]:
        """All keys, by name."""
        columns = [api_keys.c[name] for name in ApiKey.__slots__]
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(*columns).order_by(api_keys.c.name))).mappings()
            return [ApiKey(**row) for row in rows]

    async def set_api_key_disabled(self, name: str, disabled: bool) -> None:
        """Raises NotFoundError "unknown-api-key"."""
        statement = update(api_keys).where(api_keys.c.name == name).values(disabled=disabled)
        async with self._database.writing() as connection:
            changed = (await connection.execute(statement)).rowcount
        if not changed:
            raise NotFoundError(f"No API key is called {name!r}.", code="unknown-api-key")

    async def _change_user(self, user_id: str, **values: Any) -> None:
        async with self._database.writing() as connection:
            changed = await connection.execute(update(users).where(users.c.user_id == user_id).values(**values))
            await connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
        if not changed.rowcount:
            raise _unknown_user(user_id)


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Databases bound the number of parameters."""
    for start in range(0, len(values), PARAMETERS):
        yield values[start : start + PARAMETERS]


async def _users(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[User]:
    """In the order of the rows."""
    found: list[User] = []
    for some in _batches(rows):
        agents = await agents_of_teams(connection, [row["user_id"] for row in some])
        for row in some:
            team_agents = None if agents is None else agents.get(row["user_id"], frozenset[str]())
            found.append(User(**{name: row[name] for name in _COLUMNS}, team_agents=team_agents))
    return found


def _unknown_user(user_id: str) -> NotFoundError:
    return NotFoundError(f"No user has the id {user_id!r}.", code="unknown-user")
