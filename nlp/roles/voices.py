"""Whose each of two voices is, by the words of all its turns; so who says a turn, by its voice and its own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log
from typing import Literal

from assist.messages import Party, SpeakerLabel

HeardIn = tuple[Literal["words", "voice"], ...]

WEIGHT = 0.6
"""Of one turn's log odds: the turns of a call are alike, and not as much evidence as independent ones."""
MOST = 2.5
"""Log odds that one turn may count at most: a single odd sentence decides nothing."""
RIGHT_VOICE = 0.97
"""How far a turn is believed to be the voice's that it was told to be (models/cards/speaker-vectors.md)."""
NAMED = 0.7
"""Probability from which on the screen names a party."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of a call."""

    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    agent: float
    """Probability that the agent says it, by its words alone; 0.5 where these say nothing."""
    has_words: bool
    """Enough to say anything."""
    speaker: SpeakerLabel

    def of(self, speaker: SpeakerLabel) -> Turn:
        """The same as the words of that voice."""
        return replace(self, speaker=speaker)


@dataclass(frozen=True, slots=True)
class Guess:
    """At who says a turn."""

    agent: float
    """Probability."""
    heard_in: HeardIn
    """What it rests on."""

    @property
    def named(self) -> Party | None:
        """Who is named on the screen; None: nobody is."""
        if max(self.agent, 1 - self.agent) < NAMED:
            return None
        return "agent" if self.agent >= 0.5 else "customer"

    def shows_as(self, other: Guess) -> bool:
        """Whether people see the same of both, but for the percentage."""
        return (self.named, self.heard_in) == (other.named, other.heard_in)


def odds_of_first_voice(turns: Iterable[Turn]) -> float:
    """Log odds that voice a is the agent's and voice b the customer's, rather than the other way round."""
    found = 0.0
    for turn in turns:
        if turn.speaker in ("a", "b"):
            odds = log(turn.agent / (1 - turn.agent)) if 0 < turn.agent < 1 else MOST * (2 * turn.agent - 1)
            weight = min(MOST, max(-MOST, odds)) * WEIGHT
            found += weight if turn.speaker == "a" else -weight
    return found


def guess(turn: Turn, first_is_agent: float) -> Guess | None:
    """Who says a turn; None where neither voice nor words say anything.

    ``first_is_agent``: log odds of ``odds_of_first_voice``.
    """
    if turn.speaker == "both":
        return Guess(0.5, ("voice",))
    if turn.speaker == "unsure":
        return Guess(turn.agent, ("words",)) if turn.has_words else None
    by_voice = 1 / (1 + exp(-first_is_agent if turn.speaker == "a" else first_is_agent))
    agent = RIGHT_VOICE * by_voice + (1 - RIGHT_VOICE) * turn.agent
    return Guess(agent, ("voice", "words"))
