"""Finds the call that a connection belongs to, or opens it; knows every connection for the time when all must go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeVar

from asr.audio.resample import require_rate
from assist.errors import InputError, LivecueError, OverloadedError, PlaybookError
from assist.handle import CallHandle
from assist.messages import Agent, Customer, Leg, Party
from assist.notice import Notice
from assist.session import CallRequest
from assist.supervisor import Supervisor
from gateway.channels import CHANNEL_LAYOUTS
from gateway.frames import PRINTABLE_PATTERN
from gateway.phone.call import PhoneCall, Seat
from gateway.phone.limits import CallLimits
from gateway.sources.codec import Introduction
from gateway.sources.native_messages import MAX_TERM_CHARS, MAX_TERMS, bounded

MAX_KEY_CHARS = 200

W = TypeVar("W", Agent, Customer)


class Stoppable(Protocol):
    """A connection, as far as the switchboard knows it."""

    def stop(self) -> None:
        """The service is going down."""
        ...


class Switchboard:
    """All calls of phone platforms of this process, by door and the platform's own key."""

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        complete: Callable[[Introduction], Introduction] = lambda introduction: introduction,
        limits: CallLimits | None = None,
    ) -> None:
        """``complete`` adds what was said of a call before it came; it never raises."""
        self._supervisor = supervisor
        self._complete = complete
        self._limits = limits or CallLimits()
        self._calls: dict[tuple[str, str], PhoneCall] = {}
        self._connections: set[Stoppable] = set()
        self._changed = Notice()
        self._is_stopping = False

    # --- connections -------------------------------------------------------------------------------------------

    def enter(self, connection: Stoppable) -> None:
        """A connection stands."""
        self._connections.add(connection)

    def exit(self, connection: Stoppable) -> None:
        """It has gone."""
        self._connections.discard(connection)
        self._changed.notify()

    def stop(self) -> None:
        """The service is going down: no call is opened or joined any more, and every connection is told. Idempotent."""
        if self._is_stopping:
            return
        self._is_stopping = True
        for connection in tuple(self._connections):
            connection.stop()

    async def deserted(self, within_s: float) -> None:
        """Wait until every connection has gone, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._connections:
                    await self._changed.wait()

    async def turn(self) -> None:
        """Wait until it is one's turn to open a call; whoever knocks is let in between.

        Opening one takes milliseconds, which fifty others would wait for with their handshakes.
        """
        await self._supervisor.turns.open()

    # --- calls -------------------------------------------------------------------------------------------------

    @property
    def open_calls(self) -> int:
        """That another connection could join."""
        return sum(call.is_open for call in self._calls.values())

    def join(
        self,
        door: str,
        introduction: Introduction,
        *,
        has_timeline: bool,
        evicted: Callable[[LivecueError], None],
        remarked: Callable[[str, str], None] = lambda _code, _message: None,
    ) -> Seat:
        """The connection's place in its call, which is opened if nobody has brought it yet.

        ``evicted`` is told when another connection takes the legs over; ``remarked``, with a code and a sentence, of
        what was left out. Raises OverloadedError, InputError ("bad-legs", "leg-taken", "leg-unexpected",
        "call-exists"), AudioFormatError "unsupported-rate", and PlaybookError where even the default one is missing.
        """
        if self._is_stopping:
            raise OverloadedError("Livecue is stopping; try again shortly.", code="not-serving")
        introduction = _fit(introduction)
        place = (door, introduction.key) if introduction.key is not None else None
        call = self._calls.get(place) if place is not None else None
        if call is not None and call.is_open:
            return call.join(introduction, has_timeline=has_timeline, evicted=evicted)
        whole = _fit(self._complete(introduction))
        try:
            call = self._open(place, whole)
        except PlaybookError as error:
            if whole.playbook is None or error.code != "unknown-playbook":
                raise
            call = self._open(place, replace(whole, playbook=None))
            remarked(error.code, "The playbook that is named is not there; the default one runs.")
        return call.join(introduction, has_timeline=has_timeline, evicted=evicted)

    def _open(self, place: tuple[str, str] | None, introduction: Introduction) -> PhoneCall:
        handle = self._supervisor.open(_request(introduction))
        call = PhoneCall(
            handle, self._take_up, introduction, can_come_back=introduction.key is not None, limits=self._limits
        )
        if place is not None:
            self._calls[place] = call
            handle.when_closed(lambda: self._forget(place, call))
        return call

    def _take_up(self, handle: CallHandle) -> CallHandle:
        return self._supervisor.attach(handle.call_id, handle.resume_token)

    def _forget(self, place: tuple[str, str], call: PhoneCall) -> None:
        if self._calls.get(place) is call:
            del self._calls[place]


def _request(introduction: Introduction) -> CallRequest:
    return CallRequest(
        source=introduction.source,
        legs=_all_legs(introduction),
        agent=introduction.agent,
        customer=introduction.customer,
        direction=introduction.direction,
        external_id=introduction.key,
        playbook=introduction.playbook,
        pace=introduction.pace,
        terms=introduction.terms,
    )


def _all_legs(introduction: Introduction) -> tuple[Leg, ...]:
    """Own legs and those that others bring. Raises InputError "bad-legs"."""
    own: set[Party] = {leg.party for leg in introduction.legs}
    legs = (*introduction.legs, *(leg for leg in introduction.others if leg.party not in own))
    if tuple(leg.party for leg in legs) not in CHANNEL_LAYOUTS:
        raise InputError("A call has an agent and a customer, one of them, or both mixed on one leg.", code="bad-legs")
    for leg in legs:
        require_rate(leg.rate_hz)
    return legs


def _fit(introduction: Introduction) -> Introduction:
    """Without what cannot be kept: a phone platform's call is worth more than what is said of it."""
    return replace(
        introduction,
        key=introduction.key if _is_printable(introduction.key, MAX_KEY_CHARS) else None,
        playbook=introduction.playbook if _is_printable(introduction.playbook, MAX_KEY_CHARS) else None,
        agent=_kept(introduction.agent),
        customer=_kept(introduction.customer),
        terms=tuple(term for term in introduction.terms if _is_printable(term, MAX_TERM_CHARS))[:MAX_TERMS],
    )


def _is_printable(text: str | None, max_chars: int) -> bool:
    return bool(text) and len(text or "") <= max_chars and re.fullmatch(PRINTABLE_PATTERN, text or "") is not None


def _kept(who: W | None) -> W | None:
    if who is None:
        return None
    try:
        return bounded(who)
    except ValueError:
        return None
