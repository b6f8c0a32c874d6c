"""Connections join calls by their key; what each of them misses is declared once, as long as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assist.errors import InputError, LivecueError, OverloadedError, ProtocolError
from assist.messages import Agent, AudioGap, CallClosed, CallUpdated, Customer, Party
from assist.supervisor import SupervisorLimits
from gateway.phone.call import Seat
from gateway.phone.limits import CallLimits
from gateway.phone.switchboard import Switchboard
from gateway.sources.codec import Introduction
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.supervised import World, assert_adds_up, world
from tests.support.toy_source import RATE_HZ, leg
from tests.support.virtual_time import run_in_virtual_time

SCRIPT = (
    Said("customer", 300, 900, "您好"),
    Said("agent", 1_500, 1_900, "请讲"),
    Said("customer", 2_200, 2_900, "查流量"),
    Said("agent", 9_300, 9_700, "再见"),
)
GRACE_S = 5.0


class Phone:
    """A switchboard, and what came of its calls."""

    def __init__(self, made: World, limits: CallLimits) -> None:
        self.made = made
        self.board = Switchboard(made.supervisor, limits=limits)
        self.evicted: list[str] = []

    def join(
        self,
        legs: Sequence[Party],
        key: str | None = "k",
        *,
        others: Sequence[Party] = (),
        has_timeline: bool = False,
        rate_hz: int = RATE_HZ,
        **more: Any,
    ) -> Seat:
        introduction = Introduction(
            source="toy/1",
            legs=tuple(leg(party, rate_hz) for party in legs),
            others=tuple(leg(party) for party in others),
            key=key,
            **more,
        )
        return self.board.join("toy", introduction, has_timeline=has_timeline, evicted=self._evict)

    def _evict(self, error: LivecueError) -> None:
        self.evicted.append(error.code)

    def gaps(self, call_id: str) -> list[tuple[Party, int, int, str, bool]]:
        events = [envelope.event for envelope in self.made.log(call_id)]
        return [(e.party, e.start_ms, e.end_ms, e.cause, e.inferred) for e in events if isinstance(e, AudioGap)]

    def connections(self, call_id: str) -> list[str]:
        events = [envelope.event for envelope in self.made.log(call_id)]
        return [event.connection for event in events if isinstance(event, CallUpdated) and event.connection]

    def finals(self, call_id: str) -> list[str]:
        view = self.made.supervisor.view(call_id)
        return [line.text for line in view.lines if line.final] if view else []


def in_virtual_time(
    directory: Path,
    main: Callable[[Phone], Awaitable[None]],
    *,
    limits: CallLimits | None = None,
    max_calls: int = 8,
) -> None:
    async def run(_: object) -> None:
        bounds = SupervisorLimits(grace_s=GRACE_S, max_calls=max_calls)
        async with world(directory, ScriptedTranscriber(SCRIPT), limits=bounds) as made:
            await main(Phone(made, limits or CallLimits()))

    run_in_virtual_time(run)


async def speak(seat: Seat, *parties: Party, from_s: float, to_s: float, rate_hz: int = RATE_HZ) -> None:
    """20 ms pieces of each party, each when it has been said."""
    loop = asyncio.get_running_loop()
    for number in range(round((to_s - from_s) * 50)):
        await asyncio.sleep(from_s + (number + 1) * 0.02 - loop.time())
        for party in parties:
            seat.sound(party, bytes(rate_hz * 2 // 50), now_s())


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def until(at_s: float) -> None:
    await asyncio.sleep(at_s - asyncio.get_running_loop().time())


def received(closed: CallClosed) -> Mapping[Party, int]:
    assert_adds_up(closed.ledger)
    return {leg.party: leg.received_ms for leg in closed.ledger}


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
