"""What an AccountStore must do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

import pytest

from assist.errors import InputError, NotFoundError
from assist.stores.accounts import AccountStore
from assist.stores.database import Database
from tests.support.envelopes import START


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def accounts(clock: Clock, store_url: str) -> AsyncGenerator[AccountStore]:
    database = await Database.open(store_url)
    yield AccountStore(database, now=clock)
    await database.close()


async def test_a_user_is_found_by_name_with_the_password_hash(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "argon2-hash", role="agent", display_name="王芳", agent_id="8001")
    assert (user.display_name, user.role, user.agent_id, user.disabled) == ("王芳", "agent", "8001", False)
    assert user.created_at == START
    assert await accounts.user_by_name("wang") == (user, "argon2-hash")
    assert await accounts.user(user.user_id) == user
    assert await accounts.user_by_name("li") is None
    assert await accounts.user("nobody") is None


async def test_users_are_listed_by_name(accounts: AccountStore) -> None:
    await accounts.add_user("wang", "h", role="qa")
    await accounts.add_user("admin", "h", role="admin")
    assert [(user.name, user.display_name) for user in await accounts.users()] == [("admin", "admin"), ("wang", "wang")]


async def test_a_name_is_given_once(accounts: AccountStore) -> None:
    await accounts.add_user("wang", "h", role="qa")
    with pytest.raises(InputError) as caught:
        await accounts.add_user("wang", "h2", role="admin")
    assert caught.value.code == "user-exists"
    assert len(await accounts.users()) == 1


async def test_a_session_belongs_to_its_user_until_it_expires(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "h", role="qa")
    await accounts.add_session("token", user.user_id, START + timedelta(hours=8))
    assert await accounts.session_user("token", START) == user
    assert await accounts.session_user("other", START) is None
    assert await accounts.session_user("token", START + timedelta(hours=8)) is None


async def test_many_sessions_are_looked_up_at_once(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "h", role="qa")
    out = await accounts.add_user("li", "h", role="qa")
    for token, holder, hours in (("live", user, 8), ("expired", user, 1), ("disabled", out, 8)):
        await accounts.add_session(token, holder.user_id, START + timedelta(hours=hours))
    await accounts.set_user_disabled(out.user_id, True)
    await accounts.add_session("of-a-disabled-user", out.user_id, START + timedelta(hours=8))
    unknown = {f"unknown-{number}" for number in range(1_200)}
    asked = {"live", "expired", "disabled", "of-a-disabled-user"} | unknown
    assert await accounts.live_sessions(asked, START + timedelta(hours=2)) == {"live": user}
    assert await accounts.live_sessions(set(), START) == {}


async def test_a_removed_session_is_gone(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "h", role="qa")
    await accounts.add_session("token", user.user_id, START + timedelta(hours=8))
    await accounts.remove_session("token")
    await accounts.remove_session("token")
    assert await accounts.session_user("token", START) is None


async def test_expired_sessions_are_purged(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "h", role="qa")
    for hours in (1, 2, 3):
        await accounts.add_session(f"token-{hours}", user.user_id, START + timedelta(hours=hours))
    assert await accounts.purge_sessions(START + timedelta(hours=2)) == 2
    assert await accounts.session_user("token-3", START) == user


async def test_a_session_needs_a_user(accounts: AccountStore) -> None:
    with pytest.raises(NotFoundError) as caught:
        await accounts.add_session("token", "nobody", START)
    assert caught.value.code == "unknown-user"


async def test_a_new_password_ends_sessions(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "old", role="qa")
    await accounts.add_session("token", user.user_id, START + timedelta(hours=8))
    await accounts.set_password(user.user_id, "new")
    assert await accounts.user_by_name("wang") == (user, "new")
    assert await accounts.session_user("token", START) is None
    with pytest.raises(NotFoundError):
        await accounts.set_password("nobody", "new")


async def test_a_disabled_user_has_no_session(accounts: AccountStore) -> None:
    user = await accounts.add_user("wang", "h", role="qa")
    await accounts.add_session("before", user.user_id, START + timedelta(hours=8))
    await accounts.set_user_disabled(user.user_id, True)
    await accounts.add_session("after", user.user_id, START + timedelta(hours=8))
    assert await accounts.session_user("before", START) is None
    assert await accounts.session_user("after", START) is None
    found = await accounts.user_by_name("wang")
    assert found is not None
    assert found[0].disabled


async def test_an_api_key_is_known_until_it_is_disabled(accounts: AccountStore) -> None:
    await accounts.add_api_key("pbx", "key-hash")
    assert await accounts.api_key_known("key-hash")
    assert not await accounts.api_key_known("other-hash")
    await accounts.set_api_key_disabled("pbx", True)
    assert not await accounts.api_key_known("key-hash")
    with pytest.raises(NotFoundError) as caught:
        await accounts.set_api_key_disabled("crm", True)
    assert caught.value.code == "unknown-api-key"


async def test_use_of_an_api_key_is_noted_to_the_minute(accounts: AccountStore, clock: Clock) -> None:
    await accounts.add_api_key("pbx", "key-hash")
    assert (await accounts.api_keys())[0].last_used_at is None
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (70, 60)):
        clock.at = START + timedelta(seconds=seconds)
        await accounts.api_key_known("key-hash")
        assert (await accounts.api_keys())[0].last_used_at == START + timedelta(seconds=noted)


@pytest.mark.parametrize(("name", "key_hash"), [("pbx", "other"), ("other", "key-hash")])
async def test_an_api_key_is_added_once(accounts: AccountStore, name: str, key_hash: str) -> None:
    await accounts.add_api_key("pbx", "key-hash")
    with pytest.raises(InputError) as caught:
        await accounts.add_api_key(name, key_hash)
    assert caught.value.code == "api-key-exists"
    assert [key.name for key in await accounts.api_keys()] == ["pbx"]
