"""A source's connection served in virtual time: its line, its peer, the calls it brings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from assist.messages import AudioGap, CallClosed, Party
from assist.supervisor import SupervisorLimits
from gateway.phone.connection import KeyCheck, SourceConnection
from gateway.phone.limits import CallLimits, ConnectionLimits
from gateway.phone.switchboard import Switchboard
from tests.support.fake_wire import CountedSources, FakeWire
from tests.support.fakes import ScriptedTranscriber
from tests.support.supervised import World, world
from tests.support.toy_source import ToyCodec, join, sound
from tests.support.virtual_time import run_in_virtual_time

GRACE_S = 5.0
PIECE_S = 0.02


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
