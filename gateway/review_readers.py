"""What each person may see of reviews: no score that is not told yet, nor others' while a calibration goes on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from assist.errors import NotFoundError
from assist.messages import ReviewState
from assist.quality.review import OVER, Review
from assist.quality.steps import Actor, Power
from assist.stores.accounts import User
from assist.stores.reviews import ReviewQuery, ReviewStore
from gateway.permissions import Permission, permissions_of, scope_of

POWERS: dict[Permission, Power] = {
    "review.score": "score",
    "review.assign": "assign",
    "review.answer": "answer",
    "review.decide-lead": "decide-lead",
    "review.decide-quality": "decide-quality",
}
Waits = Literal["score", "answer", "decide-lead", "decide-quality", "acknowledge"]
"""What somebody is to do with a review."""
MOST_WAITING = 200
MOST_SESSIONS = 1_000


def actor_of(user: User) -> Actor:
    """A user as reviews know them."""
    powers: list[Power] = [power for permission, power in POWERS.items() if permission in permissions_of(user)]
    return Actor(user.user_id, user.display_name, frozenset(powers), user.agent_id)


def is_told_only(user: User) -> bool:
    """Whether somebody gets to see what was told to agents, and nothing else."""
    return "review.read" not in permissions_of(user)


class ReviewReaders:
    """Reads reviews for people. Every method raises StoreError."""

    def __init__(self, store: ReviewStore) -> None:
        self._store = store

    async def review(self, user: User, review_id: str) -> Review:
        """One review as this user may see it. Raises NotFoundError "unknown-review", also for what is not for them."""
        review = await self._store.review(review_id)
        if review is None or not self._is_visible(user, review):
            raise NotFoundError("There is no such review.", code="unknown-review")
        (seen,) = await self.seen(user, [review])
        return seen

    async def reviews(self, user: User, query: ReviewQuery) -> Sequence[Review]:
        """Those that are asked for and this user may see, as far as they may."""
        return await self.seen(user, await self._store.reviews(self.narrowed(user, query)))

    def narrowed(self, user: User, query: ReviewQuery) -> ReviewQuery:
        """A query within what a user may see."""
        return replace(query, scope=scope_of(user), told=True if is_told_only(user) else query.told)

    async def seen(self, user: User, reviews: Sequence[Review]) -> Sequence[Review]:
        """Without what others found in calibrations that go on."""
        going_on: set[str] = set()
        if any(review.kind == "calibration" for review in reviews):
            query = ReviewQuery(kind="calibration", states=["in_review"], limit=MOST_SESSIONS)
            going_on = {one.calibration_id or "" for one in await self._store.reviews(query)}
        return [_blinded(one) if _is_hidden(one, user, going_on) else one for one in reviews]

    async def waiting(self, user: User, now: datetime) -> Sequence[tuple[Waits, Review]]:
        """What waits for a user to be done, with what that is; the earliest due first."""
        actor = actor_of(user)
        found: list[tuple[Waits, Review]] = []
        wanted: list[tuple[Waits, Power, ReviewQuery]] = [
            ("score", "score", ReviewQuery(reviewer_id=user.user_id, states=["in_review"])),
            ("decide-lead", "decide-lead", ReviewQuery(states=["with_lead"])),
            ("decide-quality", "decide-quality", ReviewQuery(states=["with_quality"])),
        ]
        if actor.agent_id is not None:
            own = ReviewQuery(agent_id=actor.agent_id, told=True)
            wanted.append(("answer", "answer", replace(own, states=("with_agent", "answered"))))
            wanted.append(("acknowledge", "answer", replace(own, waits_for_coaching=True)))
        for what, power, query in wanted:
            if power in actor.powers:
                waiting = await self.reviews(user, replace(query, limit=MOST_WAITING))
                found.extend((what, one) for one in waiting if not _is_done_with(what, one, actor))
        latest = datetime.max.replace(tzinfo=now.tzinfo)
        return sorted(found, key=lambda one: due_of(*one) or latest)[:MOST_WAITING]

    def _is_visible(self, user: User, review: Review) -> bool:
        scope = scope_of(user)
        if is_told_only(user):
            return review.is_told and user.agent_id is not None and user.agent_id == review.agent_id
        is_theirs = review.reviewer_id == user.user_id and review.state != "withdrawn"
        return scope.covers(review.agent_id) or is_theirs


def due_of(what: Waits, review: Review) -> datetime | None:
    """Until when something is to be done."""
    if what != "acknowledge":
        return review.due_at
    waiting = [one.noted.due_at for one in review.coaching if one.acknowledged_at is None]
    return min((at for at in waiting if at is not None), default=None)


def _is_done_with(what: Waits, review: Review, actor: Actor) -> bool:
    """Whether somebody else has to decide: this person has judged the call."""
    return what in ("decide-lead", "decide-quality") and actor.user_id in review.deciders


def _is_hidden(review: Review, user: User, going_on: Collection[str]) -> bool:
    return review.calibration_id in going_on and review.reviewer_id != user.user_id


def _blinded(review: Review) -> Review:
    """Who scores it and whether they have, and nothing of what they found."""
    state: ReviewState = review.state if review.state in OVER else "in_review"
    blank = {"state": state, "score": None, "is_zeroed": False, "items": (), "summary": ""}
    return review.model_copy(update=blank)
