"""What an operator sees (a moment of the call) and says (a finding with its evidence)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Literal

from assist.heard import Hearing
from assist.measures import Measures, Overtalk
from assist.messages import (
    AudioGap,
    CloseCause,
    Evidence,
    Judgement,
    Party,
    PhraseSignal,
    Signal,
    Utterance,
    UtteranceDropped,
)

Who = Literal["agent", "customer", "any"]
"""Whose words a condition looks at."""

MAX_EVIDENCE = 12
"""How many pieces of evidence a prompt or flag carries, the first ones found."""

MomentKind = Literal["turn", "tick", "dropped", "close"]

EVERY_MOMENT: frozenset[MomentKind] = frozenset(("turn", "tick", "dropped", "close"))
AT_TURNS: frozenset[MomentKind] = frozenset(("turn",))
AT_CLOSE: frozenset[MomentKind] = frozenset(("close",))

StateValue = bool | int | str


class Truth(IntEnum):
    """Three truth values in the order in which ``all`` takes the minimum and ``any`` the maximum."""

    FALSE = 0
    UNKNOWN = 1
    """The deciding words are below ``min_confidence``."""
    TRUE = 2

    def negated(self) -> Truth:
        return Truth(Truth.TRUE - self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What an operator says at one moment."""

    truth: Truth
    evidence: tuple[Evidence, ...] = ()
    outcome: Literal["met", "at_risk"] | None = None
    """Of operators that state a duty: it was fulfilled, or its last chance has come. Only with FALSE."""


NOTHING = Finding(Truth.FALSE)


@dataclass(frozen=True, slots=True)
class Floor:
    """Who has the floor and how many turns each party took.

    A turn is a run of finals of one party that no final of another party interrupts.
    """

    holder: Party | None = None
    agent: int = 0
    customer: int = 0
    mixed: int = 0

    def taken_by(self, party: Party) -> Floor:
        """The floor after a final of ``party``."""
        if party == self.holder:
            return self
        match party:
            case "agent":
                return replace(self, holder=party, agent=self.agent + 1)
            case "customer":
                return replace(self, holder=party, customer=self.customer + 1)
            case "mixed":
                return replace(self, holder=party, mixed=self.mixed + 1)

    def begun(self, who: Who) -> int:
        """Turns begun."""
        match who:
            case "agent":
                return self.agent
            case "customer":
                return self.customer
            case "any":
                return self.agent + self.customer + self.mixed

    def finished(self, who: Who) -> int:
        """Turns that another party's turn has ended."""
        return self.begun(who) - (self.holder is not None and who in (self.holder, "any"))


@dataclass(frozen=True, slots=True)
class StateEntry:
    """Value of a named state, and the words that set it."""

    value: StateValue
    is_certain: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact with everything about the call so far that operators may ask for."""

    kind: MomentKind
    at_ms: int
    floor: Floor
    measures: Measures
    states: Mapping[str, StateEntry] = field(default_factory=dict[str, StateEntry])
    utterance: Utterance | None = None
    weakest: float = 1.0
    """How surely its least sure few characters were heard."""
    phrases: tuple[PhraseSignal, ...] = ()
    signals: tuple[Signal, ...] = ()
    """What else was found in the utterance."""
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is known beside the words, by path: ``customer.plan``."""
    tags: Mapping[str, Truth] = field(default_factory=dict[str, Truth])
    """How true each tag of the playbook is, by id."""
    fired: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often rules have said something, or set their states, at earlier moments, by id."""
    overtalks: tuple[Overtalk, ...] = ()
    """Overlaps that this utterance completed."""
    heard: Hearing = field(default_factory=Hearing)
    """What became of prompts and offers, this moment included."""
    gaps: tuple[AudioGap, ...] = ()
    """Missing sound that goes on, or ended since the moment before."""
    judgements: Mapping[str, Judgement] = field(default_factory=dict[str, Judgement])
    """Answers to the playbook's questions, by label."""
    dropped: UtteranceDropped | None = None
    cause: CloseCause | None = None
    """Why the call ended, at close."""

    def speaks(self, who: Who) -> bool:
        """Whether this is a final of ``who``."""
        return self.utterance is not None and who in (self.utterance.party, "any")


def knowing(facts: Mapping[str, str]) -> Moment:
    """A moment in which nothing is said, for conditions on what is known alone."""
    return Moment("tick", 0, Floor(), Measures(), facts=facts)
