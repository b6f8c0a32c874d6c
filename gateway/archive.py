"""A question to the archive as people ask it, in the box and in fields beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assist.messages import OfferReaction, Party, Severity, Verdict
from assist.search.language import MAX_CHARS, conditions_of
from assist.search.query import (
    STANDING,
    By,
    Condition,
    Flagged,
    InTeam,
    LabelKind,
    Labelled,
    Measure,
    Measured,
    Of,
    Offered,
    Opened,
    Practised,
    Repeated,
    Repetition,
    Said,
    Search,
)
from assist.stores.accounts import User
from gateway.api.models import UtcTime
from gateway.permissions import scope_of

MAX_VALUES = 50
"""Of one field."""
MS_PER_S = 1_000

Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Values = Annotated[list[Value], Field(max_length=MAX_VALUES)]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class Question(BaseModel):
    """What is asked of the archive: everything that is given has to hold, each list says "one of these"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: Annotated[str, StringConstraints(max_length=MAX_CHARS)] = ""
    """Words, "phrases" and field:value, as docs/archive.md describes them."""
    by: By = "words"
    """How the words are found: as they stand, by utterances that mean something like it, or either."""
    party: Party | None = None
    """Who has to have said the words."""
    agent: Values = []
    """Id or name."""
    team: Values = []
    """Id or name of a team that the agent is of now."""
    customer: Values = []
    """Id or name."""
    reason: Values = []
    """What the customer called about first of all; "unknown" where that is not known."""
    intent: Values = []
    emotion: Values = []
    """What the customer felt at any time."""
    ends: Values = []
    """What the customer felt at last."""
    worst: Values = []
    """What the customer felt at the least pleasant moment."""
    flag: Values = []
    """Id of the rule, or a part of its title."""
    verdict: Annotated[list[Verdict], Field(max_length=4)] = []
    """Of those flags, or of any; breach and at_risk where none is named."""
    severity: Annotated[list[Severity], Field(max_length=3)] = []
    offer: Values = []
    """Id, or a part of its title."""
    reaction: Annotated[list[OfferReaction], Field(max_length=4)] = []
    """To those offers, or to any."""
    sold: bool | None = None
    repeat: bool | None = None
    """The customer had called about the same thing in the seven days before."""
    called_again: bool | None = None
    """The customer called about the same thing in the seven days after."""
    practice: bool | None = None
    """Somebody tried Livecue on the softphone, or practised."""
    since: UtcTime | None = None
    """Opened then or later."""
    before: UtcTime | None = None
    """Opened earlier."""
    min_duration_s: Seconds | None = None
    max_duration_s: Seconds | None = None
    min_silence_s: Seconds | None = None
    """The longest silence."""
    min_silence_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """All silences, of the call's length."""
    min_overtalk_s: Seconds | None = None
    """All overlaps."""

    def search(self, user: User, *, zone: tzinfo, now: datetime) -> Search:
        """What a user may find with it. Raises InputError "search-…"."""
        asked = conditions_of(self.q, zone=zone, now=now)
        if self.party is not None:
            asked = tuple(
                replace(one, party=self.party) if isinstance(one, Said) and one.party is None else one for one in asked
            )
        return Search((*asked, *self._people(), *self._findings(), *self._measures()), scope_of(user), self.by)

    def _people(self) -> Iterator[Condition]:
        if self.agent:
            yield Of("agent", tuple(self.agent))
        if self.team:
            yield InTeam(tuple(self.team))
        if self.customer:
            yield Of("customer", tuple(self.customer))
        if self.since is not None or self.before is not None:
            yield Opened(self.since, self.before)

    def _findings(self) -> Iterator[Condition]:
        labels: dict[LabelKind, list[str]] = {
            "reason": self.reason,
            "intent": self.intent,
            "emotion": self.emotion,
            "ends": self.ends,
            "worst": self.worst,
        }
        for kind, values in labels.items():
            if values:
                yield Labelled(kind, tuple(values))
        if self.flag or self.verdict or self.severity:
            yield Flagged(tuple(self.flag), tuple(self.verdict) or STANDING, tuple(self.severity))
        if self.offer or self.reaction or self.sold is not None:
            yield Offered(tuple(self.offer), tuple(self.reaction), self.sold)
        repetitions: dict[Repetition, bool | None] = {"repeat": self.repeat, "called-again": self.called_again}
        for repetition, is_so in repetitions.items():
            if is_so is not None:
                yield Repeated(repetition, is_excluded=not is_so)
        if self.practice is not None:
            yield Practised(is_excluded=not self.practice)

    def _measures(self) -> Iterator[Condition]:
        least: dict[Measure, float | None] = {
            "duration": self.min_duration_s,
            "silence": self.min_silence_s,
            "overtalk": self.min_overtalk_s,
        }
        for measure, seconds in least.items():
            if seconds is not None:
                yield Measured(measure, seconds * MS_PER_S)
        if self.max_duration_s is not None:
            yield Measured("duration", None, self.max_duration_s * MS_PER_S)
        if self.min_silence_share is not None:
            yield Measured("silence-share", self.min_silence_share)
