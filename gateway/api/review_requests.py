"""What people ask for about reviews; docs/qa.md says what it means."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from assist.messages import AppealOutcome, RightVerdict
from assist.messages.reviews import MAX_APPEAL_CHARS, MAX_NOTE_CHARS, MAX_REASON_CHARS
from assist.quality.judging import MAX_POINTS
from assist.quality.scorecard_file import MAX_ITEMS
from gateway.api.models import Body

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_CHARS)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of the review that was seen."""
Position = Annotated[int, Field(ge=0, le=2**31 - 1)]
MOST_REVIEWERS = 10
MOST_ERRORS = 20


class Asked(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReviewAsked(Asked):
    call_id: Id
    scorecard: Id | None = None
    reviewer_id: Id | None = None


class DrawAsked(Asked):
    day: date


class StepAsked(Asked):
    version: Version
    reason: Reason = ""


class AssignAsked(Asked):
    version: Version
    reviewer_id: Id


class GivenItem(Asked):
    item_id: Id
    value: Annotated[int, Field(ge=0, le=100)] | None
    reason: Reason = ""


class ScoreAsked(Asked):
    version: Version
    items: Annotated[tuple[GivenItem, ...], Field(max_length=MAX_ITEMS)]
    summary: Reason = ""


class GivenPoint(Asked):
    item_id: Id | None = None
    flag_id: Id | None = None
    utterance_ids: Annotated[tuple[Id, ...], Field(max_length=100)] = ()
    start_ms: Position | None = None
    end_ms: Position | None = None
    text: Reason = ""


class AppealAsked(Asked):
    version: Version
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_APPEAL_CHARS)]
    points: Annotated[tuple[GivenPoint, ...], Field(max_length=MAX_POINTS)] = ()


class GivenRuleError(Asked):
    flag_id: Id
    expected: RightVerdict
    reason: Reason = ""


class DecisionAsked(Asked):
    version: Version
    outcome: AppealOutcome
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON_CHARS)]
    items: Annotated[tuple[GivenItem, ...], Field(max_length=MAX_ITEMS)] = ()
    rule_errors: Annotated[tuple[GivenRuleError, ...], Field(max_length=MOST_ERRORS)] = ()


class CoachingAsked(Asked):
    version: Version
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE_CHARS)]
    item_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_ITEMS)] = ()


class CalibrationAsked(Asked):
    call_id: Id
    reviewer_ids: Annotated[tuple[Id, ...], Field(min_length=2, max_length=MOST_REVIEWERS)]
    scorecard: Id | None = None
