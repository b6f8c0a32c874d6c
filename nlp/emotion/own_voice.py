"""How a party usually sounds in this call, and how far an utterance is from that; pure.

A telephone says nothing about loudness or pitch as such: lines, handsets and people differ. Only the difference from
the same party a minute ago means something.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from assist.messages import EmotionEvidence, VoiceReading

KNOWN_AFTER = 3
"""Utterances that build the baseline."""
MEMORY = 24
"""Utterances it rests on at most, the newest."""
MIN_CHARACTERS = 4
"""Shorter utterances (嗯、好的) have no rate worth the name."""

_STRONG_DB, _STRONG_PITCH, _STRONG_RATE = 6.0, 25.0, 40.0
"""Decibels and percents that change the impression clearly: full marks."""
_WORTH_TELLING = 0.5
"""Of full marks."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """From the party's own voice; 0 where it is not known."""

    level_db: float = 0.0
    pitch_percent: float = 0.0
    rate_percent: float = 0.0

    @property
    def activation(self) -> float:
        """-1 withdrawn to 1 excited. The weights are a choice: no data with known speakers was at hand."""
        level, pitch, rate = self._marks()
        return 0.5 * level + 0.25 * pitch + 0.25 * rate

    def evidence(self) -> list[tuple[float, EmotionEvidence]]:
        """What is worth telling, with its strength, 0.5 to 1."""
        level, pitch, rate = self._marks()
        told = (
            (level, EmotionEvidence(kind="louder" if level > 0 else "quieter", amount=round(abs(self.level_db)))),
            (rate, EmotionEvidence(kind="faster" if rate > 0 else "slower", amount=round(abs(self.rate_percent)))),
            (pitch, EmotionEvidence(kind="higher" if pitch > 0 else "lower", amount=round(abs(self.pitch_percent)))),
        )
        return [(abs(mark), evidence) for mark, evidence in told if abs(mark) >= _WORTH_TELLING]

    def _marks(self) -> tuple[float, float, float]:
        """Each -1 to 1."""
        return (
            _bounded(self.level_db / _STRONG_DB),
            _bounded(self.pitch_percent / _STRONG_PITCH),
            _bounded(self.rate_percent / _STRONG_RATE),
        )


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """Of one party; medians, so that one shout does not move them."""

    levels_dbfs: tuple[float, ...] = ()
    pitches_hz: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()
    """Characters a minute."""

    @property
    def is_known(self) -> bool:
        """Whether enough was heard to compare with."""
        return len(self.levels_dbfs) >= KNOWN_AFTER

    def deviation(self, voice: VoiceReading, characters: int) -> Deviation:
        """Of an utterance of that many characters."""
        if not self.is_known:
            return Deviation()
        rate = voice.chars_per_min if characters >= MIN_CHARACTERS else None
        return Deviation(
            level_db=voice.level_dbfs - median(self.levels_dbfs),
            pitch_percent=_percent_above(voice.pitch_hz, self.pitches_hz),
            rate_percent=_percent_above(rate, self.rates),
        )

    def with_utterance(self, voice: VoiceReading, characters: int) -> OwnVoice:
        """The baseline after one more."""
        learnt = replace(self, levels_dbfs=_newest(self.levels_dbfs, voice.level_dbfs))
        if voice.pitch_hz is not None:
            learnt = replace(learnt, pitches_hz=_newest(self.pitches_hz, voice.pitch_hz))
        if characters >= MIN_CHARACTERS:
            learnt = replace(learnt, rates=_newest(self.rates, voice.chars_per_min))
        return learnt


def _newest(values: tuple[float, ...], value: float) -> tuple[float, ...]:
    return (*values, value)[-MEMORY:]


def _percent_above(value: float | None, usual: tuple[float, ...]) -> float:
    if value is None or len(usual) < KNOWN_AFTER:
        return 0.0
    middle = median(usual)
    return 100 * (value / middle - 1) if middle > 0 else 0.0


def _bounded(value: float) -> float:
    return min(max(value, -1.0), 1.0)
