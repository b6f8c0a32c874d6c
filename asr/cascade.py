"""Makes the most of bad decodes; pure. The order of the decodes is the recogniser's.

Which decode stands never rests on comparing scores, since a loop scores higher than the right text.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.guards import GuardSettings, find_doubling, find_repetition
from asr.speech import Hypothesis
from asr.text import Character

_QUIET_SAMPLES = RECOGNITION_RATE_HZ // 10
"""How long a pause is looked for."""
MIN_SPLIT_MS = 4_000
"""Shorter audio is not decoded in halves."""
MIN_HALF_MS = 1_000
_PAUSE_REACH_MS = 800
"""How far from the edge of a gap its pause may be."""


def trimmed(heard: Hypothesis, speech_ms: int, settings: GuardSettings) -> Hypothesis:
    """With one copy of each loop; again while trimming uncovers a longer one."""
    text, characters = heard.text, heard.characters
    while surplus := find_repetition(text) or find_doubling(text, speech_ms, settings):
        kept = surplus.kept(len(text))
        text = "".join(text[index] for index in kept)
        characters: tuple[Character, ...] = tuple(characters[index] for index in kept)
    return replace(heard, text=text, characters=characters)


def longest_gap_ms(heard: Hypothesis, duration_ms: int) -> tuple[int, int]:
    """The longest time that a single character takes up, or that is left after the last one: words may be missing.

    An alignment gives every moment to some character, so words that were left out stretch a neighbour.
    """
    spans = [(character.start_ms, character.end_ms) for character in heard.characters if character.text.isalnum()]
    last_ms = spans[-1][1] if spans else 0
    return max([*spans, (last_ms, duration_ms)], key=lambda span: span[1] - span[0])


def is_at_the_end(gap_ms: tuple[int, int], heard: Hypothesis) -> bool:
    """Whether the gap is what was left after the last character: the decoder stopped. Not where it hardly began."""
    return gap_ms[0] > MIN_HALF_MS and gap_ms[0] >= heard.characters[-1].start_ms


def before(heard: Hypothesis, moment_ms: int) -> Hypothesis:
    """What it wrote up to that moment."""
    kept = tuple(each for each in heard.characters if each.start_ms + each.end_ms < 2 * moment_ms)
    return replace(heard, text="".join(each.text for each in kept), characters=kept)


def split_point(samples: Float32Array, gap_ms: tuple[int, int] | None = None) -> int | None:
    """Where to cut audio that is better decoded in halves: its quietest tenth of a second, not near the ends.

    With a gap, where that begins, or where it ends if it is the beginning of all. None if the audio is too short.
    """
    if len(samples) * 1000 < MIN_SPLIT_MS * RECOGNITION_RATE_HZ:
        return None
    first, last = len(samples) // 4, 3 * len(samples) // 4
    if gap_ms is not None:
        edge_ms = gap_ms[0] if gap_ms[0] > MIN_HALF_MS else gap_ms[1]
        near = [(edge_ms + side_ms) * RECOGNITION_RATE_HZ // 1000 for side_ms in (-_PAUSE_REACH_MS, _PAUSE_REACH_MS)]
        least = MIN_HALF_MS * RECOGNITION_RATE_HZ // 1000
        first, last = (min(max(place, least), len(samples) - least) for place in near)
        if last - first < 2 * _QUIET_SAMPLES:
            return (first + last) // 2
    energy = np.cumsum(np.square(samples[first:last], dtype=np.float64))
    span = energy[_QUIET_SAMPLES:] - energy[:-_QUIET_SAMPLES]
    return first + int(span.argmin()) + _QUIET_SAMPLES // 2


def joined(first: Hypothesis, second: Hypothesis, offset_ms: int) -> Hypothesis:
    """Two halves as one; ``offset_ms`` is where the second begins."""
    moved = (
        replace(character, start_ms=character.start_ms + offset_ms, end_ms=character.end_ms + offset_ms)
        for character in second.characters
    )
    return replace(
        first,
        text=first.text + second.text,
        characters=(*first.characters, *moved),
        no_speech_probability=min(first.no_speech_probability, second.no_speech_probability),
        log_probability=min(first.log_probability, second.log_probability),
        is_capped=first.is_capped or second.is_capped,
    )
