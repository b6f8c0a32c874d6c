"""A connection carries its codec's wishes out in order; whatever comes over it costs nobody but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count, pairwise
from pathlib import Path

import pytest

from assist.errors import AuthenticationError, StoreError
from assist.turns import OPENINGS_A_PASS
from gateway.phone.limits import ConnectionLimits
from gateway.sources.codec import Action, Sound
from tests.support.source_line import PIECE_S, Line, in_virtual_time
from tests.support.toy_source import ToyCodec, join, sound, word


class StereoCodec(ToyCodec):
    """Its binary messages are sound of both parties."""

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if isinstance(message, bytes):
            return (Sound("agent", message), Sound("customer", message))
        return super().receive(message, elapsed_s)


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


def test_a_crowd_opens_its_calls_in_turns_also_where_no_key_is_asked_for(tmp_path: Path) -> None:
    async def main(line: Line) -> None:
        peers = [line.connect() for _ in range(8)]
        await asyncio.sleep(1.0)  # long after they were let in, they ask all at once
        for peer in peers:
            peer.wire.say(join(["agent", "customer"]))
        opened = [0]
        while opened[-1] < len(peers):
            await asyncio.sleep(0)
            opened.append(len(line.calls))
        assert max(now - before for before, now in pairwise(opened)) == OPENINGS_A_PASS
        for peer in peers:
            await peer.leaves()

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
