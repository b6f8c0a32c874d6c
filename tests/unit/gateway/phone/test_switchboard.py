"""Connections join calls by their key: who comes, comes back, and ends them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assist.errors import InputError, OverloadedError, ProtocolError
from assist.messages import Agent, Customer, Party
from gateway.phone.limits import CallLimits
from tests.support.toy_source import RATE_HZ
from tests.unit.gateway.phone.phone import GRACE_S, Phone, in_virtual_time, now_s, received, speak, until


def test_who_comes_back_is_told_to_have_missed_the_time_between(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"])
        await speak(seat, "agent", "customer", from_s=0.0, to_s=2.0)
        seat.drop()
        seat.drop()
        await until(4.0)
        again = phone.join(["agent", "customer"])
        assert again.call_id == seat.call_id
        assert again.positions_ms == {"agent": 2_000, "customer": 2_000}
        seat.sound("agent", bytes(320), now_s())
        await speak(again, "agent", "customer", from_s=4.0, to_s=6.0)
        again.leave()
        assert received(await again.closed()) == {"agent": 6_000, "customer": 6_000}
        assert phone.gaps(seat.call_id) == [
            ("agent", 2_000, 4_000, "lost", True),
            ("customer", 2_000, 4_000, "lost", True),
        ]
        assert phone.connections(seat.call_id) == ["detached", "attached"]

    in_virtual_time(tmp_path, main)


def test_a_timeline_goes_on_where_the_call_is(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], has_timeline=True)
        await speak(seat, "agent", "customer", from_s=0.0, to_s=2.0)
        seat.drop()
        await until(3.0)
        again = phone.join(["agent", "customer"], has_timeline=True)
        again.missing("agent", 100, "lost", now_s())
        await speak(again, "agent", "customer", from_s=3.0, to_s=4.0)
        again.leave()
        assert received(await again.closed()) == {"agent": 4_100, "customer": 4_000}
        assert [gap for gap in phone.gaps(seat.call_id) if gap[4]] == [
            ("agent", 2_000, 3_000, "lost", True),
            ("customer", 2_000, 3_000, "lost", True),
        ]

    in_virtual_time(tmp_path, main)


def test_a_call_that_nobody_comes_back_to_is_lost_after_the_grace(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"])
        await speak(seat, "agent", "customer", from_s=0.0, to_s=1.0)
        seat.drop()
        closed = await seat.closed()
        assert asyncio.get_running_loop().time() >= 1.0 + GRACE_S
        assert closed.cause == "source-lost"
        await asyncio.sleep(0)
        assert phone.board.open_calls == 0
        assert phone.join(["agent", "customer"]).call_id != seat.call_id

    in_virtual_time(tmp_path, main)


def test_nobody_can_come_back_to_a_call_without_a_key(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["mixed"], None)
        await speak(seat, "mixed", from_s=0.0, to_s=1.0)
        seat.drop()
        assert (await seat.closed()).cause == "source-lost"
        assert asyncio.get_running_loop().time() == pytest.approx(1.0)

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("comes", [True, False])
def test_a_call_lingers_for_the_next_connection(tmp_path: Path, comes: bool) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["mixed"])
        await speak(seat, "mixed", from_s=0.0, to_s=1.0)
        seat.leave(2.0)
        await until(2.5)
        if comes:
            again = phone.join(["mixed"])
            assert again.call_id == seat.call_id
            await speak(again, "mixed", from_s=2.5, to_s=8.0)
            again.leave()
        closed = await seat.closed()
        assert closed.cause == "hangup"
        assert received(closed) == {"mixed": 8_000 if comes else 1_000}

    in_virtual_time(tmp_path, main)


def test_a_leg_that_is_being_brought_is_not_given_away(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["customer"], others=["agent"])
        await speak(seat, "customer", from_s=0.0, to_s=1.0)
        with pytest.raises(InputError) as taken:
            phone.join(["customer"])
        assert taken.value.code == "leg-taken"
        with pytest.raises(InputError) as unexpected:
            phone.join(["mixed"])
        assert unexpected.value.code == "leg-unexpected"
        await until(3.5)
        again = phone.join(["customer"])
        assert phone.evicted == ["leg-taken"]
        seat.sound("customer", bytes(320), now_s())
        seat.leave()
        await speak(again, "customer", from_s=3.5, to_s=5.0)
        again.leave()
        assert received(await again.closed()) == {"customer": 5_000, "agent": 0}

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("has_timeline", [True, False])
def test_a_connection_that_has_just_come_keeps_its_leg_though_nothing_was_heard_yet(
    tmp_path: Path, has_timeline: bool
) -> None:
    async def main(phone: Phone) -> None:
        first = phone.join(["customer"], others=["agent"], has_timeline=has_timeline)
        await speak(first, "customer", from_s=0.0, to_s=1.0)
        first.drop()
        for came_s in (1.5, 4.0):
            await until(came_s)
            heir = phone.join(["customer"], has_timeline=has_timeline)
            await until(came_s + 1.9)
            with pytest.raises(InputError) as taken:
                phone.join(["customer"], has_timeline=has_timeline)
            assert taken.value.code == "leg-taken"
        assert phone.evicted == ["leg-taken"]
        heir.leave()
        await heir.closed()

    in_virtual_time(tmp_path, main)


def test_a_connection_is_not_sent_away_for_one_leg_that_is_quiet(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], has_timeline=True)
        await speak(seat, "customer", from_s=0.0, to_s=4.0)
        with pytest.raises(InputError) as taken:
            phone.join(["agent"], has_timeline=True)
        assert taken.value.code == "leg-taken"
        assert phone.evicted == []
        await speak(seat, "customer", from_s=4.0, to_s=5.0)
        seat.leave()
        assert received(await seat.closed())["customer"] == 5_000

    in_virtual_time(tmp_path, main)


def test_a_leg_at_another_rate_is_brought_to_that_of_the_call(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        first = phone.join(["customer"], others=["agent"])
        second = phone.join(["agent"], rate_hz=16_000)
        async with asyncio.TaskGroup() as group:
            group.create_task(speak(first, "customer", from_s=0.0, to_s=5.0))
            group.create_task(speak(second, "agent", from_s=0.0, to_s=5.0, rate_hz=16_000))
        for seat in (first, second):
            seat.leave()
        lengths = received(await first.closed())
        assert lengths["customer"] == 5_000
        assert 4_700 <= lengths["agent"] <= 5_000

    in_virtual_time(tmp_path, main)


def test_paused_media_end_what_was_being_said(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["agent", "customer"], has_timeline=True)
        await speak(seat, "agent", "customer", from_s=0.0, to_s=2.6)
        assert phone.finals(seat.call_id) == ["您好", "请讲"]
        seat.mark("paused")
        await asyncio.sleep(0.1)
        await until(6.0)
        seat.missing(None, 3_400, "paused", now_s())
        seat.mark("resumed")
        await speak(seat, "agent", "customer", from_s=6.0, to_s=7.0)
        seat.leave()
        assert received(await seat.closed()) == {"agent": 7_000, "customer": 7_000}
        assert phone.connections(seat.call_id) == ["paused", "resumed"]
        assert {gap[1:] for gap in phone.gaps(seat.call_id)} == {(2_600, 6_000, "paused", False)}

    in_virtual_time(tmp_path, main)


def test_sound_that_cannot_have_been_said_yet_is_refused(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["mixed"])
        with pytest.raises(ProtocolError) as error:
            seat.sound("mixed", bytes(RATE_HZ * 2 * 20), now_s())
        assert error.value.code == "too-fast"
        seat.missing("mixed", 10 * 3_600_000, "lost", now_s())
        seat.drop()
        closed = await seat.closed()
        assert received(closed)["mixed"] <= 12_500

    in_virtual_time(tmp_path, main, limits=CallLimits(max_ahead_s=10.0))


def test_a_call_has_an_end(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["mixed"], pace="replay")
        with pytest.raises(ProtocolError) as error:
            seat.sound("mixed", bytes(RATE_HZ * 2 * 12), now_s())
        assert error.value.code == "call-too-long"
        seat.leave()
        await seat.closed()

    in_virtual_time(tmp_path, main, limits=CallLimits(max_position_ms=10_000))


def test_recordings_are_placed_by_samples_alone(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        first = phone.join(["customer"], others=["agent"], pace="replay")
        for _ in range(3):
            first.sound("customer", bytes(RATE_HZ * 2), now_s())
        await until(4.0)
        second = phone.join(["agent"], pace="replay")
        for _ in range(3):
            second.sound("agent", bytes(RATE_HZ * 2), now_s())
        await second.room()
        for seat in (first, second):
            seat.leave()
        assert received(await first.closed()) == {"customer": 3_000, "agent": 3_000}
        assert phone.gaps(first.call_id) == []

    in_virtual_time(tmp_path, main)


def test_a_recording_does_not_wait_for_ever_for_its_other_leg(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["customer"], others=["agent"], pace="replay")
        for _ in range(20):
            seat.sound("customer", bytes(RATE_HZ * 2), now_s())
            await seat.room()
        assert phone.finals(seat.call_id) == []
        await until(11.0)
        assert phone.finals(seat.call_id) == ["您好", "查流量"]
        seat.leave()
        assert received(await seat.closed()) == {"customer": 20_000, "agent": 0}

    in_virtual_time(tmp_path, main)


def test_what_is_said_of_the_parties_is_kept(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        agent, customer = Agent(agent_id="1001"), Customer(customer_id="c-1", name="\0")
        seat = phone.join(["customer"], others=["agent"], agent=agent, customer=customer)
        other = phone.join(["agent"], agent=agent, customer=Customer(customer_id="c-2"))
        other.describe(Agent(agent_id="1002"), None)
        summary = phone.made.supervisor.calls()[0]
        assert (summary.agent_id, summary.customer_id, summary.external_id) == ("1002", "c-2", "k")
        for one in (seat, other):
            one.leave()
        await seat.closed()

    in_virtual_time(tmp_path, main)


def test_a_key_that_cannot_be_kept_joins_nothing(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seats = [phone.join(["mixed"], key) for key in ("k" * 500, "k" * 500, "a\0b", "")]
        assert len({seat.call_id for seat in seats}) == 4
        for seat in seats:
            seat.drop()
            await seat.closed()

    in_virtual_time(tmp_path, main)


@pytest.mark.parametrize("legs", [["mixed", "agent"], ["agent", "agent"], []])
def test_legs_that_make_no_call_are_refused(tmp_path: Path, legs: list[Party]) -> None:
    async def main(phone: Phone) -> None:
        with pytest.raises(InputError) as error:
            phone.join(legs)
        assert error.value.code == "bad-legs"

    in_virtual_time(tmp_path, main)


def test_calls_are_refused_when_there_are_too_many_and_when_the_service_goes(tmp_path: Path) -> None:
    async def main(phone: Phone) -> None:
        seat = phone.join(["mixed"], "a")
        with pytest.raises(OverloadedError):
            phone.join(["mixed"], "b")
        phone.board.stop()
        with pytest.raises(OverloadedError) as stopping:
            phone.join(["mixed"], "a")
        assert stopping.value.code == "not-serving"
        seat.drop()
        await phone.board.deserted(1.0)

    in_virtual_time(tmp_path, main, max_calls=1)
