"""Trying again, on a clock that jumps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from assist.errors import WebhookError
from assist.pushing.outbox import Outbox, Waiting
from assist.pushing.push import Push
from assist.pushing.pusher import Pusher, RetryLimits
from tests.support.virtual_time import Transit, run_in_virtual_time

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
DAY_S = 86_400.0


class Receiver:
    """Fails until a time, and remembers when it was asked for what."""

    def __init__(self, away_until_s: float) -> None:
        self._away_until_s = away_until_s
        self.asked: list[tuple[float, str]] = []

    async def send(self, push: Push) -> None:
        now_s = asyncio.get_running_loop().time()
        self.asked.append((now_s, push.key))
        if now_s < self._away_until_s:
            raise WebhookError("Away.")


def pushed(directory: Path, calls: int, away_until_s: float) -> tuple[Receiver, dict[str, tuple[int, str]]]:
    """What was asked of the receiver in two days, and how each call's push ended."""
    door, ended = Receiver(away_until_s), dict[str, tuple[int, str]]()

    async def make(waiting: Waiting) -> Push:
        return Push(waiting.call_id, b"{}")

    async def tell(waiting: Waiting, push: Push, attempts: int, code: str) -> None:
        ended[waiting.call_id] = attempts, code

    def now() -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    async def main(_: Transit) -> None:
        pusher = Pusher(Outbox(directory), door, make=make, tell=tell, now=now, limits=RetryLimits())
        for number in range(calls):
            pusher.put(f"c{number}")
        working = asyncio.create_task(pusher.run())
        await asyncio.sleep(2 * DAY_S)
        working.cancel()
        await asyncio.wait([working])

    run_in_virtual_time(main)
    return door, ended


def test_a_receiver_that_failed_is_left_alone_whatever_else_waits_for_it(tmp_path: Path) -> None:
    door, ended = pushed(tmp_path, calls=50, away_until_s=600)
    away = [at for at, _ in door.asked if at < 600]
    assert len(away) <= 600 / 5 + 1
    assert len(ended) == 50
    assert {code for _, code in ended.values()} == {""}
    assert len(Outbox(tmp_path)) == 0


def test_it_is_given_up_after_about_a_day_of_waits_that_double(tmp_path: Path) -> None:
    door, ended = pushed(tmp_path, calls=1, away_until_s=10 * DAY_S)
    assert ended == {"c0": (12, "webhook-unreachable")}
    times = [at for at, _ in door.asked]
    assert [later - earlier for earlier, later in pairwise(times)] == [5 * 2**number for number in range(11)]


def test_an_outbox_knows_when_it_is_full_and_what_is_read_again(tmp_path: Path) -> None:
    box = Outbox(tmp_path, limit=2)
    for seq, seconds in ((3, 2), (4, 1)):
        box.put(
            Waiting(call_id="c", seq=seq, channel="floor", name=f"n-{seq}", next_at=BEGIN + timedelta(seconds=seconds))
        )
    assert box.is_full
    again = Outbox(tmp_path)
    first = again.next(lambda waiting: waiting.channel == "floor")
    assert first is not None
    assert (first.seq, first.name) == (4, "n-4")
    assert again.next(lambda waiting: waiting.channel == "crm") is None
    again.remove(("c", 3))
    again.remove(("c", 4))
    assert list(tmp_path.iterdir()) == []
