"""Operators on how a party speaks: speed, loudness, share of the talk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from assist.measures import chars_per_min, spoken_chars, words_ms
from assist.messages import Evidence, Party
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator

BASELINE_MS = 30_000
"""Speech of a party that its own loudness is learnt from: the first of the call."""


@dataclass(frozen=True, slots=True)
class SpeechRate(Operator):
    """``speech_rate``: a party speaks faster, or slower, than so many characters a minute."""

    who: Who
    above: int | None
    below: int | None
    of_call: bool
    """The mean of the whole call, told at its end, instead of each utterance's own rate."""
    min_chars: int
    """Utterances of fewer characters do not count."""
    for_utterances: int
    """In a row."""
    chars: int = 0
    spoken_ms: int = 0
    run: tuple[Evidence, ...] = ()

    def observe(self, moment: Moment) -> tuple[SpeechRate, Finding]:
        if self.of_call and moment.kind == "close":
            return self, self._judge_call(moment)
        utterance = moment.utterance
        if utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        chars, length_ms = spoken_chars(utterance.text), words_ms(utterance)
        if chars < self.min_chars or length_ms <= 0:
            return self, NOTHING
        if self.of_call:
            return replace(self, chars=self.chars + chars, spoken_ms=self.spoken_ms + length_ms), NOTHING
        if not self._is_beyond(chars_per_min(chars, length_ms)):
            return (replace(self, run=()) if self.run else self), NOTHING
        run = (*self.run, Evidence.of(utterance))[-self.for_utterances :]
        return replace(self, run=run), Finding(Truth.TRUE, run) if len(run) == self.for_utterances else NOTHING

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("close",)) if self.of_call else AT_TURNS

    def _judge_call(self, moment: Moment) -> Finding:
        if not self.spoken_ms or not self._is_beyond(chars_per_min(self.chars, self.spoken_ms)):
            return NOTHING
        return Finding(Truth.TRUE, (_span(self.who, moment.at_ms),))

    def _is_beyond(self, rate: float) -> bool:
        return (self.above is not None and rate > self.above) or (self.below is not None and rate < self.below)


@dataclass(frozen=True, slots=True)
class Loudness(Operator):
    """``loudness``: a party is so much louder, or quieter, than it was in its first half minute of speech."""

    who: Who
    above_db: int | None
    below_db: int | None
    min_chars: int
    for_utterances: int
    levels: tuple[tuple[Party, float, int], ...] = ()
    """Party, level in dBFS and milliseconds of the utterances that the baselines are made of."""
    run: tuple[Evidence, ...] = ()

    def observe(self, moment: Moment) -> tuple[Loudness, Finding]:
        utterance = moment.utterance
        if (
            utterance is None
            or utterance.voice is None
            or not moment.speaks(self.who)
            or spoken_chars(utterance.text) < self.min_chars
        ):
            return self, NOTHING
        own = [(level, length_ms) for party, level, length_ms in self.levels if party == utterance.party]
        level_dbfs = utterance.voice.level_dbfs
        if sum(length_ms for _, length_ms in own) < BASELINE_MS:
            entry = (utterance.party, level_dbfs, utterance.end_ms - utterance.start_ms)
            return replace(self, levels=(*self.levels, entry)), NOTHING
        louder_db = level_dbfs - median(level for level, _ in own)
        is_beyond = (self.above_db is not None and louder_db >= self.above_db) or (
            self.below_db is not None and -louder_db >= self.below_db
        )
        if not is_beyond:
            return (replace(self, run=()) if self.run else self), NOTHING
        run = (*self.run, Evidence.of(utterance))[-self.for_utterances :]
        return replace(self, run=run), Finding(Truth.TRUE, run) if len(run) == self.for_utterances else NOTHING

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class TalkShare(Operator):
    """``talk_share``: a party has so much of all the speech so far, once the call is long enough to tell."""

    party: Who
    min_percent: int
    max_percent: int
    after_ms: int
    own_ms: int = 0
    all_ms: int = 0

    def observe(self, moment: Moment) -> tuple[TalkShare, Finding]:
        if moment.utterance is not None:
            length_ms = moment.utterance.end_ms - moment.utterance.start_ms
            own_ms = length_ms if moment.speaks(self.party) else 0
            return replace(self, own_ms=self.own_ms + own_ms, all_ms=self.all_ms + length_ms), NOTHING
        if moment.kind == "dropped" or moment.at_ms < self.after_ms or not self.all_ms:
            return self, NOTHING
        if not self.min_percent <= 100 * self.own_ms / self.all_ms <= self.max_percent:
            return self, NOTHING
        return self, Finding(Truth.TRUE, (_span(self.party, moment.at_ms),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("tick", "close"))


def _span(who: Who, at_ms: int) -> Evidence:
    """The call so far."""
    return Evidence(kind="signal", party=None if who == "any" else who, start_ms=0, end_ms=at_ms)
