"""The desk door over real sockets: what a person sees, and what reaches the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assist.buses.memory import MemoryBus
from assist.messages import Because, Envelope, Event, PartialTranscript, Prompt, PromptOutcome, envelope_adapter
from assist.outcomes import ResultReport
from assist.view import CallView, fold, fold_all
from gateway.desk import DeskLimits
from gateway.outbox import OutboxLimits
from tests.support.doors import Doors, Peer, open_doors
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.reviews import opening

SCRIPT = tuple(
    Said("customer" if number % 2 else "agent", number * 1000 + 100, number * 1000 + 600, f"第{number}句")
    for number in range(5)
)
AGENT = {"agent_id": "1001", "name": "林晓"}
EAGER = DeskLimits(calls_every_s=0.0)


@asynccontextmanager
async def call(doors: Doors, call_id: str = "c1", **fields: Any) -> AsyncGenerator[Peer]:
    async with doors.ingest() as peer:
        await peer.open(**({"call_id": call_id, "agent": AGENT} | fields))
        yield peer


async def talk(peer: Peer, seconds: int) -> None:
    """Let the call go on and wait until all of it is logged."""
    for _ in range(seconds):
        await peer.audio(bytes(32_000))
    await peer.send("ping", id="said")
    await peer.expect("pong")


async def hang_up(peer: Peer) -> None:
    await peer.send("close")
    await peer.expect("closed")


class Screen:
    """Folds what a desk receives, exactly as the browser does, and insists that nothing is lost or repeated."""

    def __init__(self) -> None:
        self.view = CallView(call_id="")
        self.seqs: list[int] = []
        self.snapshots = 0

    def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "snapshot":
            self.view = CallView.model_validate(message["view"])
            self.snapshots += 1
        elif message["type"] == "events":
            for envelope in (envelope_adapter.validate_python(item) for item in message["envelopes"]):
                assert envelope.seq > self.view.seq
                self.seqs.append(envelope.seq)
                self.view = fold(self.view, envelope)

    async def watch(self, peer: Peer, *, until_seq: int | None = None) -> None:
        """Follow to this seq, or to the end of the call."""
        while self.view.closed is None if until_seq is None else self.view.seq < until_seq:
            self.take(await peer.receive())


def stored_view(doors: Doors, call_id: str = "c1") -> CallView:
    return fold_all(call_id, [doors.store.logs[call_id][seq] for seq in sorted(doors.store.logs[call_id])])


def prompt(prompt_id: str) -> Event:
    because = Because(rule="r@1", reason="测试", evidence=())
    return Prompt(
        prompt_id=prompt_id, kind="offer", title="t", body="b", because=because, at_ms=0, said_ms=0, expires_ms=9
    )


async def log_events(doors: Doors, call_id: str, events: Sequence[Event], *, first_seq: int) -> None:
    at = next(iter(doors.store.logs[call_id].values())).at
    rows = [Envelope(call_id=call_id, seq=first_seq + i, at=at, event=event) for i, event in enumerate(events)]
    await doors.store.append(rows)
    await doors.bus.publish(rows)


# --- greeting and list -------------------------------------------------------------------------------------------


async def test_desk_is_greeted_and_shown_the_open_calls_as_they_come_and_go(tmp_path: Path) -> None:
    async with open_doors(tmp_path, desk=EAGER) as doors, doors.desk() as desk:
        hello = await desk.receive()
        assert hello["user"] == {
            "user_id": "user-supervisor",
            "name": "display name of supervisor",
            "role": "supervisor",
            "agent_id": None,
        }
        assert hello["server"] == {"name": "livecue", "version": "test"}
        assert (await desk.expect("calls"))["calls"] == []
        async with call(doors) as peer:
            (row,) = (await desk.expect("calls"))["calls"]
            assert (row["call_id"], row["agent_id"], row["closed_at"]) == ("c1", "1001", None)
            await hang_up(peer)
        while (await desk.expect("calls"))["calls"]:
            pass


async def test_agent_is_shown_only_own_calls(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path, desk=EAGER) as doors,
        call(doors, "mine"),
        call(doors, "other", agent=None),
        doors.desk("agent-1001") as desk,
        doors.desk("agent-1002") as stranger,
    ):
        assert [row["call_id"] for row in (await desk.expect("calls"))["calls"]] == ["mine"]
        assert (await stranger.expect("calls"))["calls"] == []
        await stranger.expect_error("not-permitted", "subscribe", call_id="mine")
        await desk.expect_error("not-permitted", "subscribe", call_id="other")
        outcome = {"id": "9", "call_id": "mine", "prompt_id": "p", "outcome": "accepted"}
        assert (await stranger.expect_error("not-permitted", "outcome", **outcome))["id"] == "9"
        await desk.send("subscribe", call_id="mine")
        assert (await desk.expect("snapshot"))["view"]["agent"] == {**AGENT, "attributes": {}}


async def test_agent_loses_sight_of_a_call_that_is_handed_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, call(doors) as peer, doors.desk("agent-1001") as desk:
        await desk.send("subscribe", call_id="c1")
        await desk.expect("snapshot")
        await peer.send("update", agent={"agent_id": "1002"})
        while (message := await desk.receive())["type"] != "error":
            assert message["type"] == "calls"
        assert message["code"] == "not-permitted"


# --- following a call --------------------------------------------------------------------------------------------


async def test_screen_of_a_live_call_equals_the_stored_record(tmp_path: Path) -> None:
    screen = Screen()
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT)) as doors, doors.desk() as desk:
        async with call(doors) as peer:
            await talk(peer, 2)
            await desk.send("subscribe", call_id="c1")
            await screen.watch(desk, until_seq=1)
            await talk(peer, 4)
            await hang_up(peer)
        await screen.watch(desk)
    assert screen.snapshots == 1
    assert screen.view == stored_view(doors)
    assert len([line for line in screen.view.lines if line.final]) == 5


@pytest.mark.parametrize("ring_limit", [4096, 3])
async def test_reconnected_desk_loses_and_repeats_nothing(tmp_path: Path, ring_limit: int) -> None:
    """With a short ring the store fills what the bus no longer holds."""
    screen = Screen()
    bus = MemoryBus(ring_limit=ring_limit)
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT), bus=bus) as doors, call(doors) as peer:
        async with doors.desk() as desk:
            await desk.send("subscribe", call_id="c1")
            await screen.watch(desk, until_seq=1)
            await talk(peer, 2)
            await screen.watch(desk, until_seq=3)
            desk.cut()
        await talk(peer, 2)
        seen_seq = screen.view.seq
        async with doors.desk() as desk:
            await desk.send("subscribe", call_id="c1", after=seen_seq)
            await talk(peer, 2)
            await hang_up(peer)
            await screen.watch(desk)
    assert screen.snapshots == 1
    left_out = set(range(screen.seqs[0], screen.view.seq + 1)) - set(screen.seqs)
    assert all(isinstance(doors.store.logs["c1"][seq].event, PartialTranscript) for seq in left_out)
    assert screen.view == stored_view(doors)


async def test_client_that_missed_too_much_or_claims_the_future_gets_a_snapshot(tmp_path: Path) -> None:
    desk_limits = DeskLimits(catch_up_envelopes=2)
    bus = MemoryBus(ring_limit=2)
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(SCRIPT), desk=desk_limits, bus=bus) as doors:
        async with call(doors) as peer:
            await talk(peer, 5)
            await hang_up(peer)
        async with doors.desk() as desk:
            for after in (1, 10_000):
                screen = Screen()
                await desk.send("subscribe", call_id="c1", after=after)
                await screen.watch(desk)
                assert screen.snapshots == 1
                assert screen.view == stored_view(doors)


async def test_closed_call_is_shown_from_the_store_and_later_outcomes_still_arrive(tmp_path: Path) -> None:
    async with open_doors(tmp_path, bus=MemoryBus(closed_calls=0)) as doors:
        async with call(doors) as peer:
            await hang_up(peer)
        await log_events(doors, "c1", [prompt("p1")], first_seq=len(doors.store.logs["c1"]) + 1)
        async with doors.desk() as desk:
            screen = Screen()
            await desk.send("subscribe", call_id="c1")
            await screen.watch(desk)
            assert screen.view == stored_view(doors)
            await desk.send("outcome", id="1", call_id="c1", prompt_id="p1", outcome="accepted")
            await screen.watch(desk, until_seq=screen.view.seq + 1)
        assert screen.view.prompts[0].state == "accepted"
        assert screen.view == stored_view(doors)


async def test_what_is_logged_of_reviews_reaches_no_desk_and_later_events_do(tmp_path: Path) -> None:
    reviews = [opening("r-1"), opening("r-2")]
    async with open_doors(tmp_path) as doors:
        async with call(doors) as peer:
            await hang_up(peer)
        screen = Screen()
        async with doors.desk() as desk:
            await desk.send("subscribe", call_id="c1")
            await screen.watch(desk)
            before = screen.view.seq
            for by in ("u-1", "u-2"):
                await doors.supervisor.closed_logs.add_apart("c1", lambda _log: reviews, reads=())
                result = await doors.supervisor.record_result("c1", ResultReport("sold", by, "agent"))
                await screen.watch(desk, until_seq=result.seq)
        again = Screen()
        async with doors.desk() as desk:
            await desk.send("subscribe", call_id="c1", after=before)
            await again.watch(desk, until_seq=screen.view.seq)
        seen = {doors.store.logs["c1"][seq].event.type for seq in (*screen.seqs, *again.seqs)}
    assert seen == {"result"}
    assert len(screen.seqs) == len(again.seqs) == 2


async def test_new_subscription_replaces_the_old_one(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path, desk=EAGER) as doors,
        call(doors, "a") as a,
        call(doors, "b") as b,
        doors.desk() as desk,
    ):
        await desk.send("subscribe", call_id="a")
        await desk.expect("snapshot")
        await desk.send("subscribe", call_id="b")
        assert (await desk.expect("snapshot"))["call_id"] == "b"
        await a.send("update", agent={"agent_id": "7"})
        await a.send("ping", id=1)
        await a.expect("pong")
        await b.send("update", agent={"agent_id": "8"})
        assert (await desk.expect("events"))["call_id"] == "b"
        await desk.send("unsubscribe")
        await desk.send("ping", id="x")
        await desk.expect("pong")
        await b.send("update", agent={"agent_id": "9"})
        await b.send("ping", id=1)
        await b.expect("pong")
        await desk.send("ping", id="y")
        while (message := await desk.receive())["type"] != "pong":
            assert message["type"] == "calls"


async def test_burst_of_events_reaches_every_one_of_ten_desks(tmp_path: Path) -> None:
    script = [Said("agent", start_ms, start_ms + 50, "嗯") for start_ms in range(0, 20_000, 100)]
    small = DeskLimits(outbox=OutboxLimits(events=8))
    async with open_doors(tmp_path, transcriber=ScriptedTranscriber(script), desk=small) as doors, call(doors) as peer:

        async def watch() -> CallView:
            screen = Screen()
            async with doors.desk() as desk:
                await desk.send("subscribe", call_id="c1")
                await screen.watch(desk, until_seq=1)
                await all_watching.wait()
                await screen.watch(desk)
            return screen.view

        all_watching = asyncio.Barrier(11)
        desks = [asyncio.create_task(watch()) for _ in range(10)]
        await all_watching.wait()
        await talk(peer, 21)
        await hang_up(peer)
        views = await asyncio.gather(*desks)
        assert all(view == stored_view(doors) for view in views)
        assert len(views[0].lines) == 200


async def test_desk_that_reads_too_slowly_is_sent_away_to_come_back(tmp_path: Path) -> None:
    slow = DeskLimits(outbox=OutboxLimits(slow_after_s=0.0))
    async with open_doors(tmp_path, desk=slow) as doors, call(doors) as peer, doors.desk() as desk:
        await desk.send("subscribe", call_id="c1")
        await desk.expect("snapshot")
        await peer.send("update", agent={"agent_id": "7"})
        assert await desk.close_code() == 4408
        assert doors.metrics.errors == ["subscriber-too-slow"]


# --- outcomes ----------------------------------------------------------------------------------------------------


async def test_outcome_is_answered_only_when_the_store_has_it(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, call(doors) as peer, doors.desk("agent-1001") as desk:
        await hang_up(peer)
        await log_events(doors, "c1", [prompt("p1")], first_seq=len(doors.store.logs["c1"]) + 1)
        shown = {"call_id": "c1", "prompt_id": "p1", "outcome": "shown", "shown_after_ms": 640}
        await desk.send("outcome", id="a", **shown)
        answer = await desk.expect("outcome-stored")
        assert answer["id"] == "a"
        event = doors.store.logs["c1"][answer["seq"]].event
        assert isinstance(event, PromptOutcome)
        assert (event.outcome, event.shown_after_ms, event.by) == ("shown", 640, "user-1001")


async def test_outcome_reaches_the_store_although_the_page_was_closed_at_once(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        async with call(doors) as peer:
            await hang_up(peer)
        last_seq = len(doors.store.logs["c1"]) + 1
        await log_events(doors, "c1", [prompt("p1")], first_seq=last_seq)
        async with doors.bus.subscribe("c1", after=last_seq) as subscription:
            async with doors.desk() as desk:
                await desk.send("outcome", id="a", call_id="c1", prompt_id="p1", outcome="accepted")
            event = (await anext(subscription)).event
        assert isinstance(event, PromptOutcome)
        assert event.outcome == "accepted"


async def test_outcome_that_cannot_be_stored_is_refused_with_its_id(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.desk() as desk:
        async with call(doors) as peer:
            await hang_up(peer)
        await log_events(doors, "c1", [prompt("p1")], first_seq=len(doors.store.logs["c1"]) + 1)
        outcome = {"id": 5, "call_id": "c1", "prompt_id": "p1", "outcome": "accepted"}
        assert (await desk.expect_error("unknown-prompt", "outcome", **(outcome | {"prompt_id": "p2"})))["id"] == 5
        assert (await desk.expect_error("unknown-call", "outcome", **(outcome | {"call_id": "c2"})))["id"] == 5
        assert (await desk.expect_error("bad-message", "outcome", **(outcome | {"outcome": "sold"})))["id"] == 5
        doors.store.failing = True
        assert (await desk.expect_error("store-unavailable", "outcome", **outcome))["id"] == 5
        doors.store.failing = False
        await desk.send("outcome", **outcome)
        assert (await desk.expect("outcome-stored"))["id"] == 5


async def test_desk_is_closed_when_its_session_ends(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.desk() as desk:
        await desk.expect("hello")
        doors.session_ended.set()
        while (message := await desk.receive())["type"] != "error":
            pass
        assert message["code"] == "not-authenticated"
        assert await desk.close_code() == 4401


# --- bad input ---------------------------------------------------------------------------------------------------


async def test_wrong_messages_are_answered_and_the_desk_goes_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.desk() as desk:
        for frame, code in (
            ("{", "bad-json"),
            ("[1]", "bad-json"),
            ("{}", "bad-message"),
            (b"\0", "bad-message"),
            ('{"type":"dance"}', "unknown-message"),
            ('{"type":"subscribe"}', "bad-message"),
            ('{"type":"subscribe","call_id":"..","id":"s"}', "bad-message"),
            ('{"type":"subscribe","call_id":"nobody"}', "unknown-call"),
            ('{"type":"subscribe","call_id":"c","after":-1}', "bad-message"),
        ):
            await desk.connection.send(frame)
            while (message := await desk.receive())["type"] != "error":
                pass
            assert message["code"] == code
        await desk.send("ping", id="still here")
        assert (await desk.expect("pong"))["id"] == "still here"


async def test_flood_and_oversized_frames_end_the_connection(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors:
        async with doors.desk() as desk:
            for number in range(60):
                await desk.send("ping", id=number)
            assert await desk.close_code() == 4429
        async with doors.desk() as desk:
            await desk.connection.send("x" * 70_000)
            assert await desk.close_code() == 1009
