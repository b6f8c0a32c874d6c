"""Operators on how a party speaks: speed, loudness, share of the talk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from assist.measures import chars_per_min, spoken_chars, words_ms
from assist.messages import Evidence, Party, Utterance
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.silence import quiet_before_ms

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
        spoken = _spoken(moment, self.who, self.min_chars)
        if spoken is None:
            return self, NOTHING
        utterance, chars, length_ms = spoken
        if self.of_call:
            return replace(self, chars=self.chars + chars, spoken_ms=self.spoken_ms + length_ms), NOTHING
        if not _is_beyond(chars_per_min(chars, length_ms), self.above, self.below):
            return (replace(self, run=()) if self.run else self), NOTHING
        run, finding = _prolonged(self.run, Evidence.of(utterance), self.for_utterances)
        return replace(self, run=run), finding

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("close",)) if self.of_call else AT_TURNS

    def _judge_call(self, moment: Moment) -> Finding:
        if not self.spoken_ms or not _is_beyond(chars_per_min(self.chars, self.spoken_ms), self.above, self.below):
            return NOTHING
        return Finding(Truth.TRUE, (_span(self.who, moment.at_ms),))


@dataclass(frozen=True, slots=True)
class RateInWindow(Operator):
    """``speech_rate`` with ``over: window``: the mean of what a party said lately; not before the call is so old."""

    who: Who
    above: int | None
    below: int | None
    window_ms: int
    min_chars: int
    said: tuple[tuple[Evidence, int, int], ...] = ()
    """Utterances of the window with their characters and milliseconds."""

    def observe(self, moment: Moment) -> tuple[RateInWindow, Finding]:
        spoken = _spoken(moment, self.who, self.min_chars)
        if spoken is None:
            return self, NOTHING
        utterance, chars, length_ms = spoken
        since_ms = utterance.end_ms - self.window_ms
        recent = [one for one in self.said if one[0].end_ms > since_ms]
        said = (*recent, (Evidence.of(utterance), chars, length_ms))[-MAX_REMEMBERED:]
        rate = chars_per_min(sum(one[1] for one in said), sum(one[2] for one in said))
        is_beyond = since_ms >= 0 and _is_beyond(rate, self.above, self.below)
        finding = Finding(Truth.TRUE, tuple(one[0] for one in said)) if is_beyond else NOTHING
        return replace(self, said=said), finding

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class RateChange(Operator):
    """``speech_rate`` with ``change_ratio``: a party speaks so much faster, or slower, than at its beginning."""

    who: Who
    ratio: float
    """Above 1: at least so many times as fast; below 1: at most."""
    min_chars: int
    for_utterances: int
    first: tuple[tuple[Party, int, int], ...] = ()
    """Party, characters and milliseconds of the utterances that the baselines are made of."""
    run: tuple[Evidence, ...] = ()

    def observe(self, moment: Moment) -> tuple[RateChange, Finding]:
        spoken = _spoken(moment, self.who, self.min_chars)
        if spoken is None:
            return self, NOTHING
        utterance, chars, length_ms = spoken
        own = [(chars, ms) for party, chars, ms in self.first if party == utterance.party]
        own_ms = sum(ms for _, ms in own)
        if own_ms < BASELINE_MS:
            return replace(self, first=(*self.first, (utterance.party, chars, length_ms))), NOTHING
        change = chars_per_min(chars, length_ms) / chars_per_min(sum(chars for chars, _ in own), own_ms)
        if not (change >= self.ratio > 1 or change <= self.ratio < 1):
            return (replace(self, run=()) if self.run else self), NOTHING
        run, finding = _prolonged(self.run, Evidence.of(utterance), self.for_utterances)
        return replace(self, run=run), finding

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class Loudness(Operator):
    """``loudness``: a party is so much louder, or quieter, than it was in its first half minute of speech."""

    who: Who
    above_db: int | None
    below_db: int | None
    min_chars: int
    for_utterances: int
    for_ms: int
    """From the beginning of the first of them to the end of the last."""
    levels: tuple[tuple[Party, float, int], ...] = ()
    """Party, level in dBFS and milliseconds of the utterances that the baselines are made of."""
    run: tuple[Evidence, ...] = ()

    def observe(self, moment: Moment) -> tuple[Loudness, Finding]:
        heard = _level(moment, self.who, self.min_chars)
        if heard is None:
            return self, NOTHING
        utterance, level_dbfs = heard
        own = [(level, length_ms) for party, level, length_ms in self.levels if party == utterance.party]
        if sum(length_ms for _, length_ms in own) < BASELINE_MS:
            entry = (utterance.party, level_dbfs, utterance.end_ms - utterance.start_ms)
            return replace(self, levels=(*self.levels, entry)), NOTHING
        louder_db = level_dbfs - median(level for level, _ in own)
        is_beyond = (self.above_db is not None and louder_db >= self.above_db) or (
            self.below_db is not None and -louder_db >= self.below_db
        )
        if not is_beyond:
            return (replace(self, run=()) if self.run else self), NOTHING
        run, finding = _prolonged(self.run, Evidence.of(utterance), self.for_utterances, self.for_ms)
        return replace(self, run=run), finding

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class LoudnessStep(Operator):
    """``loudness`` with ``step_db``: from one utterance of a party to its next, so much louder or quieter."""

    who: Who
    step_db: int
    min_chars: int
    last: tuple[tuple[Party, float, Evidence], ...] = ()
    """Of each party."""

    def observe(self, moment: Moment) -> tuple[LoudnessStep, Finding]:
        heard = _level(moment, self.who, self.min_chars)
        if heard is None:
            return self, NOTHING
        utterance, level_dbfs = heard
        now = (utterance.party, level_dbfs, Evidence.of(utterance))
        others = tuple(one for one in self.last if one[0] != utterance.party)
        before = next((one for one in self.last if one[0] == utterance.party), now)
        after = replace(self, last=(*others, now))
        if abs(level_dbfs - before[1]) < self.step_db:
            return after, NOTHING
        return after, Finding(Truth.TRUE, (before[2], now[2]))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class LoudnessSpan(Operator):
    """``loudness`` with ``span_db``: the quietest and the loudest utterance of a party lie so far apart.

    True at an utterance that is one of the two.
    """

    who: Who
    span_db: int
    min_chars: int
    bounds: tuple[tuple[Party, tuple[float, Evidence], tuple[float, Evidence]], ...] = ()
    """Quietest and loudest utterance of each party."""

    def observe(self, moment: Moment) -> tuple[LoudnessSpan, Finding]:
        heard = _level(moment, self.who, self.min_chars)
        if heard is None:
            return self, NOTHING
        utterance, level_dbfs = heard
        now = (level_dbfs, Evidence.of(utterance))
        _, low, high = next((one for one in self.bounds if one[0] == utterance.party), (utterance.party, now, now))
        if low[0] <= level_dbfs <= high[0] and now not in (low, high):
            return self, NOTHING
        low, high = (now if level_dbfs < low[0] else low), (now if level_dbfs > high[0] else high)
        others = tuple(one for one in self.bounds if one[0] != utterance.party)
        after = replace(self, bounds=(*others, (utterance.party, low, high)))
        if high[0] - low[0] < self.span_db:
            return after, NOTHING
        return after, Finding(Truth.TRUE, (low[1], high[1]))

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


@dataclass(frozen=True, slots=True)
class SpeechShare(Operator):
    """``talk_share`` of ``any`` party: somebody speaks for so much of the call so far, silences being the rest."""

    min_percent: int
    max_percent: int
    after_ms: int
    quiet_ms: int = 0
    """Before the utterances so far."""

    def observe(self, moment: Moment) -> tuple[SpeechShare, Finding]:
        measures = moment.measures
        if moment.utterance is not None:
            is_first = len(measures.recent) == 1
            quiet_ms = moment.utterance.start_ms if is_first else quiet_before_ms(moment)
            return (replace(self, quiet_ms=self.quiet_ms + quiet_ms) if quiet_ms else self), NOTHING
        if moment.kind == "dropped" or moment.at_ms < self.after_ms or not moment.at_ms:
            return self, NOTHING
        until_ms = min((moment.at_ms, *(onset.start_ms for onset in measures.speaking)))
        quiet_ms = self.quiet_ms + max(0, until_ms - measures.quiet_since_ms)
        if not self.min_percent <= 100 * (moment.at_ms - quiet_ms) / moment.at_ms <= self.max_percent:
            return self, NOTHING
        return self, Finding(Truth.TRUE, (_span("any", moment.at_ms),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("tick", "close"))


def _span(who: Who, at_ms: int) -> Evidence:
    """The call so far."""
    return Evidence(kind="signal", party=None if who == "any" else who, start_ms=0, end_ms=at_ms)


def _spoken(moment: Moment, who: Who, min_chars: int) -> tuple[Utterance, int, int] | None:
    """An utterance whose speed can be told, with its characters and milliseconds."""
    utterance = moment.utterance
    if utterance is None or not moment.speaks(who):
        return None
    chars, length_ms = spoken_chars(utterance.text), words_ms(utterance)
    return None if chars < min_chars or length_ms <= 0 else (utterance, chars, length_ms)


def _level(moment: Moment, who: Who, min_chars: int) -> tuple[Utterance, float] | None:
    """An utterance whose loudness was measured, in dBFS."""
    utterance = moment.utterance
    if utterance is None or utterance.voice is None or not moment.speaks(who):
        return None
    return None if spoken_chars(utterance.text) < min_chars else (utterance, utterance.voice.level_dbfs)


def _is_beyond(rate: float, above: int | None, below: int | None) -> bool:
    return (above is not None and rate > above) or (below is not None and rate < below)


def _prolonged(
    run: tuple[Evidence, ...], piece: Evidence, for_utterances: int, for_ms: int = 0
) -> tuple[tuple[Evidence, ...], Finding]:
    """A run with one more utterance, and whether it is so long."""
    run = (*run, piece)[-(MAX_REMEMBERED if for_ms else for_utterances) :]
    is_long = len(run) >= for_utterances and piece.end_ms - run[0].start_ms >= for_ms
    return run, Finding(Truth.TRUE, run) if is_long else NOTHING
