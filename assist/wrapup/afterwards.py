"""What happens to a call's wrap-up once it is over: a model may write it better, a receiver gets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from assist.errors import LivecueError, SummaryError
from assist.messages import CallDegraded, Envelope, WrapUp, WrapUpPushed
from assist.pipe import Pipe
from assist.view import CallView, fold_all
from assist.wrapup.pusher import ReadLog, WrapUpPusher

log = logging.getLogger(__name__)


class Writer(Protocol):
    """Somebody who writes better than the template."""

    async def write(self, view: CallView, proposal: WrapUp) -> WrapUp:
        """Raises SummaryError."""
        ...


Afterthought = WrapUp | CallDegraded | WrapUpPushed
Record = Callable[[str, Callable[[CallView], Afterthought]], Awaitable[Envelope]]


class Afterwards:
    """Takes closed calls, never holds one up, and works on one after the other."""

    def __init__(
        self,
        *,
        read: ReadLog,
        record: Record,
        writer: Writer | None = None,
        pusher: WrapUpPusher | None = None,
        waiting_calls: int = 256,
    ) -> None:
        """``waiting_calls``: closed calls that wait for the writer; beyond it the template's summary stays."""
        self._read = read
        self._record = record
        self._writer = writer
        self._pusher = pusher
        self._to_write: Pipe[str] = Pipe(waiting_calls)

    @property
    def waiting(self) -> int:
        """Wrap-ups that are still to be handed on."""
        return self._pusher.waiting if self._pusher else 0

    def closed(self, call_id: str) -> None:
        """A call is over and stored."""
        if self._writer is not None and not self._to_write.send_now(call_id):
            log.warning("the model has too many wrap-ups to write; the template's stays", extra={"call_id": call_id})
        self._tell_pusher(call_id, lambda pusher: pusher.closed(call_id))

    def confirming(self, call_id: str) -> None:
        """A person's confirmation is about to be stored."""
        self._tell_pusher(call_id, lambda pusher: pusher.confirming(call_id))

    def confirmed(self, call_id: str) -> None:
        """A person's confirmation is stored."""
        self._tell_pusher(call_id, lambda pusher: pusher.confirmed(call_id))

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write_all(), name="wrap-up writer")
            if self._pusher is not None:
                group.create_task(self._pusher.run(), name="wrap-up pusher")

    def _tell_pusher(self, call_id: str, tell: Callable[[WrapUpPusher], None]) -> None:
        if self._pusher is None:
            return
        try:
            tell(self._pusher)
        except OSError:
            log.exception("a waiting wrap-up is in memory only", extra={"call_id": call_id})

    async def _write_all(self) -> None:
        async for call_id in self._to_write:
            if self._writer is None:
                continue
            try:
                await self._write(call_id, self._writer)
            except LivecueError as error:
                log.warning("a wrap-up stays as it is", extra={"call_id": call_id, "code": error.code})

    async def _write(self, call_id: str, writer: Writer) -> None:
        view = fold_all(call_id, await self._read(call_id))
        proposal = view.wrap_up
        if proposal is None or view.confirmed is not None:
            return
        try:
            better = await writer.write(view, proposal)
        except SummaryError as error:
            code, reason = error.code, error.message
            await self._record(
                call_id,
                lambda latest: CallDegraded(at_ms=latest.position_ms, part="wrap-up", code=code, reason=reason),
            )
            return
        await self._record(call_id, lambda _: better)
