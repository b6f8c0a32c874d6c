"""Where speech begins and ends: a pure state machine over blocks of 32 ms, without a clock.

All positions are 16 kHz samples since the start of the stream. ``start``/``end`` bound the audio to recognise (with
pre-roll and post-roll); ``speech_start``/``speech_end`` bound the speech itself. Segments never overlap, and every
``Onset`` is followed by exactly one ``Segment`` with the same ``speech_start``, which somebody else may have to decide:

How much silence ends a segment depends on whether its sentence is finished, which only the words can tell, and finding
them takes time. So the segmenter says when the silence is long enough for one ``Ending`` after the other (``Pause``)
and goes on, up to the silence that ends any segment. Where that makes a difference, because the next block is speech
(``is_resumed_by``), the question must be answered: ``conclude`` if a pause was the end after all. Until then nothing
but silence has come, so a late answer gives what a prompt one would have given.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from asr.audio.samples import RECOGNITION_RATE_HZ
from asr.vad import BLOCK_SAMPLES

BLOCK_MS = BLOCK_SAMPLES * 1000 // RECOGNITION_RATE_HZ

Ending = Literal["finished", "unclear", "unfinished"]
"""What the words of a segment say about its end."""

Steps = tuple[tuple[float, int], ...]
"""(speech up to this many milliseconds, silence in milliseconds), rising; the last has no limit."""


@dataclass(frozen=True, slots=True)
class SegmenterSettings:
    """Start values; all in milliseconds or probabilities."""

    onset_probability: float = 0.25
    """A block at or above begins speech."""
    speech_probability: float = 0.12
    """Inside speech a block at or above continues it."""
    onset_ms: int = 96
    """Speech needed before an onset is decided."""
    pre_roll_ms: int = 300
    """Audio before the onset."""
    max_pre_roll_ms: int = 800
    """The same where the sound began earlier: the detector is late for some voices."""
    min_cut_ms: int = 100
    """Sound shorter than that is no syllable: the onset keeps its ``pre_roll_ms``."""
    sound_above_quietest_db: float = 15.0
    """A block is sound from there on; measured from the quietest block of the last ``quietest_within_ms``."""
    quietest_within_ms: int = 1_600
    sound_gap_ms: int = 160
    """So much quiet separates a sound from the next."""
    post_roll_ms: int = 200
    finished_ms: Steps = ((10_000, 352), (math.inf, 320))
    """Silence that ends a sentence which is plainly finished, by the length of its speech."""
    unclear_ms: Steps = ((600, 576), (10_000, 512), (math.inf, 320))
    """The same where the words don't tell."""
    unfinished_ms: Steps = ((10_000, 960), (math.inf, 512))
    """The same where the sentence plainly goes on, and where nobody tells."""
    max_segment_ms: int = 15_000
    """Longest audio of one segment; then it is split."""
    split_search_ms: int = 7_000
    """The split is made at the quietest point of this much latest audio."""


def silence_ms(steps: Steps, speech_ms: float) -> int:
    """What the steps ask for after so much speech."""
    return next(silence for limit, silence in steps if speech_ms <= limit)


@dataclass(frozen=True, slots=True)
class Onset:
    """Speech has certainly begun."""

    speech_start: int
    decided: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Speech has certainly ended, or had to be cut."""

    start: int
    end: int
    speech_start: int
    speech_end: int
    speech_samples: int
    """Samples of the blocks taken for speech."""
    decided: int
    cause: Literal["pause", "split", "stopped"]


@dataclass(frozen=True, slots=True)
class Pause:
    """The silence is long enough: the open segment has ended, if that is its sentence's ending."""

    ending: Ending
    segment: Segment
    """As it is in that case."""


Decision = Onset | Pause | Segment


@dataclass(slots=True)
class _Open:
    """The segment being heard; the lists hold one entry per block from ``first_block`` on."""

    start: int
    speech_start: int
    first_block: int
    is_speech: list[bool] = field(default_factory=list[bool])
    levels: list[float] = field(default_factory=list[float])

    def speech_end(self) -> int:
        quiet = next(index for index, speech in enumerate(reversed(self.is_speech)) if speech)
        return (self.first_block + len(self.is_speech) - quiet) * BLOCK_SAMPLES


class Segmenter:
    """Feed it every block of a stream in order, then ``finish``."""

    def __init__(self, settings: SegmenterSettings | None = None) -> None:
        self._settings = settings or SegmenterSettings()
        if self._settings.split_search_ms >= self._settings.max_segment_ms - self._settings.max_pre_roll_ms:
            raise ValueError("split_search_ms must be shorter than a segment")
        if not self._settings.pre_roll_ms <= self._settings.max_pre_roll_ms <= self._settings.quietest_within_ms:
            raise ValueError("pre_roll_ms, max_pre_roll_ms and quietest_within_ms must rise")
        endings = (self._settings.finished_ms, self._settings.unclear_ms, self._settings.unfinished_ms)
        if any(not steps or steps[-1][0] != math.inf for steps in endings):
            raise ValueError("the last of finished_ms, unclear_ms and unfinished_ms must have no limit")
        for limit in {limit for steps in endings for limit, _ in steps}:
            finished, unclear, unfinished = (silence_ms(steps, limit) for steps in endings)
            if not self._settings.post_roll_ms <= finished <= unclear <= unfinished:
                raise ValueError("post_roll_ms, finished_ms, unclear_ms and unfinished_ms must rise")
        self._blocks = 0
        self._run_levels: list[float] = []
        self._recent_levels: deque[float] = deque(maxlen=self._settings.quietest_within_ms // BLOCK_MS)
        self._open: _Open | None = None
        self._free_from = 0
        """No later segment may begin before this sample."""
        self._quiet_blocks = 0
        self._paused: tuple[Ending, ...] = ()
        """Since the last speech: the pauses decided."""

    @property
    def position(self) -> int:
        """Samples judged so far."""
        return self._blocks * BLOCK_SAMPLES

    @property
    def open_start(self) -> int | None:
        """First sample of the open segment's audio; None between segments."""
        return self._open.start if self._open else None

    @property
    def open_speech_end(self) -> int | None:
        """End of the latest speech in the open segment."""
        return self._open.speech_end() if self._open else None

    @property
    def foreseen(self) -> Segment | None:
        """The open segment as it will be if no more speech comes; None before its audio is complete.

        Only ``decided`` and ``cause`` of the real one may differ then.
        """
        if self._open is None:
            return None
        speech_end = self._open.speech_end()
        end = speech_end + _samples(self._settings.post_roll_ms)
        if self.position < end:
            return None
        return self._segment(self._open, end, speech_end, self.position, "pause")

    @property
    def earliest_start(self) -> int:
        """No decision to come needs audio before this sample."""
        if self._open:
            return self._open.start
        reach = len(self._run_levels) * BLOCK_SAMPLES + _samples(self._settings.max_pre_roll_ms)
        return max(self._free_from, self.position - reach)

    def push(self, probability: float, level: float) -> list[Decision]:
        """Judge the next block from its speech probability and its level in dBFS."""
        self._blocks += 1
        self._recent_levels.append(level)
        if self._open is None:
            return self._await_onset(probability, level)
        is_speech = probability >= self._settings.speech_probability
        self._open.is_speech.append(is_speech)
        self._open.levels.append(level)
        self._quiet_blocks = 0 if is_speech else self._quiet_blocks + 1
        if is_speech:
            self._paused = ()
        return self._end_if_over(self._open)

    def is_resumed_by(self, probability: float) -> bool:
        """Whether a next block of that speech probability makes a difference to a ``Pause``."""
        if self._open is None or not self._paused:
            return False
        return probability >= self._settings.speech_probability or self._is_full(self._open, self._blocks + 1)

    def conclude(self) -> None:
        """A pause was the end: its segment is the one that the onset promised."""
        if self._open is None or not self._paused:
            raise ValueError("there is no pause to conclude")
        self._close(self._open, decided=self.position, cause="pause")

    def finish(self, total_samples: int) -> list[Decision]:
        """The stream ends at ``total_samples``, less than one block after ``position``."""
        if self._open is None:
            return []
        return [self._close(self._open, decided=total_samples, cause="stopped")]

    def _await_onset(self, probability: float, level: float) -> list[Decision]:
        if probability < self._settings.onset_probability:
            self._run_levels.clear()
            return []
        self._run_levels.append(level)
        if len(self._run_levels) * BLOCK_MS < self._settings.onset_ms:
            return []
        count = len(self._run_levels)
        speech_start = (self._blocks - count) * BLOCK_SAMPLES
        self._open = _Open(
            start=max(self._free_from, speech_start - self._pre_roll(count)),
            speech_start=speech_start,
            first_block=self._blocks - count,
            is_speech=[True] * count,
            levels=list(self._run_levels),
        )
        self._run_levels.clear()
        self._quiet_blocks = 0
        return [Onset(speech_start, decided=self.position)]

    def _end_if_over(self, segment: _Open) -> list[Decision]:
        quiet_ms = self._quiet_blocks * BLOCK_MS
        speech_ms = (len(segment.is_speech) - self._quiet_blocks) * BLOCK_MS
        if quiet_ms >= silence_ms(self._settings.unfinished_ms, speech_ms):
            return [self._close(segment, decided=self.position, cause="pause")]
        if self._is_full(segment, self._blocks):
            return self._split(segment)
        return self._pauses(segment, quiet_ms, speech_ms)

    def _pauses(self, segment: _Open, quiet_ms: int, speech_ms: int) -> list[Decision]:
        """The endings that so much silence is enough for, as far as they are news."""
        needed: tuple[tuple[Ending, Steps], ...] = (
            ("finished", self._settings.finished_ms),
            ("unclear", self._settings.unclear_ms),
        )
        speech_end = segment.speech_end()
        end = speech_end + _samples(self._settings.post_roll_ms)
        news: list[Decision] = []
        for ending, steps in needed:
            if ending not in self._paused and quiet_ms >= silence_ms(steps, speech_ms):
                self._paused += (ending,)
                news.append(Pause(ending, self._segment(segment, end, speech_end, self.position, "pause")))
        return news

    def _is_full(self, segment: _Open, blocks: int) -> bool:
        """Whether the segment could not take in another block after so many of the stream."""
        return (blocks + 1) * BLOCK_SAMPLES - segment.start > _samples(self._settings.max_segment_ms)

    def _close(self, segment: _Open, *, decided: int, cause: Literal["pause", "stopped"]) -> Segment:
        speech_end = segment.speech_end()
        end = min(decided, speech_end + _samples(self._settings.post_roll_ms))
        self._open = None
        self._free_from = end
        self._paused = ()
        return self._segment(segment, end, speech_end, decided, cause)

    def _split(self, segment: _Open) -> list[Decision]:
        """Cut in the middle of the quietest block, judged with its neighbours; the rest stays open if it has speech."""
        last = len(segment.levels) - 2
        first = max(1, last - self._settings.split_search_ms // BLOCK_MS)
        quietest = min(range(first, last + 1), key=lambda block: sum(segment.levels[block - 1 : block + 2]))
        cut = (segment.first_block + quietest) * BLOCK_SAMPLES + BLOCK_SAMPLES // 2
        before = _Open(segment.start, segment.speech_start, segment.first_block, segment.is_speech[: quietest + 1])
        speech_end = min(cut, before.speech_end())
        self._free_from = cut
        self._paused = ()
        decisions: list[Decision] = [self._segment(before, cut, speech_end, self.position, "split")]
        rest = segment.is_speech[quietest:]
        if not any(rest):
            self._open = None
            return decisions
        speech_start = max(cut, (segment.first_block + quietest + rest.index(True)) * BLOCK_SAMPLES)
        self._open = _Open(cut, speech_start, segment.first_block + quietest, rest, segment.levels[quietest:])
        return [*decisions, Onset(speech_start, decided=self.position)]

    def _segment(
        self, segment: _Open, end: int, speech_end: int, decided: int, cause: Literal["pause", "split", "stopped"]
    ) -> Segment:
        return Segment(
            start=segment.start,
            end=end,
            speech_start=segment.speech_start,
            speech_end=speech_end,
            speech_samples=min(sum(segment.is_speech) * BLOCK_SAMPLES, speech_end - segment.speech_start),
            decided=decided,
            cause=cause,
        )

    def _pre_roll(self, onset_blocks: int) -> int:
        """Samples to take in before an onset of that many blocks: back to where its sound began, within bounds."""
        settings = self._settings
        sound_level = min(self._recent_levels) + settings.sound_above_quietest_db
        sound_blocks = quiet_blocks = 0
        for blocks, level in enumerate(islice(reversed(self._recent_levels), onset_blocks, None), start=1):
            if level >= sound_level:
                sound_blocks, quiet_blocks = blocks, 0
            elif (quiet_blocks := quiet_blocks + 1) * BLOCK_MS >= settings.sound_gap_ms:
                break
        reach, usual = (sound_blocks + 1) * BLOCK_SAMPLES, _samples(settings.pre_roll_ms)
        if reach < usual + _samples(settings.min_cut_ms):
            return usual
        return min(reach, _samples(settings.max_pre_roll_ms))


def _samples(duration_ms: int) -> int:
    return duration_ms * RECOGNITION_RATE_HZ // 1000
