"""Operators on what became of prompts and offers by ear, and on what was reported of them. All of them last."""

from __future__ import annotations

from dataclasses import dataclass

from assist.heard import OfferRef
from assist.messages import CustomerReaction, SaleOutcome
from assist.playbook.moment import NOTHING, Finding, Moment, Truth
from assist.playbook.operators.base import Operator


@dataclass(frozen=True, slots=True)
class ReactionIs(Operator):
    """``reaction``: the customer takes an offer so; unknown where it was badly heard, or is too unsure."""

    of: OfferRef
    reactions: tuple[CustomerReaction, ...]
    min_confidence: float

    def observe(self, moment: Moment) -> tuple[ReactionIs, Finding]:
        told = moment.heard.reaction_to(self.of)
        meant = [one for one in told if one.reaction in self.reactions]
        sure = [one for one in meant if one.confidence >= self.min_confidence]
        if sure:
            return self, Finding(Truth.TRUE, tuple(piece for one in sure for piece in one.evidence))
        doubtful = meant or [one for one in told if one.reaction == "unknown"]
        if doubtful:
            return self, Finding(Truth.UNKNOWN, tuple(piece for one in doubtful for piece in one.evidence))
        return self, NOTHING


@dataclass(frozen=True, slots=True)
class CueSaid(Operator):
    """``cue_said``: the agent said (did not say, as was decided in the end) a prompt's words."""

    of: str
    """Id of the rule or the offer."""
    is_said: bool

    def observe(self, moment: Moment) -> tuple[CueSaid, Finding]:
        told = moment.heard.cue_of(self.of)
        if told is None or told.said is not self.is_said:
            return self, NOTHING
        return self, Finding(Truth.TRUE, told.evidence)


@dataclass(frozen=True, slots=True)
class ResultIs(Operator):
    """``result``: an offer was reported to have ended so."""

    of: OfferRef
    results: tuple[SaleOutcome, ...]

    def observe(self, moment: Moment) -> tuple[ResultIs, Finding]:
        is_so = any(one.result in self.results for one in moment.heard.result_of(self.of))
        return self, Finding(Truth.TRUE) if is_so else NOTHING
