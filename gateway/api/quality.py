"""What stands around reviews: draws, scorecards, calibrations, and what rules learn from decisions."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from assist.errors import InputError, NotFoundError, PlaybookError
from assist.quality.agreement import agreement_of
from assist.quality.case_trial import CaseTrial
from assist.quality.review import OVER, Review
from assist.quality.rulings import RuleCase
from assist.stores.accounts import User
from assist.stores.reviews import ReviewQuery
from gateway.api.access import CurrentUser, Scope, Served, permitted
from gateway.api.models import UtcTime
from gateway.api.quality_models import (
    AgreementTable,
    BrokenCard,
    CalibrationDetail,
    Calibrations,
    CalibrationTold,
    ComparedItem,
    Draws,
    DrawTold,
    ReviewersValue,
    RuleCaseList,
    RuleCaseTold,
    RulePrecisions,
    RulePrecisionTold,
    ScorecardList,
    ScorecardTold,
)
from gateway.api.review_requests import CalibrationAsked, DrawAsked
from gateway.api.reviews import PathId, reviewer_of, row_of
from gateway.review_readers import actor_of
from gateway.service import Service

quality_routes = APIRouter(tags=["quality"])

MOST_CALIBRATIONS = 1_000
"""Reviews of calibrations that are read, the newest."""


# --- draws ---------------------------------------------------------------------------------------------------------


@quality_routes.post("/reviews/draws", status_code=201)
async def draw_day(
    service: Served, body: DrawAsked, user: Annotated[User, Depends(permitted("review.assign"))]
) -> DrawTold:
    """Draw from the calls of a day, as far as it has gone and was not drawn from, and open their reviews."""
    return DrawTold.of(await service.reviews.draw(body.day, actor_of(user)))


@quality_routes.get("/reviews/draws", dependencies=[Depends(permitted("review.read"))])
async def list_draws(service: Served) -> Draws:
    """How calls were drawn, the latest first."""
    return Draws(draws=[DrawTold.of(draw) for draw in await service.reviews.draws.draws()])


# --- scorecards ----------------------------------------------------------------------------------------------------


@quality_routes.get("/scorecards", dependencies=[Depends(permitted("playbook.read"))])
async def list_scorecards(service: Served) -> ScorecardList:
    """What calls are scored by, as the files are now."""
    files = await asyncio.to_thread(service.reviews.scorecards.files)
    return ScorecardList(
        scorecards=[ScorecardTold.of(file.scorecard) for file in files if file.scorecard],
        broken=[
            BrokenCard(file=file.path.name, message=file.error.reason, line=file.error.line)
            for file in files
            if file.error
        ],
    )


@quality_routes.get("/scorecards/{name}", dependencies=[Depends(permitted("playbook.read"))])
async def get_scorecard(service: Served, name: PathId) -> ScorecardTold:
    """One scorecard."""
    return ScorecardTold.of(await asyncio.to_thread(service.reviews.scorecards.named, name))


# --- calibrations --------------------------------------------------------------------------------------------------


@quality_routes.post("/calibrations", status_code=201)
async def begin_calibration(
    service: Served, body: CalibrationAsked, user: Annotated[User, Depends(permitted("review.assign"))]
) -> CalibrationTold:
    """Have several people score the same call without seeing what the others find."""
    if len(set(body.reviewer_ids)) < len(body.reviewer_ids):
        raise InputError("Each reviewer is named once.", code="bad-input")
    call = await service.seen.call(user, body.call_id)
    reviewers = [await reviewer_of(service, user_id) for user_id in body.reviewer_ids]
    made = await service.reviews.calibrate(call, actor_of(user), card=body.scorecard, reviewers=reviewers)
    return _told(service, user, await service.review_readers.seen(user, made))


@quality_routes.get("/calibrations", dependencies=[Depends(permitted("review.read"))])
async def list_calibrations(service: Served, user: CurrentUser) -> Calibrations:
    """Calibrations, the newest first."""
    sessions = await _sessions(service, user, ReviewQuery(kind="calibration", order="newest", limit=MOST_CALIBRATIONS))
    return Calibrations(calibrations=[_told(service, user, session) for session in sessions.values()])


@quality_routes.get("/calibrations/agreement", dependencies=[Depends(permitted("review.read"))])
async def get_agreement(
    service: Served,
    user: CurrentUser,
    scorecard: Annotated[str | None, Query(max_length=200, description="Name, without a version.")] = None,
    since: Annotated[UtcTime | None, Query(description="Only calibrations begun at or after.")] = None,
    until: Annotated[UtcTime | None, Query(description="Only calibrations begun before.")] = None,
) -> AgreementTable:
    """How far reviewers agree, by item and over all: Cohen's kappa, weighted for scales; complete sessions alone."""
    query = ReviewQuery(kind="calibration", order="newest", limit=MOST_CALIBRATIONS)
    sessions = (await _sessions(service, user, query)).values()
    counted = [
        session
        for session in sessions
        if _is_complete(session)
        and scorecard in (None, session[0].scorecard.partition("@")[0])
        and (since is None or session[0].opened_at >= since)
        and (until is None or session[0].opened_at < until)
    ]
    return AgreementTable.of(await asyncio.to_thread(agreement_of, counted))


@quality_routes.get("/calibrations/{calibration_id}", dependencies=[Depends(permitted("review.read"))])
async def get_calibration(service: Served, calibration_id: PathId, user: CurrentUser) -> CalibrationDetail:
    """What each reviewer found, item by item, once everybody has scored."""
    found = await _sessions(service, user, ReviewQuery(calibration_id=calibration_id, limit=MOST_CALIBRATIONS))
    if calibration_id not in found:
        raise NotFoundError("There is no such calibration.", code="unknown-calibration")
    session = found[calibration_id]
    if not _is_complete(session):
        raise InputError("Not everybody has scored.", code="calibration-open")
    scored = [review for review in session if review.items]
    compared: dict[str, ComparedItem] = {}
    for item in (item for review in scored for item in review.items):
        values = [
            ReviewersValue(
                reviewer_id=review.reviewer_id,
                reviewer_name=review.reviewer_name,
                value=theirs.value,
                reason=theirs.reason,
            )
            for review in scored
            for theirs in review.items
            if theirs.item_id == item.item_id
        ]
        row = ComparedItem(item_id=item.item_id, title=item.title, scale=item.scale, values=values)
        compared.setdefault(item.item_id, row)
    return CalibrationDetail(calibration=_told(service, user, session), items=list(compared.values()))


async def _sessions(service: Service, user: User, query: ReviewQuery) -> Mapping[str, Sequence[Review]]:
    sessions: dict[str, list[Review]] = {}
    for review in await service.review_readers.reviews(user, query):
        if review.calibration_id is not None:
            sessions.setdefault(review.calibration_id, []).append(review)
    return sessions


def _is_complete(session: Sequence[Review]) -> bool:
    return all(review.state in OVER for review in session)


def _told(service: Service, user: User, session: Sequence[Review]) -> CalibrationTold:
    first = session[0]
    return CalibrationTold(
        calibration_id=first.calibration_id or "",
        call_id=first.call_id,
        scorecard=first.scorecard,
        opened_at=first.opened_at,
        due_at=max((one.due_at for one in session if one.due_at is not None), default=None),
        is_complete=_is_complete(session),
        reviews=[row_of(service, user, review) for review in session],
    )


# --- rules ---------------------------------------------------------------------------------------------------------


@quality_routes.get("/rule-cases", dependencies=[Depends(permitted("review.read"))])
async def list_rule_cases(
    service: Served,
    scope: Scope,
    playbook: Annotated[str | None, Query(max_length=200)] = None,
    rule: Annotated[str | None, Query(max_length=200)] = None,
    replay: Annotated[bool, Query(description="Try them under the playbooks in use.")] = False,
) -> RuleCaseList:
    """Calls in which people found a rule wrong, the newest decision first."""
    cases = await service.reviews.store.cases(playbook=playbook, rule_id=rule, scope=scope)
    trials: Mapping[str, CaseTrial] = await _trials(service, cases) if replay else {}
    return RuleCaseList(cases=[_case(case, trials.get(case.case_id)) for case in cases])


@quality_routes.get("/rule-precision", dependencies=[Depends(permitted("playbook.read"))])
async def list_precisions(
    service: Served,
    playbook: Annotated[str, Query(min_length=1, max_length=200)],
    since: Annotated[UtcTime | None, Query(description="Only calls opened at or after.")] = None,
) -> RulePrecisions:
    """How often each rule of a playbook was right where it found fault, as people judged its flags in the end."""
    precisions = await service.reviews.store.precisions(playbook, since=since)
    cases = Counter(case.rule_id for case in await service.reviews.store.cases(playbook=playbook))
    return RulePrecisions(
        rules=[
            RulePrecisionTold(
                rule_id=rule_id,
                judged=found.judged,
                right=found.right,
                precision=found.precision,
                low=found.low,
                high=found.high,
                is_weighted=found.is_weighted,
                cases=cases[rule_id],
            )
            for rule_id, found in precisions.items()
        ]
    )


async def _trials(service: Service, cases: Sequence[RuleCase]) -> Mapping[str, CaseTrial]:
    """By case id; cases of playbooks that are not in use are left out."""
    by_playbook: dict[str, list[RuleCase]] = {}
    for case in cases:
        by_playbook.setdefault(case.playbook, []).append(case)
    trials: dict[str, CaseTrial] = {}
    for name, some in by_playbook.items():
        try:
            playbook = service.playbooks.get(name)
        except PlaybookError:
            continue
        rules = await service.rehearsal.prepared(playbook)
        trials |= {trial.case.case_id: trial for trial in await service.rehearsal.try_cases(rules, some)}
    return trials


def _case(case: RuleCase, trial: CaseTrial | None) -> RuleCaseTold:
    return RuleCaseTold(
        case_id=case.case_id,
        call_id=case.call_id,
        review_id=case.review_id,
        playbook=case.playbook,
        rule_id=case.rule_id,
        rule=case.rule,
        flag_id=case.flag_id,
        was=case.was,
        expected=case.expected,
        at_ms=case.at_ms,
        reason=case.reason,
        by_name=case.by_name,
        at=case.at,
        now=trial.state if trial else None,
        found=trial.found if trial else "",
    )
