"""Whatever is wrong with what comes over a connection, or does not come, costs nobody but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.outbox import OutboxLimits
from gateway.phone.limits import ConnectionLimits
from gateway.sources.codec import Action, JoinedCall
from tests.support.source_line import GRACE_S, Line, in_virtual_time
from tests.support.toy_source import ToyCodec, join, sound, word

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
