"""Reviews of calls, as the settings want them."""

from __future__ import annotations

from datetime import timedelta

from assist.quality.scorecard_file import DIRECTORY, Scorecards
from assist.quality.steps import Deadlines
from assist.stores import Stores
from assist.supervisor import Supervisor
from gateway.reviews import ReviewPlan, Reviews
from gateway.settings import ReviewSettings, Settings


def make_reviews(settings: Settings, stores: Stores, supervisor: Supervisor) -> Reviews:
    """Reviews over the calls of a service."""
    return Reviews(
        supervisor,
        stores.reviews,
        stores.draws,
        Scorecards(settings.playbooks_dir / DIRECTORY),
        zone=settings.zone,
        plan=review_plan(settings.reviews),
    )


def review_plan(settings: ReviewSettings) -> ReviewPlan:
    """The settings as reviews want them."""
    return ReviewPlan(
        risk_calls=settings.risk_calls,
        random_calls=settings.random_calls,
        seed=settings.seed.get_secret_value(),
        draw_hour=settings.draw_hour,
        every_s=settings.every_s,
        deadlines=Deadlines(
            score=timedelta(days=settings.score_days),
            answer=timedelta(days=settings.answer_days),
            decide=timedelta(days=settings.decide_days),
            acknowledge=timedelta(days=settings.acknowledge_days),
        ),
    )
