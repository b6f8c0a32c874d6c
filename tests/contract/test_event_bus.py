"""What every EventBus must do; run against memory and against a real Redis."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Protocol

import pytest

from assist.buses.memory import MemoryBus
from assist.buses.redis import RedisBus, RedisBusLimits
from assist.errors import SlowSubscriberError, UnavailableError
from assist.ports import EventBus, Subscription
from tests.support.envelopes import closed, dropped, log, opened, outcome, partial, silence, utterance
from tests.support.redis_server import RedisServer

INBOX = 8
_prefixes = (f"test-{n}:" for n in count())


class OpenBus(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[EventBus]: ...


class _MemoryBus(MemoryBus):
    async def __aenter__(self) -> MemoryBus:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@pytest.fixture(params=["memory", "redis"])
def open_bus(request: pytest.FixtureRequest) -> OpenBus:
    """Opens an empty bus whose inboxes hold ``INBOX`` envelopes."""
    if request.param == "memory":
        return lambda: _MemoryBus(inbox_limit=INBOX)
    server: RedisServer = request.getfixturevalue("redis_server")
    prefix = next(_prefixes)
    return lambda: RedisBus.opened(server.url, prefix=prefix, limits=RedisBusLimits(inbox_envelopes=INBOX))


async def take(subscription: Subscription, until_seq: int) -> list[int]:
    """The seqs given, up to and with ``until_seq``."""
    seqs: list[int] = []
    async for envelope in subscription:
        seqs.append(envelope.seq)
        if envelope.seq == until_seq:
            break
    return seqs


async def test_a_subscriber_gets_envelopes_in_order(open_bus: OpenBus) -> None:
    envelopes = log("a", opened(), silence(), partial("u1", 1), utterance("u1"), closed())
    async with open_bus() as bus, bus.subscribe("a") as subscription:
        await bus.publish(envelopes[:2])
        await bus.publish(envelopes[2:])
        assert [await anext(subscription) for _ in envelopes] == envelopes


async def test_a_late_subscriber_gets_the_replay_first(open_bus: OpenBus) -> None:
    envelopes = log("a", opened(), silence(), silence(), silence())
    async with open_bus() as bus:
        await bus.publish(envelopes[:3])
        async with bus.subscribe("a") as subscription:
            await bus.publish(envelopes[3:])
            assert subscription.first_replayed == 1
            assert await take(subscription, 4) == [1, 2, 3, 4]
        async with bus.subscribe("a", after=2) as subscription:
            assert subscription.first_replayed == 1
            assert await take(subscription, 4) == [3, 4]


async def test_a_subscriber_ahead_of_the_bus_gets_only_what_it_lacks(open_bus: OpenBus) -> None:
    envelopes = log("a", *(silence(n) for n in range(1, 7)))
    async with open_bus() as bus:
        await bus.publish(envelopes[:2])
        async with bus.subscribe("a", after=4) as subscription:
            await bus.publish(envelopes[2:])
            assert await take(subscription, 6) == [5, 6]


async def test_an_unknown_call_has_no_replay(open_bus: OpenBus) -> None:
    async with open_bus() as bus, bus.subscribe("nobody", after=3) as subscription:
        assert subscription.first_replayed is None
        await bus.publish(log("nobody", silence(), silence(), first=3))
        assert await take(subscription, 4) == [4]


async def test_replay_leaves_out_superseded_partials(open_bus: OpenBus) -> None:
    events = (opened(), partial("u1", 1), partial("u2", 1), partial("u1", 2), utterance("u1"), partial("u2", 2))
    async with open_bus() as bus:
        await bus.publish(log("a", *events, dropped("u2"), partial("u3", 1)))
        async with bus.subscribe("a") as subscription:
            assert subscription.first_replayed == 1
            assert await take(subscription, 8) == [1, 5, 7, 8]


async def test_subscribers_hear_only_their_call(open_bus: OpenBus) -> None:
    async with open_bus() as bus, bus.subscribe("a") as to_a, bus.subscribe("b") as to_b:
        await bus.publish([*log("a", opened(), silence()), *log("b", opened())])
        assert [(await anext(to_a)).call_id for _ in range(2)] == ["a", "a"]
        assert (await anext(to_b)).call_id == "b"


async def test_a_subscriber_to_all_calls_hears_everything_from_now_on(open_bus: OpenBus) -> None:
    async with open_bus() as bus:
        await bus.publish(log("a", opened()))
        async with bus.subscribe(None) as subscription:
            assert subscription.first_replayed is None
            await bus.publish([*log("b", opened()), *log("a", silence(), first=2), *log("c", silence(), first=9)])
            heard = [await anext(subscription) for _ in range(3)]
        assert [(envelope.call_id, envelope.seq) for envelope in heard] == [("b", 1), ("a", 2), ("c", 9)]


async def test_publishing_again_delivers_nothing_twice(open_bus: OpenBus) -> None:
    envelopes = log("a", opened(), silence(), silence())
    async with open_bus() as bus, bus.subscribe("a") as one, bus.subscribe(None) as everything:
        await bus.publish(envelopes[:2])
        await bus.publish(envelopes)
        await bus.publish(log("a", closed(), first=4))
        await bus.publish(envelopes)
        await bus.publish(log("a", outcome("p1"), first=5))
        assert await take(one, 5) == [1, 2, 3, 4, 5]
        assert await take(everything, 5) == [1, 2, 3, 4, 5]


async def test_waiting_partials_are_coalesced_before_anything_is_lost(open_bus: OpenBus) -> None:
    events = [opened(), *(partial("u1", n) for n in range(1, 40)), utterance("u1"), *(partial("u2", n) for n in (1, 2))]
    async with open_bus() as bus, bus.subscribe("a") as subscription, bus.subscribe("b") as barrier:
        await bus.publish([*log("a", *events), *log("b", opened())])
        await anext(barrier)
        seqs = await take(subscription, len(events))
    assert {1, 41, 43} <= set(seqs)
    assert len(seqs) <= INBOX
    assert seqs == sorted(set(seqs))


async def test_a_slow_subscriber_is_told_and_its_neighbour_is_not_disturbed(open_bus: OpenBus) -> None:
    envelopes = log("a", *(silence(n) for n in range(1, INBOX + 2)))
    async with open_bus() as bus, bus.subscribe("a") as slow, bus.subscribe("a") as quick:
        for envelope in envelopes:
            await bus.publish([envelope])
            assert await anext(quick) == envelope
        with pytest.raises(SlowSubscriberError) as caught:
            await anext(slow)
        assert caught.value.code == "subscriber-too-slow"
        with pytest.raises(SlowSubscriberError):
            await anext(slow)
        async with bus.subscribe("a", after=2) as resumed:
            assert await take(resumed, INBOX + 1) == list(range(3, INBOX + 2))


async def test_a_hole_in_what_is_published_ends_the_subscription(open_bus: OpenBus) -> None:
    async with open_bus() as bus, bus.subscribe("a") as subscription:
        await bus.publish(log("a", opened(), silence()))
        assert await take(subscription, 2) == [1, 2]
        await bus.publish(log("a", silence(), silence(), first=5))
        with pytest.raises(SlowSubscriberError) as caught:
            await anext(subscription)
        assert caught.value.code == "bus-interrupted"
        async with bus.subscribe("a", after=2) as resumed:
            assert resumed.first_replayed == 5


async def test_closing_the_bus_ends_subscriptions_after_what_waits(open_bus: OpenBus) -> None:
    async with open_bus() as bus, bus.subscribe("a") as subscription:
        await bus.publish(log("a", opened(), silence()))
        assert await take(subscription, 1) == [1]
        async with bus.subscribe("a") as late:
            await bus.close()
            assert [envelope.seq async for envelope in late] == [1, 2]
        assert [envelope.seq async for envelope in subscription][-1:] in ([2], [])
        with pytest.raises(StopAsyncIteration):
            await anext(subscription)


async def test_a_waiting_subscriber_is_woken_when_the_bus_closes(open_bus: OpenBus) -> None:
    async with open_bus() as bus, bus.subscribe("a") as subscription:
        waiting = asyncio.ensure_future(anext(subscription, None))
        await asyncio.sleep(0)
        await bus.close()
        assert await waiting is None


async def test_a_closed_bus_refuses_with_its_code(open_bus: OpenBus) -> None:
    async with open_bus() as bus:
        await bus.close()
        await bus.close()
        with pytest.raises(UnavailableError) as caught:
            await bus.publish(log("a", opened()))
        assert caught.value.code == "bus-closed"
        with pytest.raises(UnavailableError):
            async with bus.subscribe("a"):
                pass


async def test_subscribing_in_the_middle_loses_and_repeats_nothing(open_bus: OpenBus) -> None:
    envelopes = log("a", *(silence(n) for n in range(1, 121)))
    async with open_bus() as bus:
        taken: list[list[int]] = []

        async def publish() -> None:
            for start in range(0, len(envelopes), 3):
                await bus.publish(envelopes[start : start + 3])
                await asyncio.sleep(0)

        async def follow(after: int) -> None:
            seqs: list[int] = []
            while after < len(envelopes):
                async with bus.subscribe("a", after=after) as subscription:
                    try:
                        async for envelope in subscription:
                            after = envelope.seq
                            seqs.append(after)
                            if after == len(envelopes):
                                break
                    except SlowSubscriberError:
                        continue
            taken.append(seqs)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish())
            for _ in range(10):
                tasks.create_task(follow(0))
                await asyncio.sleep(0)
        assert taken == [list(range(1, 121))] * 10
