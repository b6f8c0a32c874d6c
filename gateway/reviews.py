"""Reviews of calls: drawn, given out, scored, disputed and decided, each step as an event of its call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import uuid4

from assist.errors import InputError, LivecueError, NotFoundError
from assist.messages import AppealOutcome, AppealPoint, Envelope, Event, ReviewOpened, ReviewOrigin, ReviewStep
from assist.ports import CallSummary
from assist.quality.draw import Candidate, Draw, Plan, bounds_of, review_id_of
from assist.quality.judging import (
    READ,
    GivenError,
    appeal_decided,
    appeal_made,
    coaching_acknowledged,
    coaching_noted,
    judged_in,
    score_given,
)
from assist.quality.review import Review, reviews_in
from assist.quality.scorecard import Scorecard
from assist.quality.scorecard_file import Scorecards
from assist.quality.scoring import GivenValue
from assist.quality.steps import DEADLINE, Actor, Deadlines, moved
from assist.stores.draws import DrawStore, WaitingCall
from assist.stores.reviews import ReviewQuery, ReviewStore
from assist.supervisor import Supervisor

log = logging.getLogger(__name__)

Person = tuple[str, str]
"""User id and name."""
Log = Sequence[Envelope]

DRAW = Actor("draw", "抽样", frozenset())
LAPSE = Actor(DEADLINE, "期限", frozenset())
OPENED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """What is drawn by itself, and how long things may take; each with its unit."""

    risk_calls: int = 20
    """A day, of those of highest risk."""
    random_calls: int = 20
    """A day, by lot of the others."""
    seed: str = ""
    """Empty: each draw makes its own, and keeps it."""
    draw_hour: int = 3
    """Of the next day, in the hotline's zone, from which a day is drawn from."""
    every_s: float = 60.0
    """Between two looks at what is to be drawn and what has lapsed."""
    deadlines: Deadlines = field(default_factory=Deadlines)


class Reviews:
    """Answers people, and draws and ends reviews by the clock. Every method raises StoreError.

    ``now`` gives aware UTC times; ``zone`` is where the hotline is.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        store: ReviewStore,
        draws: DrawStore,
        scorecards: Scorecards,
        *,
        zone: tzinfo = UTC,
        plan: ReviewPlan | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._supervisor = supervisor
        self.store = store
        self.draws = draws
        self.scorecards = scorecards
        self._zone = zone
        self._plan = plan or ReviewPlan()
        self.now = now
        self._drawn_day: date | None = None
        """The last one that was drawn by the clock."""

    # --- by the clock ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; what fails is made up for by the next time."""
        while True:
            try:
                await self.catch_up()
            except LivecueError as error:
                log.warning("reviews wait", extra={"code": error.code, "reason": error.message})
            await asyncio.sleep(self._plan.every_s)

    async def catch_up(self) -> None:
        """Draw from yesterday's calls once it is time, open what was drawn, and end what nobody answered."""
        here = self.now().astimezone(self._zone)
        yesterday = here.date() - timedelta(days=1)
        is_wanted = self._plan.risk_calls > 0 or self._plan.random_calls > 0
        if is_wanted and self._drawn_day != yesterday and here.time() >= time(self._plan.draw_hour):
            try:
                await self._draw(yesterday, DRAW.user_id)
            except InputError as error:
                if error.code not in ("day-drawn", "unknown-scorecard"):
                    raise
                self._drawn_day = yesterday if error.code == "day-drawn" else None
            else:
                self._drawn_day = yesterday
        await self.open_drawn()
        await self.lapse()

    async def lapse(self) -> None:
        """End reviews whose agents had their time to answer."""
        for review in await self.store.lapsed(self.now()):
            try:
                await self.move(review, "lapse", LAPSE, version=None)
            except InputError as error:  # The agent, or another service, was quicker.
                log.info("a review did not lapse", extra={"review_id": review.review_id, "code": error.code})

    async def draw(self, day: date, actor: Actor) -> Draw:
        """Draw from a day's calls now, as far as the day has gone, and open their reviews.

        Raises InputError "day-drawn", and "day-to-come" for a day that has not begun; NotFoundError "unknown-scorecard"
        where there is no scorecard at all.
        """
        made = await self._draw(day, actor.user_id)
        await self.open_drawn()
        return made

    async def _draw(self, day: date, by: str) -> Draw:
        since, until = bounds_of(day, self._zone)
        now = self.now()
        if since >= now:
            raise InputError("This day has not begun.", code="day-to-come")
        draw_id = f"draw-{day:%Y%m%d}-{uuid4().hex[:8]}"
        seed = f"{self._plan.seed}:{day}" if self._plan.seed else draw_id
        plan = Plan(self._plan.risk_calls, self._plan.random_calls, seed)
        cards = await asyncio.to_thread(self.scorecards.files)
        playbooks = {file.scorecard.playbook for file in cards if file.scorecard}
        if not playbooks:
            raise NotFoundError("There is no scorecard to review calls by.", code="unknown-scorecard")
        made = await self.draws.draw(
            draw_id,
            day,
            since,
            min(until, now),
            plan,
            playbooks=playbooks,
            by=by,
            at=now,
        )
        log.info("calls were drawn to be reviewed", extra={"draw_id": draw_id, "calls": made.calls})
        return made

    async def open_drawn(self) -> None:
        """Open the reviews of what was drawn; what a crash has left over is opened by the next run."""
        done: list[str] = []
        for call in await self.draws.waiting(limit=OPENED_AT_ONCE):
            try:
                await self._open_drawn(call)
            except InputError as error:
                log.warning("a drawn call is not reviewed", extra={"call_id": call.call_id, "code": error.code})
            else:
                done.append(call.call_id)
        if done:
            await self.draws.opened(done)

    async def _open_drawn(self, call: WaitingCall) -> None:
        review_id = review_id_of(call.draw_id, call.call_id)
        card = await self._card(None, call.playbook)

        def make(events: Log) -> Sequence[Event]:
            if review_id in reviews_in(events):
                return ()
            origin = "risk" if call.is_for_risk else "random"
            return [self._opened(review_id, card, DRAW, origin=origin, drawn=call)]

        await self._record(call.call_id, make)

    # --- opened by people ------------------------------------------------------------------------------------------

    async def choose(self, call: CallSummary, actor: Actor, *, card: str | None, reviewer: Person | None) -> Review:
        """Have a call reviewed whether or not a draw takes it.

        Raises InputError "call-has-review", NotFoundError "unknown-scorecard".
        """
        review_id = new_review_id()
        risk = await self.draws.risk(call.call_id)
        chosen = await self._card(card, call.playbook.partition("@")[0])

        def make(events: Log) -> Sequence[Event]:
            known = reviews_in(events).values()
            if any(one.kind == "audit" and one.state != "withdrawn" for one in known):
                raise InputError("This call has a review.", code="call-has-review")
            return [self._opened(review_id, chosen, actor, origin="chosen", reviewer=reviewer, risk=risk)]

        await self._record(call.call_id, make)
        return await self.review(review_id)

    async def calibrate(
        self, call: CallSummary, actor: Actor, *, card: str | None, reviewers: Sequence[Person]
    ) -> Sequence[Review]:
        """Have several people score a call blind to each other. Raises NotFoundError "unknown-scorecard"."""
        calibration_id = f"cal-{uuid4().hex[:16]}"
        chosen = await self._card(card, call.playbook.partition("@")[0])
        opened = [
            self._opened(
                new_review_id(), chosen, actor, origin="chosen", reviewer=person, calibration_id=calibration_id
            )
            for person in reviewers
        ]
        await self._record(call.call_id, lambda _events: opened)
        return await self.store.reviews(ReviewQuery(calibration_id=calibration_id))

    # --- steps -----------------------------------------------------------------------------------------------------

    async def review(self, review_id: str) -> Review:
        """Raises NotFoundError "unknown-review"."""
        found = await self.store.review(review_id)
        if found is None:
            raise NotFoundError("There is no such review.", code="unknown-review")
        return found

    async def move(
        self,
        review: Review,
        step: ReviewStep,
        actor: Actor,
        *,
        version: int | None,
        reviewer: Person | None = None,
        reason: str = "",
    ) -> Review:
        """Take a step that changes no score. Raises as ``steps.moved``."""

        def make(now: datetime, standing: Review, _events: Log) -> Event:
            return moved(
                standing,
                step,
                actor,
                now,
                version=version,
                deadlines=self._plan.deadlines,
                reviewer=reviewer,
                reason=reason,
            )

        return await self._step(review, make)

    async def score(
        self, review: Review, actor: Actor, given: Sequence[GivenValue], *, summary: str, version: int
    ) -> Review:
        """Raises as ``judging.score_given``, NotFoundError "unknown-scorecard"."""
        card = await asyncio.to_thread(self.scorecards.named, review.scorecard.partition("@")[0])

        def make(now: datetime, standing: Review, events: Log) -> Event:
            return score_given(
                standing,
                card,
                judged_in(events),
                given,
                actor,
                now,
                summary=summary,
                version=version,
                deadlines=self._plan.deadlines,
            )

        return await self._step(review, make)

    async def appeal(
        self, review: Review, actor: Actor, *, text: str, points: Sequence[AppealPoint], version: int
    ) -> Review:
        """Raises as ``judging.appeal_made``."""

        def make(now: datetime, standing: Review, events: Log) -> Event:
            deadlines = self._plan.deadlines
            return appeal_made(
                standing, events, actor, now, text=text, points=points, version=version, deadlines=deadlines
            )

        return await self._step(review, make)

    async def decide(
        self,
        review: Review,
        actor: Actor,
        outcome: AppealOutcome,
        *,
        reason: str,
        given: Sequence[GivenValue],
        errors: Sequence[GivenError],
        version: int,
    ) -> Review:
        """Raises as ``judging.appeal_decided``."""

        def make(now: datetime, standing: Review, events: Log) -> Event:
            return appeal_decided(
                standing,
                judged_in(events),
                actor,
                now,
                outcome=outcome,
                reason=reason,
                given=given,
                errors=errors,
                version=version,
                deadlines=self._plan.deadlines,
            )

        return await self._step(review, make)

    async def coach(self, review: Review, actor: Actor, *, text: str, item_ids: Sequence[str], version: int) -> Review:
        """Raises as ``judging.coaching_noted``."""

        def make(now: datetime, standing: Review, _events: Log) -> Event:
            deadlines = self._plan.deadlines
            return coaching_noted(
                standing, actor, now, text=text, item_ids=item_ids, version=version, deadlines=deadlines
            )

        return await self._step(review, make)

    async def acknowledge(self, review: Review, note_id: str, actor: Actor) -> Review:
        """Raises as ``judging.coaching_acknowledged``."""
        return await self._step(
            review, lambda now, standing, _events: coaching_acknowledged(standing, note_id, actor, now)
        )

    # --- how -------------------------------------------------------------------------------------------------------

    async def _step(self, review: Review, make: Callable[[datetime, Review, Log], Event | None]) -> Review:
        """The review after an event that is made of it as it is when its call's turn has come."""

        def events_of(events: Log) -> Sequence[Event]:
            standing = reviews_in(events).get(review.review_id)
            if standing is None:
                raise NotFoundError("There is no such review.", code="unknown-review")
            event = make(self.now(), standing, events)
            return () if event is None else (event,)

        await self._record(review.call_id, events_of)
        return await self.review(review.review_id)

    async def _record(self, call_id: str, make: Callable[[Log], Sequence[Event]]) -> None:
        await self._supervisor.over(call_id)
        await self._supervisor.closed_logs.add_apart(call_id, make, reads=READ)

    def _opened(
        self,
        review_id: str,
        card: Scorecard,
        actor: Actor,
        *,
        origin: ReviewOrigin,
        reviewer: Person | None = None,
        calibration_id: str | None = None,
        drawn: WaitingCall | None = None,
        risk: Candidate | None = None,
    ) -> ReviewOpened:
        known = drawn or risk
        return ReviewOpened(
            review_id=review_id,
            kind="calibration" if calibration_id else "audit",
            calibration_id=calibration_id,
            origin=origin,
            draw_id=drawn.draw_id if drawn else None,
            inclusion=drawn.inclusion if drawn else None,
            risk=known.risk if known else 0,
            reasons=known.reasons if known else (),
            scorecard=card.reference,
            reviewer_id=reviewer[0] if reviewer else None,
            reviewer_name=reviewer[1] if reviewer else "",
            due_at=self._plan.deadlines.due("queued", self.now()),
            by=actor.user_id,
            by_name=actor.name,
        )

    async def card_of(self, review: Review) -> Scorecard | None:
        """The scorecard of a review as its file is now; None: there is none."""
        try:
            return await self._card(review.scorecard.partition("@")[0], "")
        except NotFoundError:
            return None

    async def _card(self, name: str | None, playbook: str) -> Scorecard:
        """The scorecard of that name, else the one for calls of a playbook."""
        if name is not None:
            return await asyncio.to_thread(self.scorecards.named, name)
        return await asyncio.to_thread(self.scorecards.of_playbook, playbook)


def new_review_id() -> str:
    return f"r-{uuid4().hex[:20]}"
