"""Asking something beside a call, on a clock that jumps: what the call is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from assist.inquiry import Inquiry
from assist.messages import DegradedPart
from tests.support.virtual_time import Transit, run_in_virtual_time

A = TypeVar("A")

Steps = Callable[[Inquiry[Any]], Coroutine[Any, Any, None]]
"""What happens in the call while the inquiry runs."""


class Heard(Generic[A]):
    """What the call was told."""

    def __init__(self, part: DegradedPart) -> None:
        self._part: DegradedPart = part
        self.answers: list[A] = []
        self.degraded: list[tuple[str, bool]] = []

    def degrade(self, part: DegradedPart, code: str, reason: str, *, restored: bool = False) -> None:
        assert part == self._part
        self.degraded.append((code, restored))


def heard_in_call(heard: Heard[A], inquiry: Callable[[], Inquiry[A]], steps: Steps) -> Heard[A]:
    """What a call has heard at its end in which this happens."""

    async def main(_: Transit) -> None:
        asking = inquiry()
        async with asyncio.TaskGroup() as group:
            group.create_task(asking.run())
            await steps(asking)
            asking.close()

    run_in_virtual_time(main)
    return heard


def wanting(*subjects: str, wait_s: float = 60.0) -> Steps:
    """One after the other is wanted, before the first is answered; then nothing happens for a while."""

    async def steps(inquiry: Inquiry[Any]) -> None:
        for subject in subjects:
            inquiry.want(subject)
            await asyncio.sleep(0)
        await asyncio.sleep(wait_s)

    return steps
