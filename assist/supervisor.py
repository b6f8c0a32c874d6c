"""Owns every live call of this process: a call outlives the socket that brought it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from assist.closed_logs import ClosedLogs, TurnOf, alone
from assist.ended import EndedCall, EndedCalls, check_token
from assist.errors import InputError, NotFoundError, OverloadedError, StoreError
from assist.handle import CallHandle, LiveCall
from assist.history.settling import kept_promise, require_standing, settled_before
from assist.journal import Journal, JournalLimits, Report
from assist.judge import Judge
from assist.messages import Assignment, CallClosed, CallUpdated, DeskOutcome, Envelope, Event
from assist.notice import Notice
from assist.outcomes import ResultReport, prompt_outcome, reported_before, reported_result, said_before
from assist.playbook import Playbook
from assist.ports import (
    Analyser,
    AudioStore,
    CallHistory,
    CallStore,
    CallSummary,
    CustomerDirectory,
    EventBus,
    Transcriber,
)
from assist.recovery import LeftOver, save_sound
from assist.session import CallRequest, CallSession, SessionLimits
from assist.spool import CallSpool
from assist.turns import CallTurns
from assist.view import CallView

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Report)


@dataclass(frozen=True, slots=True)
class SupervisorLimits:
    """Bounds of all calls; each with its unit."""

    grace_s: float = 30.0
    """How long a detached call waits for its source."""
    keep_ended_s: float = 30.0
    """How long a source may ask how its call ended."""
    keep_ended_calls: int = 1_000
    max_calls: int = 64
    session: SessionLimits = field(default_factory=SessionLimits)
    journal: JournalLimits = field(default_factory=JournalLimits)


@dataclass(slots=True)
class SupervisorCounts:
    """Totals since start, for metrics."""

    calls_opened: int = 0
    calls_refused: int = 0
    calls_recovered: int = 0
    audio_received_ms: int = 0
    audio_spooled_ms: int = 0
    audio_shed_ms: int = 0


class Supervisor:
    """Opens, re-attaches, closes and recovers calls."""

    def __init__(
        self,
        *,
        transcriber: Transcriber,
        analysers: Sequence[Analyser],
        playbook: Callable[[str | None], Playbook],
        store: CallStore,
        audio_store: AudioStore,
        bus: EventBus,
        spool_dir: Path,
        customers: CustomerDirectory | None = None,
        history: CallHistory | None = None,
        judge: Judge | None = None,
        zone: tzinfo = UTC,
        draw: Callable[[Playbook, str], tuple[Assignment, ...]] = lambda _book, _call_id: (),
        admit: Callable[[], None] = lambda: None,
        on_closed: Callable[[str], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        turn_of: TurnOf = alone,
        limits: SupervisorLimits | None = None,
    ) -> None:
        """``admit`` raises OverloadedError when no further call can be served well.

        ``zone``: in which the hotline tells the time. ``draw``: what the experiments of a playbook give a call.
        ``on_closed`` hears of each closed call once it is stored, and again after a crash that may have come between.
        """
        self._transcriber = transcriber
        self._analysers = tuple(analysers)
        self._playbook = playbook
        self._store = store
        self._audio_store = audio_store
        self._bus = bus
        self._spool_dir = spool_dir
        self._customers = customers
        self._history = history
        self._judge = judge
        self._zone = zone
        self._on_closed = on_closed
        self._draw = draw
        self._admit = admit
        self._now = now
        self._limits = limits or SupervisorLimits()
        self._calls: dict[str, LiveCall] = {}
        self._ended = EndedCalls(keep_s=self._limits.keep_ended_s, limit=self._limits.keep_ended_calls)
        self.left_over = LeftOver(
            spool_dir,
            is_live=self._calls.__contains__,
            store=store,
            audio_store=audio_store,
            now=now,
            zone=zone,
            on_closed=on_closed,
        )
        self._group: asyncio.TaskGroup | None = None
        self._stopping = False
        self._changed = Notice()
        self.turns = CallTurns()
        self.closed_logs = ClosedLogs(store=store, bus=bus, now=now, turn_of=turn_of)
        self.counts = SupervisorCounts()

    async def run(self) -> None:
        """Serve until ``stop``; all calls' tasks live in here."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._changed.notify()
            while not self._stopping or self._calls:
                await self._changed.wait()
            self._group = None

    async def started(self) -> None:
        """Wait until ``run`` can take calls."""
        while self._group is None:
            await self._changed.wait()

    async def stop(self) -> None:
        """Close every call with "server-stopped" and return when all are complete."""
        self._stopping = True
        for live in self._calls.values():
            live.session.close("server-stopped")
        self._changed.notify()
        while self._calls:
            await self._changed.wait()

    async def recover(self) -> Sequence[str]:
        """Complete the record of calls that are in the spool and not live; their ids."""
        recovered = await self.left_over.complete()
        self.counts.calls_recovered += len(recovered)
        return recovered

    # --- sources -----------------------------------------------------------------------------------------------

    def open(self, request: CallRequest) -> CallHandle:
        """Accept a call at once; nothing slow is touched.

        Raises OverloadedError, InputError "call-exists", PlaybookError "unknown-playbook".
        """
        if self._group is None or self._stopping:
            raise OverloadedError("Livecue is starting or stopping; try again shortly.", code="not-serving")
        try:
            if len(self._calls) >= self._limits.max_calls:
                raise OverloadedError("As many calls as this node can serve are open; try again later.")
            self._admit()
        except OverloadedError:
            self.counts.calls_refused += 1
            raise
        playbook = self._playbook(request.playbook)
        call_id = request.call_id or f"{self._now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        live = self._create(call_id, request, playbook)
        self._calls[call_id] = live
        self.counts.calls_opened += 1
        self._group.create_task(self._serve(live), name=f"call {call_id}")
        return self._attach(live)

    def attach(self, call_id: str, resume_token: str) -> CallHandle:
        """Take up a detached call.

        Raises NotFoundError "unknown-call" or "bad-resume-token", InputError "already-attached".
        """
        live = self.live(call_id)
        check_token(resume_token, live.resume_token)
        if live.handle is not None:
            raise InputError("Another connection serves this call; close it first.", code="already-attached")
        if live.grace is not None:
            live.grace.cancel()
            live.grace = None
        live.session.update(CallUpdated(at_ms=live.session.end_ms, connection="attached"))
        return self._attach(live)

    def ended(self, call_id: str, resume_token: str) -> EndedCall | None:
        """A call that is closing or has just closed, for a source that missed its end; None: attach, or it is unknown.

        Raises NotFoundError "bad-resume-token".
        """
        live = self._calls.get(call_id)
        if live is not None:
            ended = live.ended() if live.session.is_closing else None
        else:
            ended = self._ended.find(call_id, asyncio.get_running_loop().time())
        if ended is not None:
            check_token(resume_token, ended.resume_token)
        return ended

    def release(self, live: LiveCall) -> None:
        """Let a call wait for its source; used by its handle."""
        live.handle = None
        if live.session.is_closing:
            return
        live.session.update(CallUpdated(at_ms=live.session.end_ms, connection="detached"))
        live.grace = asyncio.get_running_loop().call_later(self._limits.grace_s, live.session.close, "source-lost")

    # --- desks -------------------------------------------------------------------------------------------------

    def live(self, call_id: str) -> LiveCall:
        """A call that goes on here. Raises NotFoundError "unknown-call"."""
        live = self._calls.get(call_id)
        if live is None or live.session.is_closing:
            raise NotFoundError("This call is not open here; open a new one.", code="unknown-call")
        return live

    def view(self, call_id: str) -> CallView | None:
        """The folded view of a live call; None when it is not live here, or its whole log is stored."""
        return journal.view if (journal := self.journal(call_id)) else None

    def journal(self, call_id: str) -> Journal | None:
        """Of a call that is live here and not wholly stored."""
        live = self._calls.get(call_id)
        return live.journal if live and not live.is_on_record else None

    def calls(self) -> Sequence[CallSummary]:
        """Summaries of the live calls, newest first."""
        summaries = [live.journal.summary for live in self._calls.values() if not live.is_on_record]
        return sorted(filter(None, summaries), key=lambda summary: summary.opened_at, reverse=True)

    @property
    def journals(self) -> Sequence[Journal]:
        """Of the live calls."""
        return [live.journal for live in self._calls.values()]

    async def record_outcome(
        self, call_id: str, prompt_id: str, outcome: DeskOutcome, *, by: str, shown_after_ms: int | None = None
    ) -> Envelope:
        """Log what a person did with a prompt; returns once it is stored. Saying it again changes nothing.

        Works for live and closed calls. Raises NotFoundError "unknown-call" or "unknown-prompt", StoreError.
        """
        return await self.record(
            call_id, lambda view: prompt_outcome(view, prompt_id, outcome, by, shown_after_ms), said_before
        )

    async def record_result(self, call_id: str, report: ResultReport) -> Envelope:
        """Log how an offer ended; returns once it is stored. The same again changes nothing.

        Works for live and closed calls. Raises NotFoundError "unknown-call" or "unknown-prompt", StoreError.
        """
        return await self.record(call_id, lambda view: reported_result(view, report), reported_before)

    async def settle_promise(self, call_id: str, made_in: str, promise_id: str, *, by: str) -> Envelope:
        """Log in this call that a promise of an earlier one was kept; returns once it is stored.

        Works for live and closed calls; the same again changes nothing. Raises NotFoundError "unknown-call" or
        "unknown-promise", StoreError.
        """
        return await self.record(
            call_id, lambda view: kept_promise(view, made_in, promise_id, by), settled_before, require_standing
        )

    async def record_after(
        self,
        call_id: str,
        make: Callable[[CallView], E],
        find: Callable[[Sequence[Envelope], E], Envelope | None] = lambda _log, _event: None,
    ) -> Envelope:
        """Log what comes after a call, unless ``find`` finds it in the log; returns once it is stored.

        Raises InputError "call-open" while the call goes on, StoreError, and what ``make`` raises.
        """
        await self.over(call_id)
        return await self.closed_logs.add(call_id, make, find)

    async def over(self, call_id: str) -> None:
        """Wait until a call that is closing has its whole log stored. Raises InputError "call-open", StoreError."""
        live = self._calls.get(call_id)
        if live and not live.session.is_closing:
            raise InputError("The call goes on; wait until it is closed.", code="call-open")
        if live:
            await asyncio.shield(live.closed)

    async def record(
        self,
        call_id: str,
        make: Callable[[CallView], R],
        find: Callable[[Iterable[Envelope], R], Envelope | None],
        require: Callable[[CallView, R], None] = lambda _view, _event: None,
    ) -> Envelope:
        """Log what somebody says of a live or closed call, unless ``find`` finds it; returns once it is stored.

        ``require`` raises where what is new must not be said.
        """
        live = self._calls.get(call_id)
        if live and not live.journal.is_closed:
            view = live.journal.view
            event = make(view)
            envelope = find(live.journal.reports, event)
            if envelope is None:
                require(view, event)
                envelope = live.session.tell(event)
            await live.journal.stored(envelope.seq)
            return envelope
        await self.over(call_id)
        return await self.closed_logs.add(call_id, make, find, require)

    # --- one call ----------------------------------------------------------------------------------------------

    def _create(self, call_id: str, request: CallRequest, playbook: Playbook) -> LiveCall:
        try:
            spool = CallSpool(self._spool_dir / call_id, request.legs)
        except FileExistsError:
            raise InputError("A call with this id is open or not yet stored.", code="call-exists") from None
        except OSError as error:
            log.exception("the spool cannot be written")
            raise OverloadedError("The disk refuses new calls.", code="spool-unavailable") from error
        journal = Journal(call_id, spool, bus=self._bus, store=self._store, now=self._now, limits=self._limits.journal)
        session = CallSession(
            call_id,
            request,
            transcriber=self._transcriber,
            analysers=self._analysers,
            playbook=playbook,
            journal=journal,
            spool=spool,
            customers=self._customers,
            history=self._history,
            calls=self._store,
            judge=self._judge,
            zone=self._zone,
            assignments=self._draw(playbook, call_id),
            limits=self._limits.session,
        )
        return LiveCall(session, journal, spool)

    def _attach(self, live: LiveCall) -> CallHandle:
        live.handle = CallHandle(live, self.release)
        return live.handle

    async def _serve(self, live: LiveCall) -> None:
        """Run a call to its end; whatever happens to it stays its own."""
        try:
            await self._complete(live)
        except Exception:  # bulkhead: one call's failure never touches another
            log.exception("call failed; its spool is kept for recovery", extra={"call_id": live.session.call_id})
        finally:
            if not live.closed.done():
                live.closed.set_exception(StoreError("The call ended without a complete record; it is in the spool."))
                live.closed.exception()
            if live.grace is not None:
                live.grace.cancel()
            live.spool.close()
            self._ended.remember(live.ended(), asyncio.get_running_loop().time())
            del self._calls[live.session.call_id]
            self._changed.notify()

    async def _complete(self, live: LiveCall) -> None:
        await self.turns.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(live.journal.run(), name=f"journal {live.session.call_id}")
            closed = await self._run_session(live)
            live.journal.close()
        self.counts.audio_received_ms += sum(leg.received_ms for leg in closed.ledger)
        self.counts.audio_spooled_ms += live.session.spooled_ms
        self.counts.audio_shed_ms += live.session.shed_ms
        live.closed.set_result(closed)
        if live.journal.is_stored:
            self._on_closed(live.session.call_id)
            await save_sound(live.spool.directory, store=self._store, audio_store=self._audio_store)

    async def _run_session(self, live: LiveCall) -> CallClosed:
        try:
            return await live.session.run()
        except Exception:  # bulkhead: the record is closed with what is known
            log.exception("session failed", extra={"call_id": live.session.call_id})
            live.session.close("internal-error")
            live.session.wrap_up("internal-error")
            closed = live.session.settled("internal-error")
            live.journal.append(closed)
            return closed
