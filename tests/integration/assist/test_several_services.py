"""Services that share a database: each writes, and none undoes what another wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from assist.messages import Envelope
from assist.stores import Stores, open_stores
from assist.stores.playbooks import Arrival
from tests.support.envelopes import closed, log, opened, silence


@pytest.fixture
async def services(store_url: str) -> AsyncGenerator[tuple[Stores, Stores]]:
    async with open_stores(store_url) as one, open_stores(store_url) as other:
        yield one, other


async def test_services_that_write_the_same_calls_at_once_write_them_once(services: tuple[Stores, Stores]) -> None:
    logs = [log(f"call-{n}", opened(), *(silence(m) for m in range(1, 30)), closed()) for n in range(6)]

    async def append(stores: Stores, one: list[Envelope], step: int) -> None:
        for start in range(0, len(one), step):
            await stores.calls.append(one[start : start + step])

    async with asyncio.TaskGroup() as group:
        for one in logs:
            for stores, step in zip(services, (3, 5), strict=True):
                group.create_task(append(stores, one, step))
    for stores in services:
        for one in logs:
            assert await stores.calls.envelopes(one[0].call_id) == one
            summary = await stores.calls.summary(one[0].call_id)
            assert summary is not None
            assert summary.last_seq == len(one)
            assert summary.closed_at is not None


async def test_sound_that_one_service_saved_is_not_forgotten_by_the_other(services: tuple[Stores, Stores]) -> None:
    one, other = services
    calls = log("call", opened(), *(silence(m) for m in range(1, 40)))
    await one.calls.append(calls[:1])

    async def go_on() -> None:
        for envelope in calls[1:]:
            await one.calls.append([envelope])

    async with asyncio.TaskGroup() as group:
        group.create_task(go_on())
        group.create_task(other.calls.mark_audio("call"))
    summary = await other.calls.summary("call")
    assert summary is not None
    assert (summary.has_audio, summary.last_seq) == (True, len(calls))


async def test_versions_of_a_playbook_are_numbered_once(services: tuple[Stores, Stores]) -> None:
    async def add(stores: Stores, version: int) -> None:
        arrival = Arrival("telecom", str(version), f"digest {version}", "file", "telecom.yaml", f"text {version}")
        async with stores.playbooks.adding(arrival):
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for version in range(8):
            group.create_task(add(services[version % 2], version))
    versions = await services[0].playbooks.versions("telecom")
    assert [one.number for one in versions] == list(range(8, 0, -1))
