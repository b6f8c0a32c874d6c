"""A service whose database goes away under live calls: agents notice nothing, operators do, and nothing is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from assist.errors import StoreError
from assist.journal import JournalLimits
from assist.messages import CallDegraded
from assist.supervisor import CallHandle, CallRequest, SupervisorLimits
from gateway.service import RECOGNISER, Service
from tests.support.fakes import STEREO, frame
from tests.support.postgresql_server import PostgresqlServer, empty_database, running_postgresql
from tests.support.service import http_client, listening, log_in, open_test_service

PATIENT = SupervisorLimits(journal=JournalLimits(retry_first_s=0.01, retry_most_s=0.05))
IMPATIENT = SupervisorLimits(journal=JournalLimits(retry_first_s=0.01, retry_most_s=0.05, give_up_s=0.0))


@pytest.fixture(scope="module")
def server() -> Generator[PostgresqlServer]:
    """A PostgreSQL that tests may stop."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def url(server: PostgresqlServer) -> Generator[str]:
    """An empty database of that server."""
    with empty_database(server) as url:
        yield url


@asynccontextmanager
async def away(server: PostgresqlServer) -> AsyncGenerator[None]:
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


def open_call(service: Service, call_id: str) -> CallHandle:
    return service.supervisor.open(CallRequest(source="test", legs=STEREO, call_id=call_id, pace="replay"))


async def speak(call: CallHandle, start_ms: int, end_ms: int) -> None:
    for position_ms in range(start_ms, end_ms, 100):
        await call.feed([frame(leg.party, position_ms, 100) for leg in STEREO])


def desk(port: int, client: httpx.AsyncClient) -> connect:
    """The socket of the client's user."""
    cookie = f"livecue_session={client.cookies['livecue_session']}"
    return connect(f"ws://127.0.0.1:{port}/desk/v1", additional_headers={"Cookie": cookie}, proxy=None)


async def store_part(client: httpx.AsyncClient, *, state: str) -> dict[str, Any]:
    """What /readyz says of the store, once it is in that state."""
    for _ in range(1_000):
        answer = await client.get("/readyz")
        part = answer.json()["parts"]["store"]
        if part["state"] == state:
            assert answer.status_code == 200
            return part
        await asyncio.sleep(0.01)
    raise AssertionError(f"the store does not become {state}")


async def test_calls_go_on_while_the_database_is_away_and_operators_see_it(
    tmp_path: Path, server: PostgresqlServer, url: str
) -> None:
    async with (
        open_test_service(tmp_path, store=url, store_check_s=0.02, supervisor_limits=PATIENT) as service,
        http_client(service) as client,
    ):
        await service.readiness.started(RECOGNISER)
        await log_in(client, service, "supervisor")
        key = await service.accounts.add_key("pbx")
        assert await service.accounts.is_key(key)
        before = open_call(service, "before")
        await speak(before, 0, 2_000)
        async with away(server):
            await speak(before, 2_000, 5_000)
            before.close()
            assert (await store_part(client, state="impaired"))["code"] == "store-unavailable"
            # A phone platform that was here before may bring another call; a stranger may not.
            assert await service.accounts.is_key(key)
            with pytest.raises(StoreError):
                await service.accounts.is_key("lc_unknown")
            during = open_call(service, "during")
            await speak(during, 0, 5_000)
            view = service.supervisor.view("before")
            assert view is not None
            assert [line.text for line in view.lines] == ["您好请讲", "流量不够用", "好的请稍等"]
            # Who was here is still known, so that a desk that is opened again shows the calls that are live.
            assert (await client.get("/api/v1/session")).json()["role"] == "supervisor"
            async with listening(service) as port, desk(port, client) as screen:
                assert json.loads(await screen.recv())["type"] == "hello"
            stranger = {"cookie": "livecue_session=stranger"}
            assert (await client.get("/api/v1/session", headers=stranger)).status_code == 503
            assert (await client.get("/api/v1/calls")).status_code == 503
            metrics = (await client.get("/metrics")).text
            assert "livecue_store_impaired_calls 2.0" in metrics
            assert 'livecue_degradations_total{code="store-unavailable",part="store"}' in metrics
        await store_part(client, state="ready")
        during.close()
        for call in (before, during):
            await call.closed()
            assert await service.store.is_whole(call.call_id)
        assert (await client.get("/api/v1/calls")).status_code == 200
        log = await service.store.envelopes("during")
        told = [e.event.restored for e in log if isinstance(e.event, CallDegraded) and e.event.part == "store"]
        assert told == [False, True]


async def test_call_that_was_given_up_is_on_record_when_the_database_is_back(
    tmp_path: Path, server: PostgresqlServer, url: str
) -> None:
    async with (
        open_test_service(tmp_path, store=url, store_check_s=0.02, supervisor_limits=IMPATIENT) as service,
        http_client(service) as client,
    ):
        await service.readiness.started(RECOGNISER)
        async with away(server):
            call = open_call(service, "given-up")
            await speak(call, 0, 5_000)
            call.close()
            closed = await call.closed()
            await store_part(client, state="impaired")
            assert "livecue_spooled_calls 1.0" in (await client.get("/metrics")).text
        await store_part(client, state="ready")
        for _ in range(1_000):
            if service.supervisor.counts.calls_recovered:
                break
            await asyncio.sleep(0.01)
        log = await service.store.envelopes("given-up")
        assert log[-1].event == closed
        assert await service.store.is_whole("given-up")
        assert await service.audio_store.path("given-up") is not None
        assert not service.settings.spool_dir.joinpath("given-up").exists()
