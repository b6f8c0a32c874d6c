"""How a conversation goes: a pure fold over what was said, told as signals on the way and as one report at its close.

The log already holds every utterance with its words' times and its level, so neither is told again for each: a speech
rate or a level is published when it differs from the last published one of its party by a step that people notice. A
reader of the signals knows every utterance's value to within that step. Ratios, response times and monologues only mean
something over a whole call and are told once, in ``CallClosed``.

The fold needs nothing but onsets and finals in log order: a recording gives the same figures as the live call, a broken
playbook costs none of them, and a call whose process was killed is measured from its log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import log10
from statistics import median_low
from typing import assert_never

from assist.measures import (
    BACK_CHANNEL_CHARS,
    MIN_OVERTALK_MS,
    Measures,
    Overtalk,
    chars_per_min,
    spoken_chars,
    words_ms,
)
from assist.messages import (
    ConversationMeasures,
    Decided,
    EnergySignal,
    Event,
    Party,
    PartyMeasures,
    SilenceSignal,
    SpeechRateSignal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)

MIN_MEASURED_CHARS = 6
"""An utterance of fewer spoken characters is too short to have a rate or a level of its own."""
RATE_STEP = 0.3
"""Part of the last published rate by which another must differ to be news."""
LEVEL_STEP_DB = 6.0
RESPONSES_KEPT = 2_000
"""Per party: more than an hour of quick turns; beyond it the earliest are forgotten."""

Measured = SpeechRateSignal | EnergySignal


@dataclass(frozen=True, slots=True)
class Monologue:
    """Speech of one party that no contribution of another has interrupted so far."""

    party: Party
    start_ms: int
    end_ms: int
    speech_ms: int

    def extended(self, utterance: Utterance) -> Monologue:
        """With one more utterance of its party."""
        return replace(
            self,
            end_ms=max(self.end_ms, utterance.end_ms),
            speech_ms=self.speech_ms + utterance.end_ms - utterance.start_ms,
        )


@dataclass(frozen=True, slots=True)
class PartyTally:
    """Sums over one party's utterances."""

    party: Party
    utterances: int = 0
    speech_ms: int = 0
    chars: int = 0
    """Of the utterances whose rate was measured."""
    chars_ms: int = 0
    energy: float = 0.0
    """Power by time: full scale times milliseconds."""
    energy_ms: int = 0
    responses_ms: tuple[int, ...] = ()
    overtalks: int = 0
    overtalk_ms: int = 0
    longest: Monologue | None = None
    told_chars_per_min: float | None = None
    told_level_dbfs: float | None = None

    def spoke(self, utterance: Utterance) -> tuple[PartyTally, tuple[Measured, ...]]:
        """With a final of the party; its rate and its level where they are news."""
        counted = replace(
            self,
            utterances=self.utterances + 1,
            speech_ms=self.speech_ms + utterance.end_ms - utterance.start_ms,
        )
        chars = spoken_chars(utterance.text)
        if chars < MIN_MEASURED_CHARS:
            return counted, ()
        paced, rates = counted._with_rate(utterance, chars)
        loud, levels = paced._with_level(utterance)
        return loud, (*rates, *levels)

    def _with_rate(self, utterance: Utterance, chars: int) -> tuple[PartyTally, tuple[Measured, ...]]:
        length_ms = words_ms(utterance)
        if length_ms <= 0:
            return self, ()
        after = replace(self, chars=self.chars + chars, chars_ms=self.chars_ms + length_ms)
        rate, told = chars_per_min(chars, length_ms), self.told_chars_per_min
        if told is not None and abs(rate - told) < RATE_STEP * told:
            return after, ()
        signal = SpeechRateSignal(
            party=self.party, start_ms=utterance.start_ms, end_ms=utterance.end_ms, chars_per_min=rate
        )
        return replace(after, told_chars_per_min=rate), (signal,)

    def _with_level(self, utterance: Utterance) -> tuple[PartyTally, tuple[Measured, ...]]:
        if utterance.voice is None:
            return self, ()
        level_dbfs, told = utterance.voice.level_dbfs, self.told_level_dbfs
        length_ms = utterance.end_ms - utterance.start_ms
        after = replace(
            self, energy=self.energy + 10 ** (level_dbfs / 10) * length_ms, energy_ms=self.energy_ms + length_ms
        )
        if told is not None and abs(level_dbfs - told) < LEVEL_STEP_DB:
            return after, ()
        signal = EnergySignal(
            party=self.party, start_ms=utterance.start_ms, end_ms=utterance.end_ms, level_dbfs=level_dbfs
        )
        return replace(after, told_level_dbfs=level_dbfs), (signal,)

    def responded(self, after_ms: int) -> PartyTally:
        """With a turn taken so long after the other's words."""
        return replace(self, responses_ms=(*self.responses_ms, after_ms)[-RESPONSES_KEPT:])

    def talked_over(self, overtalk: Overtalk) -> PartyTally:
        """With an overlap that the party began."""
        return replace(self, overtalks=self.overtalks + 1, overtalk_ms=self.overtalk_ms + overtalk.duration_ms)

    def held(self, monologue: Monologue) -> PartyTally:
        """With a monologue of the party as long as it is by now; of equal ones the first is the longest."""
        is_longer = self.longest is None or monologue.speech_ms > self.longest.speech_ms
        return replace(self, longest=monologue) if is_longer else self

    def report(self, all_speech_ms: int) -> PartyMeasures:
        """The party's part in a conversation with so much speech."""
        return PartyMeasures(
            party=self.party,
            utterances=self.utterances,
            speech_ms=self.speech_ms,
            talk_ratio=round(self.speech_ms / all_speech_ms, 4) if all_speech_ms else 0.0,
            chars_per_min=chars_per_min(self.chars, self.chars_ms) if self.chars_ms else None,
            level_dbfs=round(10 * log10(self.energy / self.energy_ms), 1) if self.energy > 0 else None,
            responses=len(self.responses_ms),
            response_p50_ms=median_low(self.responses_ms) if self.responses_ms else None,
            response_max_ms=max(self.responses_ms, default=None),
            overtalks=self.overtalks,
            overtalk_ms=self.overtalk_ms,
            longest_monologue_ms=self.longest.speech_ms if self.longest else 0,
            longest_monologue_start_ms=self.longest.start_ms if self.longest else None,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation so far; each method gives the next value."""

    measures: Measures = field(default_factory=Measures)
    parties: tuple[PartyTally, ...] = ()
    """In the order in which they were first heard."""
    monologue: Monologue | None = None
    """Of who contributed last."""
    silences: int = 0
    silence_ms: int = 0
    longest_silence_ms: int = 0

    def after(self, event: Decided) -> tuple[Conversation, tuple[Measured, ...]]:
        """With the next onset or end of an utterance in log order; what is news about it."""
        match event:
            case SpeechStarted():
                return replace(self, measures=self.measures.started(event)), ()
            case UtteranceDropped():
                return replace(self, measures=self.measures.dropped(event)), ()
            case Utterance():
                return self._spoke(event)
            case _:
                assert_never(event)

    def report(self, end_ms: int) -> ConversationMeasures:
        """How it went, if it ends at that position."""
        ended = self._with_silences(self.measures.ended(end_ms))
        all_speech_ms = sum(tally.speech_ms for tally in self.parties)
        return ConversationMeasures(
            parties=tuple(tally.report(all_speech_ms) for tally in self.parties),
            silences=ended.silences,
            silence_ms=ended.silence_ms,
            longest_silence_ms=ended.longest_silence_ms,
        )

    def _spoke(self, utterance: Utterance) -> tuple[Conversation, tuple[Measured, ...]]:
        measures, silences, overtalks = self.measures.spoke(utterance)
        tally, signals = self._tally(utterance.party).spoke(utterance)
        if (response_ms := self._response_ms(utterance)) is not None:
            tally = tally.responded(response_ms)
        monologue = self._monologue_with(utterance)
        if monologue is not None and monologue.party == utterance.party:
            tally = tally.held(monologue)
        after = replace(self._with_silences(silences)._with_tally(tally), measures=measures, monologue=monologue)
        for overtalk in overtalks:
            after = after._with_tally(after._tally(overtalk.later.party).talked_over(overtalk))
        return after, signals

    def _response_ms(self, utterance: Utterance) -> int | None:
        """How long the party took for its turn; None where this takes none, or takes it from somebody speaking.

        An overlap too short to be overtalk is an answer without delay.
        """
        before = self.monologue
        if before is None or before.party == utterance.party or _is_back_channel(utterance):
            return None
        is_spoken_through = any(
            onset.party != utterance.party and onset.start_ms <= utterance.start_ms for onset in self.measures.speaking
        )
        after_ms = utterance.start_ms - before.end_ms
        return None if is_spoken_through or after_ms <= -MIN_OVERTALK_MS else max(0, after_ms)

    def _monologue_with(self, utterance: Utterance) -> Monologue | None:
        """Who has the word after a final: an acknowledgement of the other takes it from nobody."""
        if self.monologue is not None and self.monologue.party == utterance.party:
            return self.monologue.extended(utterance)
        if _is_back_channel(utterance):
            return self.monologue
        length_ms = utterance.end_ms - utterance.start_ms
        return Monologue(utterance.party, utterance.start_ms, utterance.end_ms, length_ms)

    def _tally(self, party: Party) -> PartyTally:
        return next((tally for tally in self.parties if tally.party == party), PartyTally(party))

    def _with_tally(self, tally: PartyTally) -> Conversation:
        if all(known.party != tally.party for known in self.parties):
            return replace(self, parties=(*self.parties, tally))
        return replace(self, parties=tuple(tally if known.party == tally.party else known for known in self.parties))

    def _with_silences(self, silences: tuple[SilenceSignal, ...]) -> Conversation:
        lengths_ms = [silence.end_ms - silence.start_ms for silence in silences]
        return replace(
            self,
            silences=self.silences + len(lengths_ms),
            silence_ms=self.silence_ms + sum(lengths_ms),
            longest_silence_ms=max((self.longest_silence_ms, *lengths_ms)),
        )


def measured(events: Iterable[Event], end_ms: int) -> ConversationMeasures:
    """How the conversation in a log went that ends at a position."""
    conversation = Conversation()
    for event in events:
        if isinstance(event, SpeechStarted | Utterance | UtteranceDropped):
            conversation, _ = conversation.after(event)
    return conversation.report(end_ms)


def _is_back_channel(utterance: Utterance) -> bool:
    return spoken_chars(utterance.text) <= BACK_CHANNEL_CHARS
