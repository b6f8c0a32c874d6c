"""Role signals of the utterances of a call (``assist.ports.Analyser``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assist.legs.swapping import WATCHED_MS
from assist.measures import spoken_chars
from assist.messages import RoleSignal, Signal, Utterance
from assist.playbook import Playbook
from nlp.roles.model import NAME, RoleModel
from nlp.signals import CERTAIN_WORDS

KIND = "roles"
MIN_CHARS = 2
"""Spoken characters below which words say nothing about who says them: 嗯."""


@dataclass(frozen=True, slots=True)
class RoleAnalyser:
    """Serves any number of calls; an utterance takes a fraction of a millisecond and remembers nothing."""

    model: RoleModel

    @property
    def name(self) -> str:
        return NAME

    @property
    def kind(self) -> str:
        return KIND

    def open_call(self, playbook: Playbook) -> RoleAnalyser:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """Of every utterance where both parties are on one leg; else of those by which the legs are checked."""
        is_asked = utterance.party == "mixed" or utterance.start_ms < WATCHED_MS
        if not is_asked or spoken_chars(utterance.text) < MIN_CHARS:
            return ()
        agent = self.model.agent_probability(utterance.text)
        # Words that are hardly certain say less about who says them.
        score = 0.5 + abs(agent - 0.5) * min(1.0, utterance.confidence / CERTAIN_WORDS)
        return (
            RoleSignal(
                utterance_id=utterance.utterance_id,
                party=utterance.party,
                label="agent" if agent >= 0.5 else "customer",
                score=round(score, 3),
                start_ms=utterance.start_ms,
                end_ms=utterance.end_ms,
                source=NAME,
            ),
        )

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """Nothing: half a sentence decides no role."""
        return ()
