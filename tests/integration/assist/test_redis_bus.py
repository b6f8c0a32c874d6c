"""What only the Redis bus does: other nodes, expiry, trimming, and Redis going away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from assist.buses import open_bus
from assist.buses.redis import RedisBus, RedisBusLimits
from assist.errors import SlowSubscriberError, UnavailableError
from assist.ports import Subscription
from tests.support.envelopes import closed, log, opened, outcome, partial, silence, utterance
from tests.support.redis_server import RedisServer


@pytest.fixture
def server(redis_server: RedisServer) -> RedisServer:
    """The shared Redis, emptied."""
    with closing(_client(redis_server)) as client:
        client.flushall()
    return redis_server


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncGenerator[RedisServer]:
    """A Redis that the test may stop."""
    server = RedisServer(tmp_path)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


def _client(server: RedisServer) -> Any:
    return cast(Any, Redis).from_url(server.url)


async def take(subscription: Subscription, count: int) -> list[int]:
    return [(await anext(subscription)).seq for _ in range(count)]


async def test_any_node_hears_any_call(server: RedisServer) -> None:
    envelopes = log("a", opened(), silence(), utterance("u1"))
    async with RedisBus.opened(server.url) as one, RedisBus.opened(server.url) as other:
        await one.publish(envelopes[:1])
        async with other.subscribe("a") as subscription, other.subscribe(None) as everything:
            await one.publish(envelopes[1:])
            assert await take(subscription, 3) == [1, 2, 3]
            assert await take(everything, 2) == [2, 3]


async def test_another_node_may_go_on_with_a_call(server: RedisServer) -> None:
    async with RedisBus.opened(server.url) as one, RedisBus.opened(server.url) as other:
        await one.publish(log("a", opened(), silence()))
        await other.publish(log("a", silence(), closed(), first=2))
        await one.publish(log("a", outcome("p1"), first=4))
        async with one.subscribe("a") as subscription:
            assert await take(subscription, 4) == [1, 2, 3, 4]


async def test_a_stream_is_trimmed_to_its_bound_and_expires(server: RedisServer) -> None:
    limits = RedisBusLimits(replay_envelopes=100, expiry_s=60)
    async with RedisBus.opened(server.url, limits=limits) as bus:
        await bus.publish(log("a", *(silence(n) for n in range(1, 1_001))))
        async with bus.subscribe("a") as subscription:
            first = subscription.first_replayed
            assert first is not None
            assert first > 700
            assert await take(subscription, 2) == [first, first + 1]
    with closing(_client(server)) as client:
        assert 0 < client.ttl("livecue:call:a") <= 60
        assert client.xlen("livecue:call:a") < 300


async def test_superseded_partials_take_no_room(server: RedisServer) -> None:
    async with RedisBus.opened(server.url) as bus:
        await bus.publish(log("a", opened(), *(partial("u1", n) for n in range(1, 50)), utterance("u1")))
    with closing(_client(server)) as client:
        assert client.xlen("livecue:call:a") == 2


async def test_only_recent_calls_are_remembered_yet_none_is_published_twice(server: RedisServer) -> None:
    async with RedisBus.opened(server.url, limits=RedisBusLimits(known_calls=1)) as bus:
        for _ in range(2):
            await bus.publish([*log("a", opened(), silence()), *log("b", opened(), silence())])
        async with bus.subscribe("a") as subscription, bus.subscribe(None) as everything:
            assert await take(subscription, 2) == [1, 2]
            await bus.publish(log("b", opened(), silence(), silence()))
            assert await take(everything, 1) == [3]


async def test_an_entry_of_another_version_sends_its_subscribers_to_the_store(server: RedisServer) -> None:
    async with RedisBus.opened(server.url) as bus, bus.subscribe("a") as one, bus.subscribe("b") as neighbour:
        with closing(_client(server)) as client:
            client.xadd("livecue:all", {"call": "a", "envelope": '{"call_id": "a", "seq": 1}'})
        await bus.publish(log("b", opened()))
        assert await take(neighbour, 1) == [1]
        with pytest.raises(SlowSubscriberError) as caught:
            await anext(one)
        assert caught.value.code == "bus-interrupted"


async def test_a_replay_of_another_version_sends_its_subscriber_to_the_store(server: RedisServer) -> None:
    with closing(_client(server)) as client:
        client.xadd("livecue:call:a", {"call": "a", "envelope": '{"call_id": "a", "seq": 1}'}, id="1-0")
    async with RedisBus.opened(server.url) as bus, bus.subscribe("a") as subscription:
        with pytest.raises(UnavailableError) as caught:
            await anext(subscription)
        assert caught.value.code == "bus-unreadable"


async def test_subscriptions_end_when_redis_goes_and_new_ones_work_when_it_is_back(own_server: RedisServer) -> None:
    limits = RedisBusLimits(retry_s=0.01, answer_timeout_s=1.0)
    async with RedisBus.opened(own_server.url, limits=limits) as bus:
        async with bus.subscribe("a") as one, bus.subscribe(None) as everything:
            await bus.publish(log("a", opened()))
            assert await take(one, 1) == [1]
            assert await take(everything, 1) == [1]
            await asyncio.to_thread(own_server.stop)
            for subscription in (one, everything):
                with pytest.raises(SlowSubscriberError) as caught:
                    await anext(subscription)
                assert caught.value.code == "bus-interrupted"
        with pytest.raises(UnavailableError) as refused:
            await bus.publish(log("a", silence(), first=2))
        assert refused.value.code == "bus-unavailable"
        with pytest.raises(UnavailableError):
            async with bus.subscribe("a", after=1):
                pass
        await asyncio.to_thread(own_server.start)
        after, heard = 1, list[int]()
        while after < 3:
            async with bus.subscribe("a", after=after) as subscription:
                await bus.publish(log("a", silence(), silence(), first=2))
                try:
                    heard += [after := seq for seq in await take(subscription, 3 - after)]
                except SlowSubscriberError:
                    continue
        assert heard == [2, 3]


async def test_a_bus_without_redis_is_unavailable(own_server: RedisServer) -> None:
    await asyncio.to_thread(own_server.stop)
    with pytest.raises(UnavailableError) as caught:
        async with open_bus(own_server.url):
            pass
    assert caught.value.code == "bus-unavailable"
