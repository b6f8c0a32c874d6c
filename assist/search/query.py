"""What is asked of the archive: conditions that all have to hold, an order, a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assist.messages import OfferReaction, Party, Severity, Verdict
from assist.scope import EVERY_CALL, CallScope

Order = Literal["relevance", "newest", "longest"]
By = Literal["words", "meaning", "both"]
"""How the words of a search are found: as they stand, by utterances that mean something like it, or either."""
Measure = Literal["duration", "silence", "silence-share", "overtalk"]
"""Milliseconds of the call, of its longest silence and of all its overlaps; the share of its silences, 0 to 1."""
LabelKind = Literal["reason", "intent", "emotion", "begins", "ends", "worst"]
"""What the customer called about first of all, and all that they wanted; how they felt at any time, at first, at last,
at the least pleasant moment."""
Repetition = Literal["repeat", "called-again"]
"""The customer had called about the same thing in the seven days before; did so in the seven days after."""
Person = Literal["agent", "customer"]

UNKNOWN = "unknown"
"""The label "reason" of calls of which it is not known."""

STANDING: tuple[Verdict, ...] = ("breach", "at_risk")
"""Verdicts that are meant where none is named."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words in this order, anywhere in the call or in the words of one party."""

    words: str
    party: Party | None = None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Of:
    """The call is of one of these people, by id or name."""

    person: Person
    any_of: tuple[str, ...]
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class InTeam:
    """The call's agent is of one of these teams now, by id or name."""

    any_of: tuple[str, ...]
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """One of these labels was heard."""

    kind: LabelKind
    any_of: tuple[str, ...]
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag of one of these rules, by id or title (none named: of any), with one of these verdicts."""

    any_of: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = STANDING
    severities: tuple[Severity, ...] = ()
    """None named: of any."""
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """One of these was offered, by id or title (none named: anything), and was taken like this."""

    any_of: tuple[str, ...] = ()
    reactions: tuple[OfferReaction, ...] = ()
    """None named: however it was taken."""
    is_sold: bool | None = None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """The call is one of several about the same thing within seven days."""

    repetition: Repetition
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Practised:
    """The call is practice: somebody tried Livecue, or was trained."""

    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure lies in [least, most]; None: no bound."""

    measure: Measure
    least: float | None = None
    most: float | None = None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The call was opened in [since, before); None: no bound."""

    since: datetime | None = None
    before: datetime | None = None
    is_excluded: bool = False


Condition = Said | Of | InTeam | Labelled | Flagged | Offered | Repeated | Practised | Measured | Opened


@dataclass(frozen=True, slots=True)
class Search:
    """Calls for which every condition holds."""

    conditions: tuple[Condition, ...] = ()
    scope: CallScope = EVERY_CALL
    """Calls that may be found."""
    by: By = "words"
    """How what has to be said is found; what must not be said is always words."""

    @property
    def said(self) -> Iterator[Said]:
        """The words that have to occur."""
        return (one for one in self.conditions if isinstance(one, Said) and not one.is_excluded)

    @property
    def has_words(self) -> bool:
        return next(self.said, None) is not None


@dataclass(frozen=True, slots=True)
class PageWanted:
    """Which part of the calls that were found."""

    limit: int = 20
    after: str | None = None
    """``next`` of the page before; an order has cursors of its own."""
    order: Order = "newest"
    """relevance: those with the rarer words said more often first; without words as newest."""
