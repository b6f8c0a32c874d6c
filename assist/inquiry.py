"""Asking something about who is in a call, beside it: neither sound nor words ever wait for the answer."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from assist.errors import LivecueError
from assist.messages import DegradedPart
from assist.newest import NewestQuestion
from assist.ports import Degrade

log = logging.getLogger(__name__)

A = TypeVar("A")


async def timed(
    asking: Awaitable[A], timeout_s: float | None = None, *, slow: LivecueError | None = None
) -> tuple[A, int]:
    """The answer and how many milliseconds of the loop's clock it took.

    Raises ``slow``, where one is given, when the answer takes longer than ``timeout_s``, and TimeoutError otherwise.
    """
    clock = asyncio.get_running_loop()
    began_s = clock.time()
    try:
        async with asyncio.timeout(timeout_s):
            answer = await asking
    except TimeoutError:
        if slow is None:
            raise
        raise slow from None
    return answer, round((clock.time() - began_s) * 1000)


class Inquiry(ABC, Generic[A]):
    """Asks about the newest person wanted, again after pauses; what fails is told once, and what no longer does."""

    def __init__(
        self,
        part: DegradedPart,
        *,
        tell: Callable[[A], object],
        degrade: Degrade,
        pauses_s: tuple[float, ...],
        broken: LivecueError,
        restored: str,
    ) -> None:
        """``pauses_s``: before each further attempt, while the call goes on.

        ``broken``: what is told of a failure that is not of the error tree. ``restored``: the sentence for the end of
        any failure.
        """
        self._part: DegradedPart = part
        self._tell = tell
        self._degrade = degrade
        self._pauses_s = pauses_s
        self._broken = broken
        self._restored = restored
        self._question = NewestQuestion(self._ask, name=f"{part} inquiry")
        self._failing: str | None = None
        """The code that was told."""

    @abstractmethod
    async def attempt(self, subject: str, /) -> A | None:
        """The answer; None where there is nobody to ask. Whatever it raises is a failure."""

    def want(self, subject: str) -> None:
        """This is who it is about, by id, as far as is known; the same one again changes nothing."""
        self._question.want(subject)

    def close(self) -> None:
        """The call is over: an answer would come too late; ``run`` returns."""
        self._question.close()

    async def run(self) -> None:
        await self._question.run()

    async def _ask(self, subject: str) -> None:
        """Until there is an answer, a few times."""
        for pause_s in (*self._pauses_s, None):
            try:
                answer = await self.attempt(subject)
            except LivecueError as error:
                self._note(error)
            except Exception:  # bulkhead: whatever is wrong over there, the call goes on without it
                log.exception("inquiry broken", extra={"part": self._part})
                self._note(self._broken)
            else:
                self._note(None)
                if answer is not None:
                    self._tell(answer)
                return
            if pause_s is not None:
                await asyncio.sleep(pause_s)

    def _note(self, error: LivecueError | None) -> None:
        code = None if error is None else error.code
        if code == self._failing:
            return
        if self._failing is not None:
            self._degrade(self._part, self._failing, self._restored, restored=True)
        if error is not None:
            log.warning("inquiry failed", extra={"part": self._part, "code": error.code})
            self._degrade(self._part, error.code, error.message)
        self._failing = code
