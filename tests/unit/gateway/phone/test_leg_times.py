"""What each connection of a call misses is declared once, as long as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.unit.gateway.phone.phone import Phone, in_virtual_time, now_s, received, speak, until


def test_two_legs_on_one_connection_have_no_gaps(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], None)
        await speak(seat, "agent", "customer", from_s=0.0, to_s=4.0)
        seat.leave()
        closed = await seat.closed()
        assert closed.cause == "hangup"
        assert received(closed) == {"agent": 4_000, "customer": 4_000}
        assert phone.gaps(seat.call_id) == []

    in_virtual_time(tmp_path, main)


def test_the_second_leg_is_as_late_as_it_came(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        first = phone.join(["customer"], others=["agent"])
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(first, "customer", from_s=0.0, to_s=10.0))
            await until(1.4)
            second = phone.join(["agent"], others=["customer"])
            assert second.call_id == first.call_id
            assert second.positions_ms == {"agent": 0}
            await speak(second, "agent", from_s=1.4, to_s=10.0)
        second.leave()
        assert phone.made.supervisor.calls()[0].closed_at is None
        first.leave()
        closed = await first.closed()
        assert received(closed) == {"customer": 10_000, "agent": 10_000}
        assert phone.gaps(first.call_id) == [("agent", 0, 1_400, "lost", True)]

    in_virtual_time(tmp_path, main)


def test_the_second_leg_is_no_later_when_it_comes_at_once(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        first, second = phone.join(["customer"], others=["agent"]), phone.join(["agent"], others=["customer"])
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(first, "customer", from_s=0.0, to_s=3.0))
            group.create_task(speak(second, "agent", from_s=0.0, to_s=3.0))
        for seat in (first, second):
            seat.leave()
        assert received(await first.closed()) == {"customer": 3_000, "agent": 3_000}
        assert phone.gaps(first.call_id) == []

    in_virtual_time(tmp_path, main)


def test_words_do_not_wait_for_a_leg_that_never_comes(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["customer"], others=["agent"])
        await speak(seat, "customer", from_s=0.0, to_s=4.0)
        assert phone.finals(seat.call_id) == ["您好", "查流量"]
        seat.leave()
        assert received(await seat.closed()) == {"customer": 4_000, "agent": 0}

    in_virtual_time(tmp_path, main)


def test_a_leg_that_was_announced_may_come_just_after_the_other_has_left(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        first = phone.join(["customer"], others=["agent"])
        await speak(first, "customer", from_s=0.0, to_s=1.0)
        first.leave()
        await until(1.5)
        second = phone.join(["agent"], others=["customer"])
        assert second.call_id == first.call_id
        await speak(second, "agent", from_s=1.5, to_s=3.0)
        second.leave()
        assert received(await second.closed()) == {"customer": 1_000, "agent": 3_000}
        assert asyncio.get_running_loop().time() == pytest.approx(3.0)

    in_virtual_time(tmp_path, main)


def test_words_do_not_wait_for_a_leg_that_is_silent_on_the_wire(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["customer"], others=["agent"])
        silent = phone.join(["agent"])
        await speak(seat, "customer", from_s=0.0, to_s=4.0)
        assert phone.finals(seat.call_id) == ["您好", "查流量"]
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(seat, "customer", from_s=4.0, to_s=10.0))
            group.create_task(speak(silent, "agent", from_s=9.0, to_s=10.0))
        for one in (seat, silent):
            one.leave()
        assert received(await seat.closed()) == {"customer": 10_000, "agent": 10_000}
        assert phone.gaps(seat.call_id) == [("agent", 0, 9_000, "lost", True)]

    in_virtual_time(tmp_path, main)


def test_a_stall_of_one_leg_is_one_gap_and_costs_the_other_nothing(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        customer, agent = phone.join(["customer"], others=["agent"]), phone.join(["agent"])
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(customer, "customer", from_s=0.0, to_s=10.0))
            await speak(agent, "agent", from_s=0.0, to_s=1.0)
            await until(5.0)
            assert phone.finals(customer.call_id) == ["您好", "查流量"]
            await speak(agent, "agent", from_s=5.0, to_s=10.0)
        for seat in (customer, agent):
            seat.leave()
        assert received(await customer.closed()) == {"customer": 10_000, "agent": 10_000}
        assert phone.gaps(customer.call_id) == [("agent", 1_000, 5_000, "lost", True)]

    in_virtual_time(tmp_path, main)


def test_legs_of_one_message_have_the_same_gap_however_long_they_take_to_be_placed(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"])
        for said_s in [*range(1, 51), *range(151, 201)]:
            await until(max(now_s(), said_s * 0.02))
            for party in seat.parties:
                seat.sound(party, bytes(320), said_s * 0.02)
                await asyncio.sleep(0.0013)
        seat.leave()
        assert received(await seat.closed()) == {"agent": 4_000, "customer": 4_000}
        assert {gap[1:3] for gap in phone.gaps(seat.call_id)} == {(1_000, 3_000)}

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("has_timeline", [False, True])
def test_a_stall_of_both_legs_that_is_made_up_for_is_a_gap_of_a_millisecond(tmp_path: Path, has_timeline: bool) -> None:
    """What was being said ended there: the log must say so, or its recording gives other utterances."""

    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], has_timeline=has_timeline)
        await speak(seat, "agent", "customer", from_s=0.0, to_s=1.0)
        await until(4.0)
        for _ in range(150):
            for party in seat.parties:
                seat.sound(party, bytes(320), now_s())
        await speak(seat, "agent", "customer", from_s=4.0, to_s=5.0)
        seat.missing("agent", 500, "lost", now_s())
        seat.leave()
        assert received(await seat.closed()) == {"agent": 5_500, "customer": 5_001}
        assert phone.gaps(seat.call_id) == [
            ("agent", 1_000, 1_001, "lost", True),
            ("customer", 1_000, 1_001, "lost", True),
            ("agent", 5_001, 5_500, "lost", False),
        ]

    in_virtual_time(tmp_path, main)


def test_a_leg_that_is_away_while_the_parties_are_exchanged_is_away_once(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        customer, agent = phone.join(["customer"], others=["agent"]), phone.join(["agent"])
        streams = phone.made.supervisor.live(customer.call_id).session.streams
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(agent, "agent", from_s=0.0, to_s=10.0))
            await speak(customer, "customer", from_s=0.0, to_s=1.0)
            await until(4.01)
            streams.exchange(by="u1", by_name="林晓")
            await until(6.0)
            await speak(customer, "customer", from_s=6.0, to_s=10.0)
        for seat in (customer, agent):
            seat.leave()
        assert received(await customer.closed()) == {"customer": 10_000, "agent": 10_000}
        assert phone.gaps(customer.call_id) == [
            ("customer", 1_000, 4_000, "lost", False),
            ("agent", 4_000, 6_000, "lost", True),
        ]

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("length_ms", [20, 12.5])
def test_a_leg_that_is_a_little_behind_when_the_parties_are_exchanged_is_not_shifted(
    tmp_path: Path, length_ms: float
) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"])
        seat.sound("agent", bytes(16 * 500), now_s())
        seat.sound("customer", bytes(16 * 400), now_s())
        phone.made.supervisor.live(seat.call_id).session.streams.exchange(by="u1", by_name="林晓")
        pieces = round(600 / length_ms)
        for _ in range(pieces):
            seat.sound("customer", bytes(round(16 * length_ms)), now_s())
        seat.sound("agent", bytes(16 * 500), now_s())
        seat.leave()
        assert received(await seat.closed()) == {"agent": pytest.approx(1_000, abs=1), "customer": 1_000}
        assert phone.gaps(seat.call_id) == [("customer", 400, 500, "lost", False)]

    in_virtual_time(tmp_path, main)


def test_a_platform_that_says_what_is_missing_is_believed(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], has_timeline=True)
        await speak(seat, "agent", "customer", from_s=0.0, to_s=1.0)
        await until(3.0)
        seat.missing("customer", 1_500, "lost", now_s())
        seat.missing(None, 500, "paused", now_s())
        await speak(seat, "agent", "customer", from_s=3.0, to_s=4.0)
        seat.leave()
        assert received(await seat.closed()) == {"agent": 2_500, "customer": 4_000}
        assert phone.gaps(seat.call_id) == [
            ("customer", 1_000, 2_500, "lost", False),
            ("agent", 1_000, 1_500, "paused", False),
            ("customer", 2_500, 3_000, "paused", False),
        ]

    in_virtual_time(tmp_path, main)
