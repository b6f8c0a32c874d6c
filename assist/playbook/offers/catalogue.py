"""What can be offered: needs to listen for, offers that answer them, and the manners of selling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assist.messages import PromptKind
from assist.playbook.cases.case import Case
from assist.playbook.experiments import Experiment
from assist.playbook.moment import StateValue
from assist.playbook.offers.own import Marks
from assist.playbook.operators.base import Operator

AgentMode = Literal["novice", "expert"]
"""The fact ``agent.mode``; other values are neither."""
MODE_PATH = "agent.mode"
SUBJECT_PATH = "call.offer"
"""The fact that is known while agent and customer talk about an offer: its id."""

Per = Literal["once", "day", "month", "year"]

REFUSED, AGREED, INTERESTED = "refused", "agreed", "interested"
"""Reactions that turn the sale; the others are answered."""
CONFUSED, WORRIED, HESITANT, PRICE, RIVAL, DISTRUST = "confused", "worried", "hesitant", "price", "rival", "distrust"
TURNING = (REFUSED, AGREED, INTERESTED)
ANSWERED = (PRICE, RIVAL, DISTRUST, WORRIED, CONFUSED, HESITANT)
"""In the order in which they are looked for: a reason is answered before the doubt that it causes."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a customer may be heard to need."""

    need_id: str
    title: str
    condition: Operator
    is_request: bool
    """Whoever needs this asks for it: an offer is the answer to the call."""
    shows_early: bool
    """Its offers may be shown while the words that ask for it go on."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """How a customer may take an offer."""

    name: str
    title: str
    condition: Operator
    shows_early: bool = False
    """Its answer may be shown while the words that tell it go on."""

    @property
    def kind(self) -> PromptKind:
        """What kind of prompt answers it."""
        if self.name == HESITANT:
            return "close"
        return "say" if self.name in ANSWERED else "answer"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it."""

    wording_id: str
    text: str
    mode: AgentMode | None = None
    """For agents of this mode; None: for all."""
    reaction: str | None = None
    """Answers this reaction; None: opens the offer."""


@dataclass(frozen=True, slots=True)
class Price:
    """In the currency of the hotline."""

    amount: float
    per: Per


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points for customers of whom a condition holds."""

    condition: Operator
    points: float


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be offered."""

    offer_id: str
    title: str
    product: str
    price: Price | None
    needs: Mapping[str, int]
    """Weight of each need that it answers, by id."""
    eligible: Operator | None
    """Must be true: what is not known makes nobody eligible. Made of facts and tags."""
    excluded: Operator | None
    """Must not be true: what is not known excludes nobody. Made of facts and tags."""
    wordings: tuple[Wording, ...]
    selling_points: tuple[str, ...]
    objections: Mapping[str, str]
    """Answers, by reaction."""
    cheaper: str | None
    """Offer that takes its place when the price is too high."""
    propensity: float
    """Points that it has with everybody."""
    bonuses: tuple[Bonus, ...]
    terms: tuple[str, ...]
    after_refusal: bool
    """May be offered although something was refused."""
    line: int
    """1-based line in its file."""
    cases: tuple[Case, ...] = ()
    experiment: Experiment | None = None
    """About the prompts that open it."""

    def opening(self, mode: str) -> Wording:
        """The wording to offer it with: one for the agent's mode before one for all, in the order of the file."""
        openings = [wording for wording in self.wordings if wording.reaction is None and wording.mode in (mode, None)]
        return min(openings, key=lambda wording: wording.mode is None)

    def answer(self, reaction: str, mode: str) -> Wording | None:
        """What to say to a reaction: a wording for it, else the answer to the objection, else the selling points."""
        wordings = [one for one in self.wordings if one.reaction == reaction and one.mode in (mode, None)]
        if wordings:
            return min(wordings, key=lambda wording: wording.mode is None)
        if reaction in self.objections:
            return Wording(f"objection.{reaction}", self.objections[reaction])
        if reaction == CONFUSED and self.selling_points:
            return Wording("selling-points", "\n".join(self.selling_points))
        return None


@dataclass(frozen=True, slots=True)
class Manners:
    """When offers may be made."""

    only_while: Mapping[str, StateValue] | None
    """States that say that the caller's problem is solved; None: ``settled`` tells."""
    settled: Operator
    reopened: Operator
    """The caller has a problem again, or takes leave; only asked with ``settled``."""
    asks: Operator
    """The customer asks what could be done about what they need."""
    said: Operator
    """The agent makes an offer."""
    max_offers: int
    """In one call; the cheaper variant that answers an objection is not counted."""
    min_gap_ms: int
    """Least time from one offer to the next."""
    expires_ms: int
    """Life of a prompt."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The offers of a playbook with what they rest on."""

    offers: tuple[Offer, ...]
    needs: tuple[Need, ...]
    reactions: tuple[Reaction, ...]
    """Those that turn the sale first, then in the order in which they are answered."""
    manners: Manners
    tag_titles: Mapping[str, str] = field(default_factory=dict[str, str])
    marks: tuple[Marks, ...] = ()
    """By which each offer is known when the agent makes it in other words."""

    def __getitem__(self, offer_id: str) -> Offer:
        return next(offer for offer in self.offers if offer.offer_id == offer_id)

    def price_of(self, source: str) -> Price | None:
        """Of the offer that is called so; None: there is none, or it has no price."""
        return next((offer.price for offer in self.offers if offer.offer_id == source), None)

    @property
    def watches(self) -> tuple[Operator, ...]:
        """Everything that watches the call: needs, reactions, then asks, said, settled and reopened."""
        conditions = (*(need.condition for need in self.needs), *(reaction.condition for reaction in self.reactions))
        manners = self.manners
        return (*conditions, manners.asks, manners.said, manners.settled, manners.reopened)

    def reaction(self, name: str) -> Reaction:
        """One of its reactions."""
        return next(one for one in self.reactions if one.name == name)
