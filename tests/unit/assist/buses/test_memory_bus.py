"""Bounds of the in-memory bus, and replay against live under any interleaving."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.buses.inbox import FAIR_SHARE
from assist.buses.memory import MemoryBus
from assist.errors import SlowSubscriberError
from assist.messages import Envelope, Event, PartialTranscript, Utterance
from assist.ports import Subscription
from tests.support.envelopes import closed, log, opened, outcome, partial, silence, utterance


async def next_ready(subscription: Subscription) -> Envelope | None:
    """What can be taken without waiting for a publisher; None when there is nothing."""
    waiting = asyncio.ensure_future(anext(subscription, None))
    for _ in range(3):
        await asyncio.sleep(0)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None


async def held_of(bus: MemoryBus, call_id: str) -> list[int]:
    """The seqs a new subscriber is replayed."""
    seqs: list[int] = []
    async with bus.subscribe(call_id) as subscription:
        while (envelope := await next_ready(subscription)) is not None:
            seqs.append(envelope.seq)
    return seqs


async def test_the_ring_holds_the_newest_envelopes() -> None:
    bus = MemoryBus(ring_limit=4)
    await bus.publish(log("a", opened(), *(silence(n) for n in range(1, 9))))
    async with bus.subscribe("a", after=3) as subscription:
        assert subscription.first_replayed == 6
    assert await held_of(bus, "a") == [6, 7, 8, 9]


async def test_partials_of_finished_utterances_take_no_room_in_the_ring() -> None:
    bus = MemoryBus(ring_limit=6)
    spoken = [event for n in range(4) for event in (partial(f"u{n}", 1), partial(f"u{n}", 2), utterance(f"u{n}"))]
    await bus.publish(log("a", opened(), *spoken, partial("u9", 1)))
    assert await held_of(bus, "a") == [1, 4, 7, 10, 13, 14]


async def test_rings_of_closed_calls_are_freed_oldest_first() -> None:
    bus = MemoryBus(closed_calls=2)
    await bus.publish(log("live", opened()))
    for name in ("a", "b", "c"):
        await bus.publish(log(name, opened(), closed()))
    assert await held_of(bus, "a") == []
    assert [await held_of(bus, name) for name in ("b", "c", "live")] == [[1, 2], [1, 2], [1]]


async def test_an_outcome_after_the_close_does_not_bring_a_ring_back_for_ever() -> None:
    bus = MemoryBus(closed_calls=2)
    for number in range(5):
        await bus.publish(log(f"call-{number}", outcome("p1"), first=90))
    assert [await held_of(bus, f"call-{number}") for number in range(5)] == [[], [], [], [90], [90]]


async def test_what_was_given_up_is_counted() -> None:
    bus = MemoryBus(inbox_limit=2)
    async with bus.subscribe("a"), bus.subscribe("a"):
        await bus.publish(log("a", *(partial("u1", n) for n in range(1, 5)), silence(), silence()))
        await bus.publish(log("a", silence(), first=9))
    assert bus.counts.slow_subscribers == 2
    assert bus.counts.partials_coalesced == 2 * 3
    assert bus.counts.interrupted_subscribers == 0


async def test_a_long_replay_gives_other_tasks_their_turn() -> None:
    bus = MemoryBus()
    await bus.publish(log("a", *(silence(n) for n in range(3 * FAIR_SHARE))))
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with bus.subscribe("a") as subscription:
        task = asyncio.create_task(other())
        for _ in range(3 * FAIR_SHARE):
            await anext(subscription)
        task.cancel()
    assert turns >= 2


@pytest.mark.parametrize("limits", [{"ring_limit": 0}, {"inbox_limit": 0}, {"closed_calls": -1}])
def test_bounds_are_checked(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        MemoryBus(**limits)


@dataclass(slots=True)
class Reader:
    """A subscriber that knows the log up to ``known`` and notes what it is given."""

    subscription: Subscription
    known: int
    given: list[int] = field(default_factory=list[int])


EVENTS = st.sampled_from([silence(), partial("u1", 1), partial("u2", 1), utterance("u1"), utterance("u2")])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.lists(EVENTS, min_size=1, max_size=5)),
        st.tuples(st.just("subscribe"), st.integers(0, 12)),
        st.tuples(st.just("take"), st.integers(0, 7)),
    ),
    max_size=30,
)


def needed(published: list[Envelope], after: int) -> set[int]:
    """What nobody may miss: all but the partials that a later envelope supersedes."""
    seqs: set[int] = set()
    said: set[str] = set()
    for envelope in reversed(published[after:]):
        event: Event = envelope.event
        if isinstance(event, PartialTranscript) and event.utterance_id in said:
            continue
        if isinstance(event, PartialTranscript | Utterance):
            said.add(event.utterance_id)
        seqs.add(envelope.seq)
    return seqs


@given(STEPS, st.integers(1, 6), st.integers(1, 40))
async def test_no_interleaving_loses_or_repeats_an_envelope(
    steps: list[tuple[str, list[Event] | int]], inbox_limit: int, ring_limit: int
) -> None:
    bus = MemoryBus(inbox_limit=inbox_limit, ring_limit=ring_limit)
    published: list[Envelope] = []
    readers: list[Reader] = []
    async with AsyncExitStack() as stack:
        for step, argument in steps:
            if isinstance(argument, list):
                more = log("a", *argument, first=len(published) + 1)
                published += more
                await bus.publish(more)
            elif step == "subscribe":
                known = min(argument, len(published))
                subscription = await stack.enter_async_context(bus.subscribe("a", after=known))
                first = subscription.first_replayed
                # What the ring no longer holds, the subscriber reads from the store.
                readers.append(Reader(subscription, known if first is None else max(known, first - 1)))
            elif readers:
                await take_some(readers[argument % len(readers)], 1)
        await bus.close()
        for reader in readers:
            is_whole = await take_some(reader, len(published) + 1)
            assert reader.given == sorted(set(reader.given))
            assert all(seq > reader.known for seq in reader.given)
            if is_whole:
                assert set(reader.given) >= needed(published, reader.known)


async def take_some(reader: Reader, count: int) -> bool:
    """Take what is there; False when the subscriber was too slow."""
    for _ in range(count):
        try:
            envelope = await next_ready(reader.subscription)
        except SlowSubscriberError:
            return False
        if envelope is None:
            return True
        reader.given.append(envelope.seq)
    return True
