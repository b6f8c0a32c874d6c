"""Reviews of calls: what waits, how each stands, and its steps."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from assist.errors import NotFoundError
from assist.messages import AppealPoint, ReviewKind, ReviewOrigin, ReviewState, ReviewStep
from assist.quality.judging import READ, GivenError, judged_in, standing_items
from assist.quality.review import Review
from assist.quality.scorecard import Scorecard
from assist.quality.scoring import GivenValue
from assist.quality.steps import may
from assist.stores.accounts import User
from assist.stores.reviews import Order, ReviewQuery
from gateway.api.access import CurrentUser, Served, VisibleCall, permitted
from gateway.api.quality_models import People, Person
from gateway.api.review_models import (
    AppealTold,
    Card,
    CardSection,
    CoachingTold,
    Inbox,
    InboxEntry,
    ReviewDetail,
    ReviewItem,
    ReviewPage,
    ReviewRow,
    StepTold,
)
from gateway.api.review_requests import (
    AppealAsked,
    AssignAsked,
    CoachingAsked,
    DecisionAsked,
    GivenItem,
    ReviewAsked,
    ScoreAsked,
    StepAsked,
)
from gateway.permissions import Permission, permissions_of
from gateway.review_readers import actor_of, due_of, is_told_only
from gateway.service import Service

review_routes = APIRouter(tags=["reviews"])

REVIEWERS: Permission = "review.score"
MAX_OFFSET = 100_000
PathId = Annotated[str, Path(min_length=1, max_length=200)]


async def visible_review(review_id: PathId, service: Served, user: CurrentUser) -> Review:
    """The review of the path, as far as this user may see it. Raises NotFoundError "unknown-review"."""
    return await service.review_readers.review(user, review_id)


VisibleReview = Annotated[Review, Depends(visible_review)]


@review_routes.get("/reviews")
async def list_reviews(
    service: Served,
    user: CurrentUser,
    state: Annotated[list[ReviewState] | None, Query(description="Repeatable.")] = None,
    kind: ReviewKind | None = None,
    origin: ReviewOrigin | None = None,
    reviewer: Annotated[str | None, Query(max_length=200, description="`me`, `none` or a user id.")] = None,
    agent: Annotated[str | None, Query(max_length=200)] = None,
    calibration: Annotated[str | None, Query(max_length=200)] = None,
    call: Annotated[str | None, Query(max_length=200)] = None,
    overdue: Annotated[bool, Query(description="Only those whose time is over.")] = False,
    order: Order = "due",
    after: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewPage:
    """Reviews of the calls that one may see; agents see what they were told."""
    who = user.user_id if reviewer == "me" else None if reviewer == "none" else reviewer
    query = ReviewQuery(
        states=tuple(state or ()),
        kind=kind,
        origin=None if is_told_only(user) else origin,
        reviewer_id=who,
        has_reviewer=False if reviewer == "none" else None,
        agent_id=agent,
        calibration_id=calibration,
        call_id=call,
        overdue_at=service.reviews.now() if overdue else None,
        order="due" if order == "risk" and is_told_only(user) else order,
        offset=after,
        limit=limit,
    )
    found = await service.review_readers.reviews(user, query)
    rows = [row_of(service, user, review) for review in found]
    return ReviewPage(reviews=rows, next=str(after + limit) if len(rows) == limit else None)


@review_routes.get("/reviews/inbox")
async def get_inbox(service: Served, user: CurrentUser) -> Inbox:
    """What waits for whoever asks, and what of it is overdue."""
    now = service.reviews.now()
    entries: list[InboxEntry] = []
    for what, review in await service.review_readers.waiting(user, now):
        due_at = due_of(what, review)
        is_overdue = due_at is not None and due_at < now
        row = row_of(service, user, review)
        entries.append(InboxEntry(what=what, review=row, due_at=due_at, is_overdue=is_overdue))
    kinds = [entry.what for entry in entries]
    counts = {what: kinds.count(what) for what in dict.fromkeys(kinds)}
    return Inbox(entries=entries, overdue=sum(entry.is_overdue for entry in entries), counts=counts)


@review_routes.get("/reviews/people", dependencies=[Depends(permitted("review.assign"))])
async def list_people(service: Served) -> People:
    """Who may be given a review."""
    users = [user for user in await service.accounts.users() if REVIEWERS in permissions_of(user)]
    return People(people=[Person(user_id=user.user_id, name=user.display_name, role=user.role) for user in users])


@review_routes.post("/reviews", status_code=201)
async def choose_call(
    service: Served, body: ReviewAsked, user: Annotated[User, Depends(permitted("review.assign"))]
) -> ReviewRow:
    """Have a call reviewed that no draw took; it counts in no rate."""
    call = await service.seen.call(user, body.call_id)
    reviewer = await reviewer_of(service, body.reviewer_id) if body.reviewer_id else None
    made = await service.reviews.choose(call, actor_of(user), card=body.scorecard, reviewer=reviewer)
    return row_of(service, user, made)


@review_routes.get("/calls/{call_id}/reviews")
async def list_reviews_of_call(service: Served, summary: VisibleCall, user: CurrentUser) -> ReviewPage:
    """The reviews of a call, the newest first."""
    query = ReviewQuery(call_id=summary.call_id, order="newest", limit=200)
    found = await service.review_readers.reviews(user, query)
    return ReviewPage(reviews=[row_of(service, user, review) for review in found], next=None)


@review_routes.get("/reviews/{review_id}")
async def get_review(service: Served, review: VisibleReview, user: CurrentUser) -> ReviewDetail:
    """A review with everything about it, and what one can do with it now."""
    log = await service.store.envelopes(review.call_id, limit=1_000_000, types=READ)
    judged = judged_in(log)
    card = await service.reviews.card_of(review)
    is_others = review.kind == "calibration" and review.reviewer_id != user.user_id and not review.items
    items = () if is_others else standing_items(review, card, judged)
    guidance = {item.item_id: item.guidance for _, item in card.items} if card else {}
    actor, now = actor_of(user), service.reviews.now()
    return ReviewDetail(
        review=row_of(service, user, review),
        card=_card(review, card),
        items=[
            ReviewItem.of(item, judged.flags, guidance=guidance.get(item.item_id, ""), is_scored=bool(review.items))
            for item in items
        ],
        summary=review.summary,
        appeals=[AppealTold.of(appeal) for appeal in review.appeals],
        coaching=[CoachingTold.of(one) for one in review.coaching],
        history=[StepTold.model_validate(step, from_attributes=True) for step in review.history],
        may=list(may(review, actor, now)),
    )


@review_routes.post("/reviews/{review_id}/assign")
async def assign_review(service: Served, review: VisibleReview, body: AssignAsked, user: CurrentUser) -> ReviewRow:
    """Give a review to somebody."""
    reviewer = await reviewer_of(service, body.reviewer_id)
    moved = await service.reviews.move(review, "assign", actor_of(user), version=body.version, reviewer=reviewer)
    return row_of(service, user, moved)


@review_routes.post("/reviews/{review_id}/score")
async def score_review(service: Served, review: VisibleReview, body: ScoreAsked, user: CurrentUser) -> ReviewRow:
    """Score a call, every item once; its agent is told."""
    scored = await service.reviews.score(
        review, actor_of(user), _values(body.items), summary=body.summary, version=body.version
    )
    return row_of(service, user, scored)


@review_routes.post("/reviews/{review_id}/appeal")
async def appeal(service: Served, review: VisibleReview, body: AppealAsked, user: CurrentUser) -> ReviewRow:
    """Say, as the agent of the call, why a score is not right."""
    points = [AppealPoint(**dict(point)) for point in body.points]
    made = await service.reviews.appeal(review, actor_of(user), text=body.text, points=points, version=body.version)
    return row_of(service, user, made)


@review_routes.post("/reviews/{review_id}/decide")
async def decide(service: Served, review: VisibleReview, body: DecisionAsked, user: CurrentUser) -> ReviewRow:
    """Answer an appeal, as the team's lead or as the quality department."""
    decided = await service.reviews.decide(
        review,
        actor_of(user),
        body.outcome,
        reason=body.reason,
        given=_values(body.items),
        errors=[GivenError(one.flag_id, one.expected, one.reason) for one in body.rule_errors],
        version=body.version,
    )
    return row_of(service, user, decided)


@review_routes.post("/reviews/{review_id}/coaching", status_code=201)
async def coach(service: Served, review: VisibleReview, body: CoachingAsked, user: CurrentUser) -> ReviewRow:
    """Leave a note for the agent."""
    noted = await service.reviews.coach(
        review, actor_of(user), text=body.text, item_ids=body.item_ids, version=body.version
    )
    return row_of(service, user, noted)


@review_routes.post("/reviews/{review_id}/coaching/{note_id}/acknowledge")
async def acknowledge(service: Served, review: VisibleReview, note_id: PathId, user: CurrentUser) -> ReviewRow:
    """Say, as the agent of the call, that one has read a note; again changes nothing."""
    return row_of(service, user, await service.reviews.acknowledge(review, note_id, actor_of(user)))


@review_routes.post("/reviews/{review_id}/{step}")
async def take_step(
    service: Served,
    review: VisibleReview,
    step: Literal["take", "release", "accept", "pass-on", "withdraw"],
    body: StepAsked,
    user: CurrentUser,
) -> ReviewRow:
    """Take a step that changes no score."""
    chosen: ReviewStep = step
    moved = await service.reviews.move(review, chosen, actor_of(user), version=body.version, reason=body.reason)
    return row_of(service, user, moved)


def row_of(service: Service, user: User, review: Review) -> ReviewRow:
    return ReviewRow.of(review, now=service.reviews.now(), is_agent=is_told_only(user))


async def reviewer_of(service: Service, user_id: str) -> tuple[str, str]:
    """Id and name of who may score. Raises NotFoundError "unknown-reviewer"."""
    found = next((one for one in await service.accounts.users() if one.user_id == user_id), None)
    if found is None or REVIEWERS not in permissions_of(found):
        raise NotFoundError("Nobody who reviews calls has this id.", code="unknown-reviewer")
    return found.user_id, found.display_name


def _values(items: tuple[GivenItem, ...]) -> list[GivenValue]:
    return [GivenValue(item.item_id, item.value, item.reason) for item in items]


def _card(review: Review, card: Scorecard | None) -> Card:
    """Sections by their titles as far as the file has them."""
    name, _, version = review.scorecard.partition("@")
    titles = {section.section_id: section.title for section in card.sections} if card else {}
    used = dict.fromkeys(item.section_id for item in review.items) if review.items else titles
    sections = [CardSection(section_id=section_id, title=titles.get(section_id, section_id)) for section_id in used]
    return Card(
        name=name,
        version=version if review.items or card is None else card.version,
        title=card.title if card else name,
        sections=sections,
    )
