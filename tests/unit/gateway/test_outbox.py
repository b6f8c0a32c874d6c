"""What waits for a client: bounds, order, coalescing, slowness, and how a connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message
from starlette.websockets import WebSocket

from assist.errors import SlowSubscriberError
from gateway.outbox import Outbox, OutboxLimits, Sender
from gateway.wire import WebsocketWire


class Clock:
    """Virtual seconds."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def outbox(*, events: int = 3, replies: int = 2, slow_after_s: float = 10.0) -> tuple[Outbox[str], Clock]:
    clock = Clock()
    return Outbox(OutboxLimits(events=events, replies=replies, slow_after_s=slow_after_s), clock=clock), clock


async def test_everything_that_waits_is_taken_at_once_in_order() -> None:
    box, _ = outbox()
    box.put_reply("r1")
    await box.put_event("e1")
    box.put_reply("r2")
    assert await box.take() == ["r1", "e1", "r2"]


async def test_reply_replaces_the_waiting_one_with_its_key() -> None:
    box, _ = outbox()
    box.put_reply("ack 1", key="ack")
    await box.put_event("e1")
    box.put_reply("ack 2", key="ack")
    assert await box.take() == ["e1", "ack 2"]
    box.put_reply("ack 3", key="ack")
    assert await box.take() == ["ack 3"]


async def test_too_many_replies_mean_that_nobody_reads_them() -> None:
    box, _ = outbox(replies=2)
    box.put_reply("1")
    box.put_reply("2")
    with pytest.raises(SlowSubscriberError):
        box.put_reply("3")


async def test_superseded_events_go_only_when_room_is_short() -> None:
    box, _ = outbox(events=3)
    await box.put_event("p1", replaces="u", key="u")
    await box.put_event("p2", replaces="u", key="u")
    assert await box.take() == ["p1", "p2"]
    for number in range(1, 6):
        await box.put_event(f"p{number}", replaces="u", key="u")
    await box.put_event("final", replaces="u")
    assert await box.take() == ["p4", "p5", "final"]
    assert box.superseded == 3


async def test_event_waits_for_room_and_comes_after_what_was_taken() -> None:
    box, _ = outbox(events=1)
    await box.put_event("e1")
    waiting = asyncio.create_task(box.put_event("e2"))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await box.take() == ["e1"]
    await waiting
    assert await box.take() == ["e2"]


async def test_client_is_too_slow_by_the_age_of_its_oldest_unsent_event() -> None:
    box, clock = outbox(events=100, slow_after_s=10.0)
    await box.put_event("e1")
    clock.now_s = 9.9
    await box.put_event("e2")
    clock.now_s = 10.0
    with pytest.raises(SlowSubscriberError):
        await box.put_event("e3")


async def test_event_that_is_being_sent_still_counts_as_unsent() -> None:
    box, clock = outbox(slow_after_s=10.0)
    await box.put_event("e1")
    await box.take()
    clock.now_s = 10.0
    with pytest.raises(SlowSubscriberError):
        await box.put_event("e2")


async def test_event_that_was_sent_counts_no_more() -> None:
    box, clock = outbox(slow_after_s=10.0)
    await box.put_event("e1")
    await box.take()
    taking = asyncio.create_task(box.take())
    await asyncio.sleep(0)
    clock.now_s = 100.0
    await box.put_event("e2")
    assert await taking == ["e2"]


async def test_dropping_events_keeps_the_replies() -> None:
    box, _ = outbox()
    box.put_reply("r")
    await box.put_event("e1", key="u")
    await box.put_event("e2")
    assert box.drop_events() == 2
    assert await box.take() == ["r"]


async def test_closed_outbox_gives_what_waits_and_takes_nothing_more() -> None:
    box, _ = outbox()
    box.put_reply("r")
    box.close()
    box.put_reply("late")
    await box.put_event("late")
    assert await box.take() == ["r"]
    assert await box.take() is None


async def test_aborted_outbox_gives_nothing() -> None:
    box, _ = outbox()
    box.put_reply("r")
    box.abort()
    assert await box.take() is None


operations = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.sampled_from([None, "a", "b"])),
        st.tuples(st.just("reply"), st.sampled_from([None, "ack"])),
        st.tuples(st.just("take"), st.none()),
    ),
    max_size=60,
)


@given(operations)
async def test_only_superseded_items_are_ever_missing(steps: Sequence[tuple[str, str | None]]) -> None:
    box, _ = outbox(events=4, replies=100)
    sent: list[str] = []
    newest: dict[str, str] = {}
    unkeyed: list[str] = []
    for number, (kind, key) in enumerate(steps):
        name = f"{number}"
        if kind == "take":
            box.put_reply("tick")
            sent += await box.take() or ()
            continue
        if kind == "event":
            if box.waiting_events >= 4:
                sent += await box.take() or ()
            await box.put_event(name, replaces=key, key=key)
        else:
            box.put_reply(name, key=key and f"reply {key}")
        if key is None:
            unkeyed.append(name)
        else:
            newest[f"{kind} {key}"] = name
    box.close()
    sent += await box.take() or ()
    numbers = [int(item) for item in sent if item != "tick"]
    assert numbers == sorted(numbers)
    assert set(unkeyed) | set(newest.values()) <= set(sent)


# --- the sender --------------------------------------------------------------------------------------------------


class Peer:
    """An ASGI peer in memory; ``stuck`` takes nothing until it is let go."""

    def __init__(self, *, stuck: bool = False, closed_first: bool = False) -> None:
        self.closed_first = closed_first
        self.got: list[Message] = []
        self.reading = asyncio.Event()
        if not stuck:
            self.reading.set()
        self.socket = WebSocket({"type": "websocket", "headers": []}, self._receive, self._send)

    async def _receive(self) -> Message:
        return {"type": "websocket.connect"}

    async def _send(self, message: Message) -> None:
        if message["type"] != "websocket.accept":
            await self.reading.wait()
            if self.closed_first:
                raise RuntimeError("Unexpected ASGI message")
        self.got.append(message)

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.got if message["type"] == "websocket.send"]


def as_they_are(items: Sequence[str]) -> Sequence[str]:
    return items


async def test_sender_sends_what_waits_before_it_closes_with_the_first_code() -> None:
    peer, (box, _) = Peer(), outbox()
    await peer.socket.accept()
    sender = Sender(WebsocketWire(peer.socket), box, as_they_are, close_timeout_s=5.0)
    box.put_reply("error")
    sender.finish(4400)
    sender.finish(1000)
    await sender.run()
    assert peer.texts == ["error"]
    assert peer.got[-1]["code"] == 4400


async def test_stuck_client_is_given_up_after_the_close_timeout() -> None:
    peer, (box, _) = Peer(stuck=True), outbox()
    await peer.socket.accept()
    sender = Sender(WebsocketWire(peer.socket), box, as_they_are, close_timeout_s=0.0)
    running = asyncio.create_task(sender.run())
    box.put_reply("never read")
    await asyncio.sleep(0)
    sender.finish(4408)
    await running
    assert peer.texts == []


async def test_a_client_that_closed_first_is_gone_and_no_failure() -> None:
    for closes in (False, True):
        peer, (box, _) = Peer(closed_first=True), outbox()
        await peer.socket.accept()
        sender = Sender(WebsocketWire(peer.socket), box, as_they_are, close_timeout_s=5.0)
        if closes:
            sender.finish(1000)
        else:
            box.put_reply("never read")
        await sender.run()
        assert peer.texts == []


async def test_sender_ends_when_the_client_is_gone() -> None:
    peer, (box, _) = Peer(), outbox()
    await peer.socket.accept()
    sender = Sender(WebsocketWire(peer.socket), box, as_they_are, close_timeout_s=5.0)
    running = asyncio.create_task(sender.run())
    box.put_reply("last words")
    box.abort()
    await running
    assert [message["type"] for message in peer.got] == ["websocket.accept"]
