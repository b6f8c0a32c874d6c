"""Owns every live call of this process: a call outlives the socket that brought it."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assist.errors import InputError, NotFoundError, OverloadedError, StoreError
from assist.journal import Journal, JournalLimits
from assist.messages import (
    Agent,
    AudioFrame,
    AudioGap,
    CallClosed,
    CallUpdated,
    CloseCause,
    Customer,
    Envelope,
    Leg,
    PromptOutcome,
)
from assist.notice import Notice
from assist.playbook import Playbook
from assist.ports import Analyser, AudioStore, CallStore, CallSummary, EventBus, Transcriber
from assist.recovery import close_left_over, save_sound
from assist.session import CallRequest, CallSession, SessionLimits
from assist.spool import CallSpool
from assist.view import CallView, fold_all

log = logging.getLogger(__name__)

Outcome = Literal["shown", "accepted", "dismissed", "copied"]

LONGEST_LOG = 1_000_000
"""Envelopes of one call that are read at once."""


@dataclass(frozen=True, slots=True)
class SupervisorLimits:
    """Bounds of all calls; each with its unit."""

    grace_s: float = 30.0
    """How long a detached call waits for its source."""
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


class _LiveCall:
    """A session with what the supervisor needs to keep it."""

    def __init__(self, session: CallSession, journal: Journal, spool: CallSpool) -> None:
        self.session = session
        self.journal = journal
        self.spool = spool
        self.resume_token = secrets.token_urlsafe(24)
        self.received_bytes = 0
        self.handle: CallHandle | None = None
        self.grace: asyncio.TimerHandle | None = None
        self.outcomes: dict[tuple[str, Outcome, str], Envelope] = {}
        """What people did with prompts, by prompt, outcome and user: a browser may repeat itself."""
        self.closed: asyncio.Future[CallClosed] = asyncio.get_running_loop().create_future()


class CallHandle:
    """A source's grip on its call while attached. Obtained from Supervisor.open or attach."""

    def __init__(self, supervisor: Supervisor, live: _LiveCall) -> None:
        self._supervisor = supervisor
        self._live = live

    @property
    def call_id(self) -> str:
        return self._live.session.call_id

    @property
    def resume_token(self) -> str:
        return self._live.resume_token

    @property
    def legs(self) -> tuple[Leg, ...]:
        """As the call was opened with."""
        return self._live.session.request.legs

    @property
    def received_bytes(self) -> int:
        """Wire bytes taken so far over all sockets: all of them are on disk."""
        return self._live.received_bytes

    async def feed(self, items: Sequence[AudioFrame | AudioGap], *, wire_bytes: int = 0) -> None:
        """Take sound in position order per party; it is on disk when this returns.

        Live: never waits for recognition. Replay: waits for room. After ``detach`` or ``close`` nothing is taken.
        """
        if self._live.handle is not self:
            return
        for item in items:
            self._live.session.push(item)
        self._live.received_bytes += wire_bytes
        if self._live.session.request.pace == "replay":
            await self._live.session.room()

    def position_ms(self, leg: int) -> int:
        """End position of a leg (index into the request's legs), to continue after a reconnect."""
        return self._live.session.position_ms(leg)

    def update(self, *, agent: Agent | None = None, customer: Customer | None = None) -> None:
        """Log who the parties are, learnt while the call runs."""
        self._log_update(CallUpdated(at_ms=self._live.session.end_ms, agent=agent, customer=customer))

    def mark(self, connection: Literal["paused", "resumed"]) -> None:
        """Log that the source paused or resumed its media."""
        self._log_update(CallUpdated(at_ms=self._live.session.end_ms, connection=connection))

    def detach(self) -> None:
        """The socket is gone; the call waits ``grace_s`` for attach, then closes with "source-lost"."""
        if self._live.handle is self:
            self._supervisor.release(self._live)

    def close(self, cause: CloseCause = "hangup") -> None:
        """No more audio; recognition finishes what it has."""
        self._live.session.close(cause)

    async def closed(self) -> CallClosed:
        """Wait until the call is complete and its log stored (or safely spooled)."""
        return await asyncio.shield(self._live.closed)

    def _log_update(self, change: CallUpdated) -> None:
        if self._live.handle is self:
            self._live.session.update(change)


class Supervisor:
    """Opens, re-attaches, closes and recovers calls."""

    def __init__(
        self,
        *,
        transcriber: Transcriber,
        analyser: Analyser,
        playbook: Callable[[str | None], Playbook],
        store: CallStore,
        audio_store: AudioStore,
        bus: EventBus,
        spool_dir: Path,
        admit: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: SupervisorLimits | None = None,
    ) -> None:
        """``admit`` raises OverloadedError when no further call can be served well."""
        self._transcriber = transcriber
        self._analyser = analyser
        self._playbook = playbook
        self._store = store
        self._audio_store = audio_store
        self._bus = bus
        self._spool_dir = spool_dir
        self._admit = admit
        self._now = now
        self._limits = limits or SupervisorLimits()
        self._calls: dict[str, _LiveCall] = {}
        self._group: asyncio.TaskGroup | None = None
        self._stopping = False
        self._changed = Notice()
        self._outcome_turn = asyncio.Lock()
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
        """Complete the record of calls that a killed process left in the spool; their ids."""
        recovered: list[str] = []
        if not self._spool_dir.exists():
            return recovered
        for directory in sorted(path for path in self._spool_dir.iterdir() if path.is_dir()):
            if directory.name in self._calls:
                continue
            if await close_left_over(directory, store=self._store, audio_store=self._audio_store, now=self._now):
                recovered.append(directory.name)
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
        live = self._calls.get(call_id)
        if live is None or live.session.is_closing:
            raise NotFoundError("This call is not open here; open a new one.", code="unknown-call")
        if not hmac.compare_digest(resume_token.encode(), live.resume_token.encode()):
            raise NotFoundError("The resume token does not belong to this call.", code="bad-resume-token")
        if live.handle is not None:
            raise InputError("Another connection serves this call; close it first.", code="already-attached")
        if live.grace is not None:
            live.grace.cancel()
            live.grace = None
        live.session.update(CallUpdated(at_ms=live.session.end_ms, connection="attached"))
        return self._attach(live)

    def release(self, live: _LiveCall) -> None:
        """Let a call wait for its source; used by its handle."""
        live.handle = None
        if live.session.is_closing:
            return
        live.session.update(CallUpdated(at_ms=live.session.end_ms, connection="detached"))
        loop = asyncio.get_running_loop()
        live.grace = loop.call_later(self._limits.grace_s, live.session.close, "source-lost")

    # --- desks -------------------------------------------------------------------------------------------------

    def view(self, call_id: str) -> CallView | None:
        """The folded view of a live call; None when it is not live here."""
        live = self._calls.get(call_id)
        return live.journal.view if live else None

    def calls(self) -> Sequence[CallSummary]:
        """Summaries of the live calls, newest first."""
        summaries = [live.journal.summary for live in self._calls.values() if live.journal.summary is not None]
        return sorted(summaries, key=lambda summary: summary.opened_at, reverse=True)

    @property
    def store_lag(self) -> int:
        """Envelopes of live calls that the store does not hold yet."""
        return sum(live.journal.store_lag for live in self._calls.values())

    async def record_outcome(
        self, call_id: str, prompt_id: str, outcome: Outcome, *, by: str, shown_after_ms: int | None = None
    ) -> Envelope:
        """Log what a person did with a prompt; returns once it is stored. Saying it again changes nothing.

        Works for live and closed calls. Raises NotFoundError "unknown-call" or "unknown-prompt", StoreError.
        """
        live = self._calls.get(call_id)
        if live and not live.journal.is_closed:
            event = _outcome(live.journal.view, prompt_id, outcome, by, shown_after_ms)
            envelope = live.outcomes.get((prompt_id, outcome, by)) or live.journal.append(event)
            live.outcomes[prompt_id, outcome, by] = envelope
            await live.journal.stored(envelope.seq)
            return envelope
        if live:
            await asyncio.shield(live.closed)
        async with self._outcome_turn:
            log = await self._store.envelopes(call_id, limit=LONGEST_LOG)
            event = _outcome(fold_all(call_id, log), prompt_id, outcome, by, shown_after_ms)
            for known in log:
                if isinstance(known.event, PromptOutcome) and _is_same(known.event, event):
                    return known
            envelope = Envelope(call_id=call_id, seq=log[-1].seq + 1, at=self._now(), event=event)
            await self._store.append((envelope,))
        await self._bus.publish((envelope,))
        return envelope

    # --- one call ----------------------------------------------------------------------------------------------

    def _create(self, call_id: str, request: CallRequest, playbook: Playbook) -> _LiveCall:
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
            analyser=self._analyser,
            playbook=playbook,
            journal=journal,
            spool=spool,
            limits=self._limits.session,
        )
        return _LiveCall(session, journal, spool)

    def _attach(self, live: _LiveCall) -> CallHandle:
        live.handle = CallHandle(self, live)
        return live.handle

    async def _serve(self, live: _LiveCall) -> None:
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
            del self._calls[live.session.call_id]
            self._changed.notify()

    async def _complete(self, live: _LiveCall) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(live.journal.run(), name=f"journal {live.session.call_id}")
            closed = await self._run_session(live)
            live.journal.close()
        self.counts.audio_received_ms += sum(leg.received_ms for leg in closed.ledger)
        self.counts.audio_spooled_ms += live.session.spooled_ms
        self.counts.audio_shed_ms += live.session.shed_ms
        live.closed.set_result(closed)
        if live.journal.is_stored:
            await save_sound(live.spool.directory, store=self._store, audio_store=self._audio_store)

    async def _run_session(self, live: _LiveCall) -> CallClosed:
        try:
            return await live.session.run()
        except Exception:  # bulkhead: the record is closed with what is known
            log.exception("session failed", extra={"call_id": live.session.call_id})
            live.session.close("internal-error")
            closed = live.session.settled("internal-error")
            live.journal.append(closed)
            return closed


def _outcome(view: CallView, prompt_id: str, outcome: Outcome, by: str, shown_after_ms: int | None) -> PromptOutcome:
    """The event, if the call has such a prompt. Raises NotFoundError "unknown-call" or "unknown-prompt"."""
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
    if not any(card.prompt.prompt_id == prompt_id for card in view.prompts):
        raise NotFoundError("This call has no such prompt.", code="unknown-prompt")
    return PromptOutcome(
        prompt_id=prompt_id, at_ms=view.position_ms, outcome=outcome, by=by, shown_after_ms=shown_after_ms
    )


def _is_same(one: PromptOutcome, other: PromptOutcome) -> bool:
    return (one.prompt_id, one.outcome, one.by) == (other.prompt_id, other.outcome, other.by)
