"""Open desks of a whole service when their log-in ends, here or in another process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from assist.errors import StoreError
from assist.stores import open_stores
from assist.stores.accounts import User
from gateway.auth import Accounts
from gateway.service import Service
from gateway.sessions import SessionWatch
from gateway.settings import SessionSettings
from tests.support.doors import user
from tests.support.service import PASSWORD, cheap_hasher, listening, open_test_service

End = Callable[[Accounts, str], Awaitable[object]]

ENDS: dict[str, End] = {
    "log-out": lambda accounts, token: accounts.log_out(token),
    "new password": lambda accounts, token: accounts.set_password("lin"),
    "disabled": lambda accounts, token: accounts.set_disabled("lin", True),
}


async def log_in(service: Service, name: str) -> str:
    await service.accounts.add_user(name, "qa", password=PASSWORD)
    return (await service.accounts.log_in(name, PASSWORD, address="")).token


def desk(port: int, token: str) -> connect:
    url = f"ws://127.0.0.1:{port}/desk/v1"
    return connect(url, additional_headers={"Cookie": f"livecue_session={token}"}, proxy=None)


async def close_code(connection: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        while True:
            await connection.recv()
    return connection.close_code


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
async def test_end_of_a_session_closes_its_desks_and_no_other(tmp_path: Path, end: End) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        token, other = await log_in(service, "lin"), await log_in(service, "wang")
        async with desk(port, token) as first, desk(port, token) as second, desk(port, other) as stays:
            for connection in (first, second, stays):
                await connection.recv()
            await end(service.accounts, token)
            assert await close_code(first) == 4401
            assert await close_code(second) == 4401
            assert await (await stays.ping()) >= 0
        async with desk(port, token) as late:
            assert await close_code(late) == 4401


async def test_session_ended_by_another_process_is_noticed(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        token = await log_in(service, "lin")
        async with desk(port, token) as connection:
            await connection.recv()
            async with open_stores(service.settings.store_url) as stores:
                elsewhere = Accounts(stores.accounts, service.settings.session, hasher=cheap_hasher())
                await elsewhere.set_disabled("lin", True)
            await service.sessions.look()
            assert await close_code(connection) == 4401


async def test_first_session_that_is_watched_is_noticed(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        came = asyncio.create_task(service.sessions.somebody())
        async with desk(port, "no such token") as stranger:
            assert await close_code(stranger) == 4401
        assert not came.done()
        async with desk(port, await log_in(service, "lin")) as connection:
            await connection.recv()
            await came


async def test_nobody_is_sent_away_while_the_store_cannot_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def unavailable(*_: object) -> dict[str, User]:
        asked.set()
        raise StoreError("The store cannot be read now.")

    async with open_stores(f"sqlite:///{tmp_path}/accounts.db") as stores:
        accounts = Accounts(stores.accounts, SessionSettings(), hasher=cheap_hasher())
        watch = SessionWatch(accounts)
        with watch.watching("token", user()) as session:
            monkeypatch.setattr(stores.accounts, "live_sessions", unavailable)
            running = asyncio.create_task(watch.run())
            await asyncio.sleep(0)
            accounts.sessions_changed.notify()
            await asked.wait()
            assert not session.ended.is_set()
            assert not running.done()
            running.cancel()
            await asyncio.wait([running])
