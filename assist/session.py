"""One call from its first sample to its stored record: lanes, log order, analysis, rules, closing.

Closing is data, not cancellation: the source closes the feeds, each lane finishes its input, the log takes what was
decided, and the group of tasks ends by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from assist.advisor import Advisor
from assist.customers.inquiry import CustomerInquiry, InquiryLimits
from assist.delivery import LaneDelivery
from assist.feed import LegFeed
from assist.foresight import Foresight
from assist.history.agent import HourInquiry, HourLimits
from assist.history.inquiry import HistoryInquiry, HistoryLimits
from assist.journal import Journal
from assist.judge import Judge, questions_for
from assist.ledger import settle
from assist.messages import (
    Agent,
    Assignment,
    CallClosed,
    CallDegraded,
    CallDirection,
    CallOpened,
    CallUpdated,
    CloseCause,
    Customer,
    DegradedPart,
    Envelope,
    Event,
    ExperimentsAssigned,
    Leg,
    LegLedger,
    Party,
    UtteranceDropped,
)
from assist.notice import Notice
from assist.order import DecidedOrder
from assist.playbook import Playbook, Telling
from assist.ports import Analyser, CallHistory, CallList, CustomerDirectory, Pace, Transcriber
from assist.spool import CallSpool
from assist.streams import CallStreams
from assist.terms import terms_of
from assist.wrapup import wrap_up

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a source says when it opens a call."""

    source: str
    legs: tuple[Leg, ...]
    call_id: str | None = None
    agent: Agent | None = None
    customer: Customer | None = None
    direction: CallDirection = "inbound"
    external_id: str | None = None
    playbook: str | None = None
    pace: Pace = "live"
    terms: tuple[str, ...] = ()
    """Names that may come up, apart from those of the playbook, the agent and the customer."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Bounds of one call; each with its unit."""

    max_call_s: float = 4 * 3600.0
    lane_audio_ms: int = 2_000
    """Audio in memory between source and lane."""
    waiting_utterances: int = 32
    """Decided but not yet analysed; beyond it lanes wait."""
    inquiry: InquiryLimits = field(default_factory=InquiryLimits)
    history: HistoryLimits = field(default_factory=HistoryLimits)
    hour: HourLimits = field(default_factory=HourLimits)


class CallSession:
    """Runs one call; sources push sound in, the journal carries everything out."""

    def __init__(
        self,
        call_id: str,
        request: CallRequest,
        *,
        transcriber: Transcriber,
        analysers: Sequence[Analyser],
        playbook: Playbook,
        journal: Journal,
        spool: CallSpool,
        customers: CustomerDirectory | None = None,
        history: CallHistory | None = None,
        calls: CallList | None = None,
        judge: Judge | None = None,
        zone: tzinfo = UTC,
        assignments: tuple[Assignment, ...] = (),
        limits: SessionLimits | None = None,
    ) -> None:
        """``calls``: in which the agent's last hour is found. ``zone``: in which the hotline tells the time.

        ``assignments``: what experiments give the call.
        """
        self.call_id = call_id
        self.request = request
        self._zone = zone
        self._filings = playbook.dispositions
        self._judge = judge
        self._questions = playbook.questions
        self._limits = limits or SessionLimits()
        self._transcriber = transcriber
        self._terms = terms_of(playbook.lexicon, request.terms, request.agent, request.customer)
        self._journal = journal
        self._feeds: dict[Party, LegFeed] = {
            leg.party: LegFeed(leg.party, leg.rate_hz, spool.leg(leg.party), limit_ms=self._limits.lane_audio_ms)
            for leg in request.legs
        }
        self._order = DecidedOrder([leg.party for leg in request.legs])
        self._changed = Notice()
        self.streams = CallStreams(
            request.legs, self._feeds, self._order, pace=request.pace, tell=self.tell, changed=self._changed
        )
        opened = {one.kind: one.open_call(playbook) for one in analysers}
        self._advisor = Advisor(journal, opened, playbook, self._degrade, assignments)
        self._foresight = Foresight(journal, opened, self._advisor.foresee)
        self._inquiry = CustomerInquiry(
            customers,
            tell=self.tell,
            degrade=self._degrade,
            position_ms=lambda: self.end_ms,
            limits=self._limits.inquiry,
        )
        self._ledger: dict[Party, LegLedger] = {}
        self._cause: CloseCause = "hangup"
        self._closing = asyncio.Event()
        opening = CallOpened(
            source=request.source,
            legs=request.legs,
            agent=request.agent,
            customer=request.customer,
            direction=request.direction,
            external_id=request.external_id,
            playbook=playbook.reference,
            recogniser=transcriber.name,
            meanings=tuple(meaning.label for meaning in playbook.meanings),
        )
        opened_at = journal.append(opening).at
        if assignments:
            journal.append(ExperimentsAssigned(at_ms=0, assignments=assignments))
        self._memory = HistoryInquiry(
            history,
            opened_at=opened_at,
            tell=self.tell,
            degrade=self._degrade,
            position_ms=lambda: self.end_ms,
            limits=self._limits.history,
        )
        self._hour = HourInquiry(
            calls if request.pace == "live" else None,
            call_id=call_id,
            opened_at=opened_at,
            tell=self.tell,
            degrade=self._degrade,
            position_ms=lambda: self.end_ms,
            limits=self._limits.hour,
        )
        self._advisor.know(opening, opened_at=opened_at)
        self._ask_about(request.customer, request.agent)

    # --- what a source does ------------------------------------------------------------------------------------

    @property
    def end_ms(self) -> int:
        """Highest end position over the legs."""
        return self.streams.end_ms

    @property
    def spooled_ms(self) -> int:
        return sum(feed.spooled_ms for feed in self._feeds.values())

    @property
    def shed_ms(self) -> int:
        return sum(feed.shed_ms for feed in self._feeds.values())

    def update(self, change: CallUpdated) -> None:
        """Log a change of agent, customer or connection while the call runs."""
        if not self._closing.is_set():
            self.tell(change)
            self._ask_about(change.customer, change.agent)

    def tell(self, event: Event) -> Envelope:
        """Log what is told beside the words; rules know what is of use to them from the next words on."""
        envelope = self._journal.append(event)
        if isinstance(event, Telling):
            self._advisor.know(event)
        return envelope

    def close(self, cause: CloseCause) -> None:
        """No more sound; the first cause counts."""
        if self._closing.is_set():
            return
        self._cause = cause
        self._closing.set()
        for feed in self._feeds.values():
            feed.close()

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    # --- the call ----------------------------------------------------------------------------------------------

    async def run(self) -> CallClosed:
        """Work until the source has closed and everything is decided and logged."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_length(), name=f"length {self.call_id}")
            for leg in self.request.legs:
                group.create_task(self._run_lane(leg), name=f"lane {self.call_id} {leg.party}")
            group.create_task(self._foresight.run(), name=f"foresight {self.call_id}")
            group.create_task(self._inquiry.run(), name=f"customer {self.call_id}")
            group.create_task(self._memory.run(), name=f"history {self.call_id}")
            group.create_task(self._hour.run(), name=f"hour {self.call_id}")
            await self._release()
            self._foresight.close()
            self._inquiry.close()
            self._memory.close()
            self._hour.close()
        await self._have_it_judged()
        self._advisor.end(self.end_ms, self._cause)
        self.wrap_up(self._cause)
        closed = CallClosed(
            at_ms=self.end_ms,
            cause=self._cause,
            ledger=tuple(self._ledger[leg.party] for leg in self.request.legs),
            conversation=self._advisor.measured(self.end_ms),
        )
        self._journal.append(closed)
        return closed

    async def _have_it_judged(self) -> None:
        """Ask what the playbook asks about the whole call; the answers are in the log before its rules hear of the end.

        Takes as long as the judge's own bound at most.
        """
        questions = questions_for(self.call_id, self._questions, self._cause) if self._judge else ()
        if self._judge is None or not questions or not self._advisor.rules_work:
            return
        try:
            judgements = await self._judge.judge(self._journal.view, questions)
        except Exception:  # bulkhead: a call ends unjudged, too
            log.exception("judging failed", extra={"call_id": self.call_id})
            return
        for judgement in judgements:
            self.tell(judgement)

    def wrap_up(self, cause: CloseCause) -> None:
        """Log what is left of the call, as far as it was heard; once, before its closing."""
        try:
            proposal = wrap_up(self._journal.view, self.end_ms, cause, self._zone, self._filings)
        except Exception:  # bulkhead: a call closes without a summary, too
            log.exception("wrap-up failed", extra={"call_id": self.call_id})
            self._degrade("wrap-up", "wrap-up-failed", "This call has no summary; write it by hand.")
            return
        if proposal is not None:
            self._journal.append(proposal)

    def settled(self, cause: CloseCause) -> CallClosed:
        """How the call stands when its tasks broke: what was not decided counts as failed."""
        view = self._journal.view
        legs = [
            settle(
                leg.party,
                self._feeds[leg.party].end_ms,
                view.gaps,
                transcribed_ms=sum(x.end_ms - x.start_ms for x in view.lines if x.final and x.party == leg.party),
                heard_until_ms=max((x.end_ms for x in view.lines if x.final and x.party == leg.party), default=0),
            )
            for leg in self.request.legs
        ]
        return CallClosed(
            at_ms=self.end_ms, cause=cause, ledger=tuple(legs), conversation=self._advisor.measured(self.end_ms)
        )

    def _ask_about(self, customer: Customer | None, agent: Agent | None) -> None:
        """Who is in the call has become known: everything that is looked up about them begins here."""
        if agent is not None:
            self._hour.want(agent.agent_id)
        if customer is not None:
            self._inquiry.want(customer.customer_id)
            self._memory.want(customer.customer_id)

    async def _watch_length(self) -> None:
        try:
            async with asyncio.timeout(self._limits.max_call_s):
                await self._closing.wait()
        except TimeoutError:
            self.close("max-length")

    async def _release(self) -> None:
        """Take what the lanes decided in log order until every lane has ended."""
        while not self._order.is_finished:
            event = self._order.take()
            if event is not None:
                self._changed.notify()
                self.streams.hear(event, await self._advisor.take(event))
            elif self._order.position_ms >= self._advisor.next_tick_ms:
                self._advisor.reach(self._order.position_ms)
            else:
                await self._changed.wait()

    async def _run_lane(self, leg: Leg) -> None:
        feed, sink = self._feeds[leg.party], self._delivery(leg.party)
        try:
            lane = self._transcriber.open_lane(self.call_id, leg, pace=self.request.pace, terms=self._terms)
            self._ledger[leg.party] = await lane.run(feed, sink)
        except Exception:  # bulkhead: a broken lane costs its own leg, not the call
            log.exception("lane failed", extra={"party": leg.party})
            self._degrade("recognition", "lane-failed", "This party can no longer be transcribed.", party=leg.party)
            self._ledger[leg.party] = await self._without_lane(leg, feed, sink)
        self._order.finish(leg.party)
        self._changed.notify()

    def _delivery(self, party: Party) -> LaneDelivery:
        return LaneDelivery(
            party,
            journal=self._journal,
            foresight=self._foresight,
            order=self._order,
            changed=self._changed,
            end_ms=lambda: self.end_ms,
            waiting_limit=self._limits.waiting_utterances,
        )

    async def _without_lane(self, leg: Leg, feed: LegFeed, sink: LaneDelivery) -> LegLedger:
        """Take the rest of a leg whose lane broke: its sound is kept and declared as not recognised."""
        broke_ms = max(0, sink.progress_ms)
        for utterance_id, start_ms in tuple(sink.unfinished.items()):
            dropped = UtteranceDropped(
                utterance_id=utterance_id,
                party=leg.party,
                start_ms=start_ms,
                end_ms=max(start_ms, broke_ms),
                decided_ms=broke_ms,
                reason="lane-failed",
            )
            await sink.final(dropped)
        while await feed.receive() is not None:
            pass
        gaps = self._journal.view.gaps
        return settle(leg.party, feed.end_ms, gaps, transcribed_ms=sink.transcribed_ms, heard_until_ms=broke_ms)

    def _degrade(
        self, part: DegradedPart, code: str, reason: str, *, party: Party | None = None, restored: bool = False
    ) -> None:
        self._journal.append(
            CallDegraded(at_ms=self.end_ms, part=part, code=code, reason=reason, party=party, restored=restored)
        )
