"""Reviews of a call, step by step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assist.messages import Envelope, Event, ItemScore, ReviewKind, ReviewOpened, ReviewScored, ReviewState
from assist.quality.judging import judged_in, score_given
from assist.quality.review import Review, reviews_in
from assist.quality.scorecard import Scorecard
from assist.quality.scorecard_file import parse_scorecard
from assist.quality.scoring import GivenValue, filled_in
from assist.quality.steps import Actor, Deadlines, moved
from tests.support.archived_calls import archived_log, flagged, said
from tests.support.past_calls import NOW

CARD_TEXT = """\
name: service
version: 1
title: 服务评分表
playbook: telecom
sections:
  - id: opening
    title: 开场
    items:
      - {id: greeting, title: 规范开场白, weight: 10, rules: [missing-greeting]}
      - {id: closing, title: 规范结束语, weight: 10, rules: [missing-closing], silent: full}
  - id: service
    title: 服务
    items:
      - {id: solving, title: 解决问题, weight: 50, scale: 5, guidance: 一次解决得满分}
      - {id: pushing, title: 不纠缠, weight: 30, critical: true, rules: [push-after-refusal], silent: full}
"""
CARD: Scorecard = parse_scorecard(CARD_TEXT)
DEADLINES = Deadlines()

QA = Actor("u-qa", "质检小陈", frozenset({"score"}))
OTHER_QA = Actor("u-qa2", "质检小林", frozenset({"score"}))
AGENT = Actor("u-agent", "坐席李静", frozenset({"answer"}), "1001")
LEAD = Actor("u-lead", "班长老周", frozenset({"score", "assign", "decide-lead"}))
QUALITY = Actor("u-quality", "质管部", frozenset({"score", "assign", "decide-quality"}))


def called(call_id: str = "c1", *events: Event, agent_id: str = "1001", hours_ago: float = 24) -> list[Envelope]:
    """A closed call of a minute with two lines, a greeting and a breach."""
    lines = said(("agent", "您好请讲"), ("customer", "不需要"))
    flags = (flagged("missing-greeting", "met"), flagged("push-after-refusal", "breach"))
    log = archived_log(call_id, *lines, *flags, *events, agent_id=agent_id, hours_ago=hours_ago)
    opened = log[0].event.model_copy(update={"playbook": "telecom@1"})
    return [log[0].model_copy(update={"event": opened}), *log[1:]]


def opening(
    review_id: str = "r-1", *, kind: ReviewKind = "audit", reviewer: Actor | None = None, inclusion: float | None = None
) -> ReviewOpened:
    return ReviewOpened(
        review_id=review_id,
        kind=kind,
        calibration_id="cal-1" if kind == "calibration" else None,
        origin="chosen" if inclusion is None else "risk" if inclusion == 1 else "random",
        draw_id=None if inclusion is None else "draw-1",
        inclusion=inclusion,
        scorecard="service@1",
        reviewer_id=reviewer.user_id if reviewer else None,
        reviewer_name=reviewer.name if reviewer else "",
        due_at=NOW + timedelta(days=3),
        by="draw",
        by_name="抽样",
    )


def after(log: list[Envelope], *events: Event, at: datetime = NOW) -> list[Envelope]:
    """The log with more events."""
    return [
        *log,
        *(
            Envelope(call_id=log[0].call_id, seq=log[-1].seq + place, at=at, event=event)
            for place, event in enumerate(events, start=1)
        ),
    ]


def review_in(log: list[Envelope], review_id: str = "r-1") -> Review:
    return reviews_in(log)[review_id]


def values(**others: int | None) -> list[GivenValue]:
    """Of every item of CARD, with a reason each."""
    chosen: dict[str, int | None] = {"greeting": 1, "closing": 1, "solving": 4, "pushing": 0, **others}
    return [GivenValue(item_id, value, "听了录音") for item_id, value in chosen.items()]


def taken(log: list[Envelope], actor: Actor = QA) -> list[Envelope]:
    review = review_in(log)
    return after(log, moved(review, "take", actor, NOW, version=review.version, deadlines=DEADLINES))


def score_of(
    log: list[Envelope], actor: Actor = QA, review_id: str = "r-1", card: Scorecard = CARD, **others: Any
) -> ReviewScored:
    review = review_in(log, review_id)
    return score_given(
        review,
        card,
        judged_in(log),
        values(**others),
        actor,
        NOW,
        summary="",
        version=review.version,
        deadlines=DEADLINES,
    )


def scored_log(**others: Any) -> list[Envelope]:
    """A review that its agent has been told of."""
    log = taken(after(called(), opening()))
    return after(log, score_of(log, **others))


def items_of(log: list[Envelope]) -> dict[str, ItemScore]:
    return {item.item_id: item for item in filled_in(CARD, judged_in(log))}


def state_of(log: list[Envelope]) -> ReviewState:
    return review_in(log).state
