"""Users, passwords, keys and the first run, over a real database."""

from __future__ import annotations

import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assist.errors import AuthenticationError, InputError, NotFoundError, OverloadedError
from assist.stores import open_stores
from gateway.auth import Accounts
from gateway.first_run import prepare_first_run, read_local_key
from gateway.settings import SessionSettings
from tests.support.service import PASSWORD, cheap_hasher


class Clock:
    """Time that moves when told to."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic_s(self) -> float:
        return self.passed_s


@asynccontextmanager
async def open_accounts(directory: Path, clock: Clock | None = None) -> AsyncGenerator[Accounts]:
    clock = clock or Clock()
    async with open_stores(f"sqlite:///{directory}/accounts.db") as stores:
        yield Accounts(
            stores.accounts, SessionSettings(), hasher=cheap_hasher(), now=clock.now, clock_s=clock.monotonic_s
        )


async def test_session_ends_after_its_lifetime(tmp_path: Path) -> None:
    clock = Clock()
    async with open_accounts(tmp_path, clock) as accounts:
        await accounts.add_user("lin", "qa", password=PASSWORD)
        token = (await accounts.log_in("lin", PASSWORD, address="")).token
        clock.passed_s = 12 * 3600 - 1
        assert await accounts.session_user(token) is not None
        clock.passed_s = 12 * 3600
        assert await accounts.session_user(token) is None


async def test_failed_log_ins_block_one_name_and_address_for_a_while_only(tmp_path: Path) -> None:
    clock = Clock()
    async with open_accounts(tmp_path, clock) as accounts:
        await accounts.add_user("lin", "qa", password=PASSWORD)
        for _ in range(5):
            with pytest.raises(AuthenticationError):
                await accounts.log_in("lin", "wrong", address="1.1.1.1")
        with pytest.raises(OverloadedError, match="Too many"):
            await accounts.log_in("lin", PASSWORD, address="1.1.1.1")
        assert (await accounts.log_in("lin", PASSWORD, address="2.2.2.2")).user.name == "lin"
        clock.passed_s = 301
        assert (await accounts.log_in("lin", PASSWORD, address="1.1.1.1")).user.name == "lin"


async def test_new_password_ends_the_sessions_of_the_old_one(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        await accounts.add_user("lin", "qa", password=PASSWORD)
        token = (await accounts.log_in("lin", PASSWORD, address="")).token
        made_up = await accounts.set_password("lin")
        assert await accounts.session_user(token) is None
        assert (await accounts.log_in("lin", made_up, address="")).user.name == "lin"


@pytest.mark.parametrize("password", ["short", "x" * 201])
async def test_password_of_unreasonable_length_is_refused(tmp_path: Path, password: str) -> None:
    async with open_accounts(tmp_path) as accounts:
        with pytest.raises(InputError) as raised:
            await accounts.add_user("lin", "qa", password=password)
    assert raised.value.code == "bad-password"


async def test_agent_without_agent_id_is_refused(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        with pytest.raises(InputError) as raised:
            await accounts.add_user("lin", "agent")
    assert raised.value.code == "agent-id-needed"


async def test_password_of_nobody_cannot_be_changed(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        with pytest.raises(NotFoundError):
            await accounts.set_password("nobody")


async def test_key_opens_the_door_and_everything_else_does_not(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        key = await accounts.add_key("pbx")
        assert key.startswith("lc_")
        assert await accounts.is_key(key)
        for wrong in (None, "", "lc_", key[:-1], key + "x", key.removeprefix("lc_")):
            assert not await accounts.is_key(wrong)


async def test_first_run_makes_an_administrator_and_a_private_local_key_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "cli-key"
    async with open_accounts(tmp_path) as accounts:
        first = await prepare_first_run(accounts, path)
        assert first is not None
        assert (await accounts.log_in("admin", first.password, address="")).user.role == "admin"
        assert read_local_key(path) == first.api_key
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert await prepare_first_run(accounts, path) is None
        assert read_local_key(path) == first.api_key


async def test_lost_or_foreign_local_key_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "cli-key"
    async with open_accounts(tmp_path) as accounts:
        await prepare_first_run(accounts, path)
        for content in (None, "lc_from-another-database\n"):
            path.unlink() if content is None else path.write_text(content)
            await prepare_first_run(accounts, path)
            assert await accounts.is_key(read_local_key(path))
