"""What a TeamStore must do, and what teams change of the accounts beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from assist.errors import InputError, NotFoundError
from assist.stores import Stores, open_stores
from assist.stores.accounts import User
from assist.stores.teams import MOST_AGENTS
from tests.support.envelopes import START


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def add_user(stores: Stores, name: str) -> User:
    return await stores.accounts.add_user(name, "h", role="supervisor")


async def put(stores: Stores, name: str, agents: list[str], people: list[User]) -> None:
    await stores.teams.put(name, agents=agents, people=[user.user_id for user in people], by="admin")


async def shape(stores: Stores) -> dict[str, tuple[tuple[str, ...], int]]:
    return {team.name: (team.agents, len(team.people)) for team in await stores.teams.teams()}


async def agents_of(stores: Stores, user: User) -> frozenset[str] | None:
    """As a user is read in each of the ways there are."""
    token = f"token of {user.name}"
    await stores.accounts.remove_session(token)
    await stores.accounts.add_session(token, user.user_id, START + timedelta(hours=8))
    by_id, by_name = await stores.accounts.user(user.user_id), await stores.accounts.user_by_name(user.name)
    by_session = await stores.accounts.session_user(token, START)
    live = await stores.accounts.live_sessions([token], START)
    listed = next(one for one in await stores.accounts.users() if one.user_id == user.user_id)
    assert by_id is not None
    assert by_name is not None
    assert by_id == by_name[0] == by_session == live[token] == listed
    return by_id.team_agents


async def test_users_have_the_agents_of_their_teams(stores: Stores) -> None:
    lin, wang, chen = [await add_user(stores, name) for name in ("lin", "wang", "chen")]
    assert await agents_of(stores, lin) is None
    await put(stores, "早班", ["8001", "8002"], [lin, wang])
    await put(stores, "晚班", ["8003"], [wang])
    assert await agents_of(stores, lin) == {"8001", "8002"}
    assert await agents_of(stores, wang) == {"8001", "8002", "8003"}
    assert await agents_of(stores, chen) == frozenset()
    assert await shape(stores) == {"早班": (("8001", "8002"), 2), "晚班": (("8003",), 1)}


async def test_a_team_without_agents_shows_its_people_nothing(stores: Stores) -> None:
    lin = await add_user(stores, "lin")
    await put(stores, "早班", [], [lin])
    assert await agents_of(stores, lin) == frozenset()


async def test_an_agent_is_of_the_team_that_took_the_agent_last(stores: Stores) -> None:
    lin = await add_user(stores, "lin")
    await put(stores, "早班", ["8001", "8002"], [lin])
    await put(stores, "晚班", ["8002", "8003"], [])
    assert await shape(stores) == {"早班": (("8001",), 1), "晚班": (("8002", "8003"), 0)}
    assert await agents_of(stores, lin) == {"8001"}


async def test_a_team_is_made_anew_under_its_name_and_removed(stores: Stores) -> None:
    lin = await add_user(stores, "lin")
    await put(stores, "早班", ["8001"], [lin])
    first = (await stores.teams.teams())[0].team_id
    await put(stores, "早班", ["8002", "8002"], [])
    again = (await stores.teams.teams())[0]
    assert (again.team_id, again.agents, again.people) == (first, ("8002",), ())
    await stores.teams.remove("早班", by="admin")
    assert await stores.teams.teams() == []
    assert await agents_of(stores, lin) is None
    with pytest.raises(NotFoundError) as caught:
        await stores.teams.remove("早班", by="admin")
    assert caught.value.code == "unknown-team"


async def test_people_must_have_an_account_and_a_team_has_bounds(stores: Stores) -> None:
    with pytest.raises(NotFoundError) as unknown:
        await stores.teams.put("早班", agents=[], people=["nobody"], by="admin")
    with pytest.raises(InputError) as many:
        await stores.teams.put("早班", agents=[str(n) for n in range(MOST_AGENTS + 1)], people=[], by="admin")
    assert (unknown.value.code, many.value.code) == ("unknown-user", "too-many-in-team")
    assert await stores.teams.teams() == []


async def test_changes_of_teams_are_on_record(stores: Stores) -> None:
    await stores.teams.put("早班", agents=["8001"], people=[], by="admin")
    await stores.teams.remove("早班", by="lin")
    log = [(entry.by, entry.action, entry.subject) for entry in await stores.records.audit()]
    assert log == [("lin", "team-removed", "早班"), ("admin", "team-changed", "早班")]
