"""Role signals of the utterances of a call (``assist.ports.Analyser``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assist.legs.swapping import WATCHED_MS
from assist.measures import spoken_chars
from assist.messages import RoleSignal, Signal, SpeakerLabel, Utterance
from assist.playbook import Playbook
from nlp.roles.model import NAME, RoleModel
from nlp.roles.voices import Guess, Turn, guess, odds_of_first_voice
from nlp.signals import CERTAIN_WORDS

KIND = "roles"
MIN_CHARS = 2
"""Spoken characters below which words say nothing about who says them: 嗯."""


@dataclass(frozen=True, slots=True)
class RoleAnalyser:
    """Serves any number of calls."""

    model: RoleModel

    @property
    def name(self) -> str:
        return NAME

    @property
    def kind(self) -> str:
        return KIND

    def open_call(self, playbook: Playbook) -> CallRoles:
        return CallRoles(self.model)


@dataclass(slots=True)
class CallRoles:
    """Of one call; an utterance takes a fraction of a millisecond.

    Where voices are told apart, the words of all turns of a voice say whose it is, and with every turn they say it
    anew: a guess at an earlier utterance that has changed is told again.
    """

    model: RoleModel
    _turns: dict[str, Turn] = field(default_factory=dict[str, Turn])
    """Of the mixed leg."""
    _told: dict[str, Guess] = field(default_factory=dict[str, Guess])

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """Of every utterance where both parties are on one leg; else of those by which the legs are checked."""
        if utterance.party == "mixed":
            return tuple(self._of_mixed(utterance))
        if utterance.start_ms >= WATCHED_MS or spoken_chars(utterance.text) < MIN_CHARS:
            return ()
        turn = self._turn(utterance, "unsure")
        return (_signal(turn, Guess(turn.agent, ("words",))),)

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """Nothing: half a sentence decides no role."""
        return ()

    def _of_mixed(self, utterance: Utterance) -> Iterator[RoleSignal]:
        reading = utterance.speaker
        for change in reading.earlier if reading else ():
            if (earlier := self._turns.get(change.utterance_id)) is not None:
                self._turns[change.utterance_id] = earlier.of(change.speaker)
        own = self._turn(utterance, reading.speaker if reading else "unsure")
        self._turns[utterance.utterance_id] = own
        first_is_agent = odds_of_first_voice(self._turns.values())
        for turn in tuple(self._turns.values()):
            found = guess(turn, first_is_agent)
            before = self._told.get(turn.utterance_id)
            if found is not None and (turn is own or before is None or not found.shows_as(before)):
                self._told[turn.utterance_id] = found
                yield _signal(turn, found)

    def _turn(self, utterance: Utterance, speaker: SpeakerLabel) -> Turn:
        has_words = spoken_chars(utterance.text) >= MIN_CHARS
        agent = self.model.agent_probability(utterance.text) if has_words else 0.5
        # Words that are hardly certain say less about who says them.
        agent = 0.5 + (agent - 0.5) * min(1.0, utterance.confidence / CERTAIN_WORDS)
        return Turn(
            utterance.utterance_id, utterance.party, utterance.start_ms, utterance.end_ms, agent, has_words, speaker
        )


def _signal(turn: Turn, found: Guess) -> RoleSignal:
    return RoleSignal(
        utterance_id=turn.utterance_id,
        party=turn.party,
        label="agent" if found.agent >= 0.5 else "customer",
        score=round(max(found.agent, 1 - found.agent), 3),
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        source=NAME,
        heard_in=found.heard_in,
    )
