"""Bodies of what stands around reviews: draws, scorecards, calibrations, and what rules learn; see docs/qa.md."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from assist.messages import RightVerdict, Verdict
from assist.quality.agreement import Agreement, AgreementReport, Weighting
from assist.quality.draw import Draw
from assist.quality.scorecard import Scorecard, Silence
from assist.stores.accounts import Role
from gateway.api.models import Body
from gateway.api.review_models import ReviewRow


class DrawTold(Body):
    draw_id: str
    day: date
    since: datetime
    until: datetime
    calls: int
    risk_calls: int
    random_calls: int
    inclusion: float | None
    seed: str
    by: str
    at: datetime

    @classmethod
    def of(cls, draw: Draw) -> DrawTold:
        return cls.model_validate(draw, from_attributes=True)


class Draws(Body):
    draws: list[DrawTold]


class Person(Body):
    user_id: str
    name: str
    role: Role


class People(Body):
    people: list[Person]


class CardItem(Body):
    item_id: str
    title: str
    guidance: str
    weight: int
    scale: int
    is_critical: bool
    rules: tuple[str, ...]
    silent: Silence


class SectionWithItems(Body):
    section_id: str
    title: str
    items: list[CardItem]


class ScorecardTold(Body):
    name: str
    version: str
    title: str
    playbook: str
    sections: list[SectionWithItems]

    @classmethod
    def of(cls, card: Scorecard) -> ScorecardTold:
        return cls.model_validate(card, from_attributes=True)


class BrokenCard(Body):
    file: str
    message: str
    line: int | None


class ScorecardList(Body):
    scorecards: list[ScorecardTold]
    broken: list[BrokenCard]
    """Files that cannot be used."""


class CalibrationTold(Body):
    calibration_id: str
    call_id: str
    scorecard: str
    opened_at: datetime
    due_at: datetime | None
    is_complete: bool
    """Everybody has scored: what they found is told."""
    reviews: list[ReviewRow]


class Calibrations(Body):
    calibrations: list[CalibrationTold]


class ReviewersValue(Body):
    reviewer_id: str | None
    reviewer_name: str
    value: int | None
    reason: str


class ComparedItem(Body):
    item_id: str
    title: str
    scale: int
    values: list[ReviewersValue]


class CalibrationDetail(Body):
    calibration: CalibrationTold
    items: list[ComparedItem]


class AgreementTold(Body):
    kappa: float | None
    agreement: float | None
    ratings: int

    @classmethod
    def of(cls, found: Agreement) -> AgreementTold:
        return cls(kappa=found.kappa, agreement=found.agreement, ratings=found.ratings)


class ItemAgreementTold(AgreementTold):
    item_id: str
    title: str
    scale: int
    weighting: Weighting


class AgreementTable(Body):
    calls: int
    pairs: int
    overall: AgreementTold
    mean_score_gap: float | None
    items: list[ItemAgreementTold]

    @classmethod
    def of(cls, report: AgreementReport) -> AgreementTable:
        return cls(
            calls=report.sessions,
            pairs=report.pairs,
            overall=AgreementTold.of(report.overall),
            mean_score_gap=report.mean_score_gap,
            items=[
                ItemAgreementTold(
                    item_id=item.item_id,
                    title=item.title,
                    scale=item.scale,
                    weighting=item.weighting,
                    kappa=item.found.kappa,
                    agreement=item.found.agreement,
                    ratings=item.found.ratings,
                )
                for item in report.items
            ],
        )


class RuleCaseTold(Body):
    case_id: str
    call_id: str
    review_id: str
    playbook: str
    rule_id: str
    rule: str
    flag_id: str
    was: Verdict
    expected: RightVerdict
    at_ms: int
    reason: str
    by_name: str
    at: datetime
    now: Literal["passing", "failing", "not-tried"] | None
    """Under the playbook in use; null: nobody asked."""
    found: str
    """What the rule says now."""


class RuleCaseList(Body):
    cases: list[RuleCaseTold]


class RulePrecisionTold(Body):
    rule_id: str
    judged: int
    right: int
    precision: float
    low: float
    high: float
    is_weighted: bool
    cases: int


class RulePrecisions(Body):
    rules: list[RulePrecisionTold]
