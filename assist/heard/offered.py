"""An offer that was made, and how the customer takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assist.heard.cues import SOURCE
from assist.heard.reading import Reading, read_attitude
from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.messages import ActSignal, CustomerReaction, Evidence, Reaction, Signal, Utterance

MIN_CONFIDENCE = 0.35
"""Of a customer's words; below, a reaction is unknown."""
SURE_CONFIDENCE = 0.7
"""From here on, how well words were heard takes nothing away."""
BASIS_FACTOR = {"said": 1.0, "shown": 0.85, "own": 0.9}
"""How sure it is that the offer is the one meant."""
IGNORED_TURNS = 4
"""Utterances of the customer that say something and nothing to the offer."""
IGNORED_MS = 45_000
IGNORED_CONFIDENCE = 0.6
FOLLOW_MS = 180_000
"""After the agent last spoke of it, how long a reaction may still come or change."""

Basis = Literal["said", "shown", "own"]


@dataclass(frozen=True, slots=True)
class Offered:
    """The offer that the customer was made last."""

    prompt_id: str | None
    offer_id: str | None
    rule: str
    basis: Basis
    offered_ms: int
    talked_ms: int
    """Where the agent spoke of it last."""
    is_answer_due: bool = True
    """What the agent said last was of it: a mere yes or no is meant for it."""
    turns: int = 0
    """Utterances of the customer since, without a reaction."""
    reaction: Reaction | None = None

    def talked(self, at_ms: int) -> Offered:
        """The agent speaks of it again."""
        return replace(self, talked_ms=at_ms, is_answer_due=True)

    def left(self) -> Offered:
        """The agent speaks of something else."""
        return replace(self, is_answer_due=False) if self.is_answer_due else self

    def answered(self, utterance: Utterance, signals: Sequence[Signal]) -> tuple[Offered, Reaction | None]:
        """After words of the customer."""
        if utterance.decided_ms > self.talked_ms + FOLLOW_MS:
            return self, None
        reading = read_attitude(utterance.text, signals, is_answer=self.is_answer_due)
        is_long = spoken_chars(utterance.text) > BACK_CHANNEL_CHARS
        if utterance.confidence < MIN_CONFIDENCE:
            is_lost = self.reaction is None and self.is_answer_due and (is_long or reading is not None)
            return self._react("unknown", 1 - utterance.confidence, utterance) if is_lost else (self, None)
        if reading is not None:
            return self._take(reading, utterance)
        if not is_long or self.reaction is not None or _asks(signals):
            return self, None
        waiting = replace(self, turns=self.turns + 1)
        if waiting.turns < IGNORED_TURNS:
            return waiting, None
        return waiting._react("ignored", IGNORED_CONFIDENCE, utterance)

    def reached(self, at_ms: int) -> tuple[Offered, Reaction | None]:
        """After time without a reaction."""
        if self.reaction is not None or at_ms < self.talked_ms + IGNORED_MS:
            return self, None
        return self._tell("ignored", IGNORED_CONFIDENCE, at_ms, ())

    def ended(self, at_ms: int) -> tuple[Offered, Reaction | None]:
        """At the end of the call: ignored, if the customer said something after it."""
        if self.reaction is not None or self.turns == 0:
            return self, None
        return self._tell("ignored", IGNORED_CONFIDENCE, at_ms, ())

    def _take(self, reading: Reading, utterance: Utterance) -> tuple[Offered, Reaction | None]:
        if self.reaction is not None and self.reaction.reaction == reading.attitude:
            return self, None
        confidence = reading.strength * BASIS_FACTOR[self.basis] * min(1.0, utterance.confidence / SURE_CONFIDENCE)
        return self._react(reading.attitude, confidence, utterance)

    def _react(self, reaction: CustomerReaction, confidence: float, utterance: Utterance) -> tuple[Offered, Reaction]:
        return self._tell(reaction, confidence, utterance.decided_ms, (Evidence.of(utterance),))

    def _tell(
        self, reaction: CustomerReaction, confidence: float, at_ms: int, evidence: tuple[Evidence, ...]
    ) -> tuple[Offered, Reaction]:
        told = Reaction(
            prompt_id=self.prompt_id,
            offer_id=self.offer_id,
            rule=self.rule,
            offered_ms=self.offered_ms,
            at_ms=at_ms,
            reaction=reaction,
            basis=self.basis,
            confidence=round(confidence, 2),
            evidence=evidence,
            source=SOURCE,
        )
        return replace(self, reaction=told), told


def _asks(signals: Sequence[Signal]) -> bool:
    """A question about an offer is no lack of interest."""
    return any(isinstance(one, ActSignal) and one.label == "ask" for one in signals)
