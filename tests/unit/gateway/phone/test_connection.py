"""A connection carries its codec's wishes out in order; whatever comes over it costs nobody but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from assist.errors import AuthenticationError, StoreError
from assist.messages import AudioGap, CallClosed, Party
from assist.supervisor import SupervisorLimits
from gateway.outbox import OutboxLimits
from gateway.phone.connection import KeyCheck, SourceConnection
from gateway.phone.limits import CallLimits, ConnectionLimits
from gateway.phone.switchboard import Switchboard
from gateway.sources.codec import Action, JoinedCall, Sound
from tests.support.fake_wire import CountedSources, FakeWire
from tests.support.fakes import ScriptedTranscriber
from tests.support.supervised import World, world
from tests.support.toy_source import ToyCodec, join, sound, word
from tests.support.virtual_time import run_in_virtual_time

GRACE_S = 5.0
PIECE_S = 0.02


class StereoCodec(ToyCodec):
    """Its binary messages are sound of both parties."""

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if isinstance(message, bytes):
            return (Sound("agent", message), Sound("customer", message))
        return super().receive(message, elapsed_s)


class Line:
    """A connection under test: its wire, its codec and the task that serves it."""

    def __init__(self, board: Switchboard, made: World, limits: ConnectionLimits) -> None:
        self._board = board
        self._made = made
        self._limits = limits
        self.metrics = CountedSources()

    def connect(self, codec: ToyCodec | None = None, *, check: KeyCheck | None = None) -> Peer:
        wire, codec = FakeWire(), codec or ToyCodec()
        connection = SourceConnection(
            wire,
            codec,
            source="toy",
            switchboard=self._board,
            bus=self._made.bus,
            metrics=self.metrics,
            check=check,
            limits=self._limits,
        )
        return Peer(wire, codec, connection, asyncio.create_task(connection.serve()))

    @property
    def calls(self) -> list[str]:
        return [call.call_id for call in self._made.supervisor.calls()]

    def closed(self, call_id: str) -> CallClosed:
        event = self._made.log(call_id)[-1].event
        assert isinstance(event, CallClosed)
        return event

    def gaps(self, call_id: str) -> list[tuple[Party, int, int]]:
        events = [envelope.event for envelope in self._made.log(call_id)]
        return [(event.party, event.start_ms, event.end_ms) for event in events if isinstance(event, AudioGap)]


class Peer:
    def __init__(
        self, wire: FakeWire, codec: ToyCodec, connection: SourceConnection, serving: asyncio.Task[None]
    ) -> None:
        self.wire, self.codec, self.connection, self.serving = wire, codec, connection, serving

    async def joins(self, *args: Sequence[Party], key: str | None = None) -> str:
        """The id of the call it has joined."""
        self.wire.say(join(*args, key=key))
        return (await self.wire.has_heard("joined")).split()[1]

    async def speaks(self, *parties: Party, seconds: float = 1.0) -> None:
        for _ in range(round(seconds / PIECE_S)):
            await asyncio.sleep(PIECE_S)
            self.wire.say(*(sound(party) for party in parties))

    async def leaves(self, *, is_clean: bool = True) -> None:
        self.wire.leave(is_clean=is_clean)
        await self.serving


def in_virtual_time(
    directory: Path,
    main: Callable[[Line], Awaitable[None]],
    *,
    limits: ConnectionLimits | None = None,
    call_limits: CallLimits | None = None,
) -> None:
    async def run(_: object) -> None:
        async with world(directory, ScriptedTranscriber(()), limits=SupervisorLimits(grace_s=GRACE_S)) as made:
            board = Switchboard(made.supervisor, limits=call_limits)
            await main(Line(board, made, limits or ConnectionLimits()))

    run_in_virtual_time(run)


# --- in order ------------------------------------------------------------------------------------------------------


def test_what_a_codec_says_goes_out_in_the_order_in_which_it_said_it(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        peer.wire.say(word("ping", n=1), join(["agent", "customer"]), word("ping", n=2))
        await peer.wire.has_heard("pong 2")
        beginnings = [str(text).partition(" ")[0] for text in peer.wire.heard]
        assert beginnings == ["hello", "pong", "opened", "joined", "pong"]
        await peer.speaks("agent", "customer")
        call_id = line.calls[0]
        peer.wire.say(word("leave"))
        await peer.wire.has_heard("closed {'agent': 1000, 'customer': 1000}")
        await peer.leaves()
        assert line.closed(call_id).cause == "hangup"
        assert line.gaps(call_id) == []
        assert line.metrics.open == 0

    in_virtual_time(tmp_path, main)


def test_both_legs_of_a_message_came_in_one_moment_however_the_clock_runs_meanwhile(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        loop, looks = asyncio.get_running_loop(), count()
        time = loop.time
        loop.time = lambda: time() + next(looks) * 0.0007
        peer = line.connect(StereoCodec())
        call_id = await peer.joins(["agent", "customer"])
        for pause_s in (0.02, 3.0, 0.02, 2.0, 0.02):
            await asyncio.sleep(pause_s)
            for _ in range(30):
                peer.wire.say(bytes(320))
                await asyncio.sleep(PIECE_S)
        await peer.leaves()
        await asyncio.sleep(1.0)
        agent, customer = ([gap[1:] for gap in line.gaps(call_id) if gap[0] == who] for who in ("agent", "customer"))
        assert len(agent) == 2
        assert agent == customer

    in_virtual_time(tmp_path, main)


def test_sound_that_waited_for_its_key_was_said_when_it_came(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        late = asyncio.Event()

        async def check() -> None:
            await late.wait()

        first, second = line.connect(check=check), line.connect()
        first.wire.say(join(["customer"], key="k", others=["agent"]))
        await first.speaks("customer", seconds=2.0)
        late.set()
        call_id = (await first.wire.has_heard("joined")).split()[1]
        assert await second.joins(["agent"], key="k") == call_id
        async with asyncio.TaskGroup() as group:
            group.create_task(first.speaks("customer", seconds=1.0))
            group.create_task(second.speaks("agent", seconds=1.0))
        for peer in (first, second):
            await peer.leaves()
        await asyncio.sleep(1.0)
        assert line.gaps(call_id) == [("agent", 0, 2_000)]
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [3_000, 3_000]

    in_virtual_time(tmp_path, main)


# --- keys ----------------------------------------------------------------------------------------------------------


def test_a_wrong_key_touches_no_call(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        async def check() -> None:
            await asyncio.sleep(0.1)
            raise AuthenticationError("Give a valid API key.")

        peer = line.connect(check=check)
        peer.wire.say(join(["mixed"]), sound("mixed"))
        await peer.serving
        assert peer.wire.closed == (4401, "not-authenticated")
        assert peer.codec.told == ["hello True", "opened"]
        assert line.calls == []
        assert line.metrics.failures == {"not-authenticated": 1}

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("hangs", [True, False])
def test_a_key_that_nobody_can_look_up_is_looked_up_again_with_the_next_wish(tmp_path: Path, hangs: bool) -> None:
    async def main(line: Line) -> None:
        looks = 0

        async def check() -> None:
            nonlocal looks
            looks += 1
            if looks == 1:
                if hangs:
                    await asyncio.sleep(3600)
                raise StoreError("The store is away.", code="store-unavailable")

        peer = line.connect(check=check)
        peer.wire.say(join(["mixed"]))
        await peer.wire.has_heard("failed store-unavailable")
        peer.wire.say(sound("mixed"), join(["mixed"]))
        await peer.wire.has_heard("joined")
        assert looks == 2
        await peer.leaves()

    in_virtual_time(tmp_path, main)


def test_what_waits_for_a_key_is_bounded(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        late = asyncio.Event()

        async def check() -> None:
            await late.wait()

        peer = line.connect(check=check)
        peer.wire.say(join(["mixed"]), *(sound("mixed", length_ms=500) for _ in range(4)))
        await asyncio.sleep(0.1)
        late.set()
        await peer.wire.has_heard("joined")
        await peer.leaves()
        assert line.metrics.remarks == {}
        lost = line.connect(check=lambda: asyncio.sleep(0.1))
        lost.wire.say(join(["mixed"]), sound("mixed", length_ms=2_000))
        await lost.wire.has_heard("joined")
        assert line.metrics.remarks == {"key-check-slow": 1}
        await lost.leaves()

    in_virtual_time(tmp_path, main, limits=ConnectionLimits(waiting_bytes=20_000))


# --- out of state --------------------------------------------------------------------------------------------------


def test_what_makes_sense_only_in_a_call_means_nothing_before_one(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        gap = word("gap", party="agent", ms=500, cause="lost")
        early = (sound("agent"), gap, word("mark", connection="paused"), word("agent", id="a"), word("leave"))
        peer.wire.say(*early, word("nonsense"), word("ping"))
        await peer.wire.has_heard("pong")
        assert line.calls == []
        assert line.metrics.remarks == {"unknown-event": 1}
        call_id = await peer.joins(["agent"])
        await peer.leaves()
        await asyncio.sleep(1.0)
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [0]

    in_virtual_time(tmp_path, main)


def test_there_is_one_call_at_a_time_and_another_after_it(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        first = await peer.joins(["mixed"])
        peer.wire.say(join(["mixed"]), word("ping"))
        await peer.wire.has_heard("pong")
        assert line.calls == [first]
        peer.wire.say(word("leave"), sound("mixed"), word("leave"))
        await peer.wire.has_heard("closed {'mixed': 0}")
        peer.wire.heard.clear()
        assert await peer.joins(["mixed"]) != first
        await peer.leaves()

    in_virtual_time(tmp_path, main)


def test_nothing_more_is_taken_of_a_call_that_was_refused(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        peer.wire.say(join(["agent", "mixed"]), sound("agent"), word("leave"))
        await peer.wire.has_heard("failed bad-legs")
        assert line.metrics.failures == {"bad-legs": 1}
        await peer.joins(["mixed"])
        await peer.leaves()

    in_virtual_time(tmp_path, main)


# --- too much and too little ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["x" * 1_001, bytes(1_001)])
def test_a_huge_message_ends_its_own_connection(tmp_path: Path, message: str | bytes) -> None:
    async def main(line: Line) -> None:
        other, peer = line.connect(), line.connect()
        call_id = await other.joins(["mixed"])
        peer.wire.say(message)
        await peer.serving
        assert peer.wire.closed == (1009, "")
        assert peer.codec.told == ["hello True"]
        await other.speaks("mixed")
        await other.leaves()
        await asyncio.sleep(1.0)
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [1_000]

    in_virtual_time(tmp_path, main, limits=ConnectionLimits(message_bytes=1_000))


def test_a_flood_of_texts_ends_its_own_connection(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        peer.wire.say(*[word("ping")] * 60)
        await peer.serving
        assert peer.wire.closed == (4429, "")
        assert line.metrics.remarks == {"text-flood": 1}

    in_virtual_time(tmp_path, main, limits=ConnectionLimits(texts_per_s=50))


def test_who_says_nothing_is_sent_away_and_who_trickles_is_not(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        silent, slow = line.connect(), line.connect()
        for _ in range(4):
            await asyncio.sleep(250.0)
            slow.wire.say(word("ping"))
        await silent.serving
        assert silent.wire.closed == (4408, "")
        assert slow.wire.closed is None
        await slow.serving
        assert asyncio.get_running_loop().time() == pytest.approx(1_300.0)
        assert slow.wire.closed == (4408, "")

    in_virtual_time(tmp_path, main)


def test_who_trickles_in_a_call_holds_nobody_up_and_stays(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        slow = line.connect()
        call_id = await slow.joins(["agent"], key="slow")
        for _ in range(10):
            await asyncio.sleep(60.0)
            slow.wire.say(sound("agent"))
        other = line.connect()
        other_id = await other.joins(["mixed"])
        await other.speaks("mixed")
        for peer in (other, slow):
            await peer.leaves()
        await asyncio.sleep(1.0)
        assert [leg.received_ms for leg in line.closed(other_id).ledger] == [1_000]
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [pytest.approx(540_020, abs=50)]

    in_virtual_time(tmp_path, main)


def test_after_a_call_a_silent_connection_is_closed_as_it_should_be(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        await peer.joins(["mixed"])
        peer.wire.say(word("leave"))
        await peer.wire.has_heard("closed")
        await peer.serving
        assert peer.wire.closed == (1000, "")
        assert asyncio.get_running_loop().time() == pytest.approx(60.0, abs=1.0)

    in_virtual_time(tmp_path, main)


def test_a_codecs_deadline_is_told_once(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        peer.wire.say(word("deadline", in_s=2.0))
        await asyncio.sleep(100.0)
        assert peer.codec.told.count("expired") == 1
        await peer.leaves()

    in_virtual_time(tmp_path, main)


def test_a_deadline_that_begins_while_nobody_says_anything_is_told(tmp_path: Path) -> None:
    class Impatient(ToyCodec):
        def joined(self, call: JoinedCall) -> Sequence[Action]:
            self.deadline_s = 5.0
            return super().joined(call)

    async def main(line: Line) -> None:
        peer = line.connect(Impatient(), check=lambda: asyncio.sleep(1.0))
        peer.wire.say(join(["mixed"]))
        await peer.wire.has_heard("expired")
        assert asyncio.get_running_loop().time() == pytest.approx(5.0)
        await peer.leaves()

    in_virtual_time(tmp_path, main)


# --- half-open -----------------------------------------------------------------------------------------------------


def test_who_reads_nothing_is_heard_all_the_same(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        call_id = await peer.joins(["mixed"])
        peer.wire.stop_reading()
        peer.wire.say(*[word("ping")] * 20)
        await peer.speaks("mixed")
        assert line.metrics.remarks["answers-unread"] > 0
        peer.wire.say(word("leave"), word("hang"))
        await peer.serving
        assert peer.wire.closed is None
        await asyncio.sleep(1.0)
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [1_000]

    limits = replace(ConnectionLimits(), outbox=OutboxLimits(replies=8))
    in_virtual_time(tmp_path, main, limits=limits)


@pytest.mark.parametrize(("key", "ends_after_s"), [("k", GRACE_S), (None, 0.0)])
def test_who_is_lost_may_come_back_where_others_can_find_the_call(
    tmp_path: Path, key: str | None, ends_after_s: float
) -> None:
    async def main(line: Line) -> None:
        peer = line.connect()
        call_id = await peer.joins(["mixed"], key=key)
        await peer.speaks("mixed")
        await peer.leaves(is_clean=False)
        await asyncio.sleep(max(0.0, ends_after_s - 0.1))
        if key is not None:
            assert line.calls == [call_id]
        await asyncio.sleep(0.2)
        assert line.closed(call_id).cause == "source-lost"

    in_virtual_time(tmp_path, main)


def test_a_service_that_goes_down_says_so_and_waits_for_the_record(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        idle, busy = line.connect(), line.connect()
        call_id = await busy.joins(["mixed"])
        await busy.speaks("mixed")
        for peer in (idle, busy):
            peer.connection.stop()
        await idle.serving
        assert idle.wire.closed == (1001, "")
        assert busy.wire.closed is None
        busy.wire.say(word("leave"))
        await busy.serving
        assert busy.wire.closed == (1001, "")
        assert busy.codec.told[-2:] == ["stopping", "closed {'mixed': 1000}"]
        assert [leg.received_ms for leg in line.closed(call_id).ledger] == [1_000]

    in_virtual_time(tmp_path, main)
