"""Who speaks, how long nobody does, and who talks over whom: a pure fold over speech positions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from assist.messages import OvertalkSignal, Party, SilenceSignal, SpeechStarted, Utterance, UtteranceDropped

MIN_SILENCE_MS = 5_000
MIN_OVERTALK_MS = 500
BACK_CHANNEL_CHARS = 3
"""An utterance of at most this many characters (嗯、好的) is an acknowledgement, not a contribution."""
RECENT_UTTERANCES = 16
"""How many finals are kept to find overlaps with; more cannot overlap one utterance in practice."""
_MAX_TEXTS = 512
"""Texts whose length is kept: every rule about one asks anew."""


@dataclass(frozen=True, slots=True)
class Overtalk:
    """Two finals that overlap: ``later`` began while ``earlier`` was being spoken."""

    earlier: Utterance
    later: Utterance

    @property
    def start_ms(self) -> int:
        return self.later.start_ms

    @property
    def end_ms(self) -> int:
        return min(self.earlier.end_ms, self.later.end_ms)

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def signal(self) -> OvertalkSignal:
        return OvertalkSignal(party=self.later.party, start_ms=self.start_ms, end_ms=self.end_ms)


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known about speech positions so far; each method gives the next value."""

    quiet_since_ms: int = 0
    """End of the last words; 0 before any."""
    last: tuple[Utterance, ...] = ()
    """The latest final of each party, oldest first."""
    speaking: tuple[SpeechStarted, ...] = ()
    """Onsets whose final is still to come, in order of arrival."""
    recent: tuple[Utterance, ...] = ()
    """The newest finals, for overlaps."""

    def started(self, onset: SpeechStarted) -> Measures:
        """A party began to speak."""
        return replace(self, speaking=(*self._speaking_without(onset.utterance_id), onset))

    def dropped(self, segment: UtteranceDropped) -> Measures:
        """What seemed to be speech held no words: the quiet around it was one quiet."""
        return replace(self, speaking=self._speaking_without(segment.utterance_id))

    def spoke(self, utterance: Utterance) -> tuple[Measures, tuple[SilenceSignal, ...], tuple[Overtalk, ...]]:
        """A final: the silence it ended and the overlaps it completes."""
        speaking = self._speaking_without(utterance.utterance_id)
        overtalks = tuple(
            overtalk
            for other in self.recent
            if other.party != utterance.party
            for overtalk in (_overlap(other, utterance),)
            if overtalk.duration_ms >= MIN_OVERTALK_MS
        )
        after = Measures(
            quiet_since_ms=max(self.quiet_since_ms, utterance.end_ms),
            last=(*(other for other in self.last if other.party != utterance.party), utterance),
            speaking=speaking,
            recent=(*self.recent, utterance)[-RECENT_UTTERANCES:],
        )
        speech_ms = min((utterance.start_ms, *(onset.start_ms for onset in speaking)))
        return after, self._silence_until(speech_ms), overtalks

    def ended(self, at_ms: int) -> tuple[SilenceSignal, ...]:
        """The silence that the end of the call ended."""
        return self._silence_until(min((at_ms, *(onset.start_ms for onset in self.speaking))))

    def quiet_ms(self, at_ms: int) -> int:
        """How long nobody has spoken at a position; 0 while somebody does."""
        return 0 if self.speaking else max(0, at_ms - self.quiet_since_ms)

    def talks_over_ms(self, party: Party, other: Party, at_ms: int, final: Utterance | None = None) -> int:
        """How long words of ``party`` that still go on have been spoken over those of the other, who had begun before.

        ``final``: the utterance decided at this moment, over which they may have been spoken as well.
        """
        words = [(onset.start_ms, at_ms) for onset in self.speaking if onset.party == other]
        if final is not None and final.party == other:
            words.append((final.start_ms, final.end_ms))
        begun = [onset.start_ms for onset in self.speaking if onset.party == party]
        return max((end - later for later in begun for start, end in words if start < later <= end), default=0)

    @property
    def last_party(self) -> Party | None:
        """Who spoke last."""
        return self.last[-1].party if self.last else None

    def _silence_until(self, end_ms: int) -> tuple[SilenceSignal, ...]:
        if end_ms - self.quiet_since_ms < MIN_SILENCE_MS:
            return ()
        return (SilenceSignal(start_ms=self.quiet_since_ms, end_ms=end_ms),)

    def _speaking_without(self, utterance_id: str) -> tuple[SpeechStarted, ...]:
        return tuple(onset for onset in self.speaking if onset.utterance_id != utterance_id)


def _overlap(one: Utterance, other: Utterance) -> Overtalk:
    """Order two finals by onset; on a tie the one that was final first was there first."""
    return Overtalk(one, other) if one.start_ms <= other.start_ms else Overtalk(other, one)


@lru_cache(maxsize=_MAX_TEXTS)
def spoken_chars(text: str) -> int:
    """Characters that are spoken: letters, digits and ideographs, no punctuation or spaces."""
    return sum(char.isalnum() for char in text)


def words_ms(utterance: Utterance) -> int:
    """From the first word to the last; the whole utterance where its words have no times."""
    if not utterance.words:
        return utterance.end_ms - utterance.start_ms
    return utterance.words[-1].end_ms - utterance.words[0].start_ms


def chars_per_min(chars: int, length_ms: int) -> float:
    """Speed of speech, to a tenth."""
    return round(chars * 60_000 / length_ms, 1)
