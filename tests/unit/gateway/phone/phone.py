"""A phone platform's calls in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assist.errors import LivecueError
from assist.messages import AudioGap, CallClosed, CallUpdated, Party
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
