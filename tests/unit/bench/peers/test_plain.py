"""Where the plain design cuts."""

from __future__ import annotations

import numpy as np

from asr.vad import BLOCK_SAMPLES
from bench.peers.plain import BEFORE_MS, BLOCK_MS, LONGEST_MS, SILENCE_MS, Samples, Splitter


class Loudness:
    """A detector to which every sound is speech."""

    def probability(self, block: Samples) -> float:
        return float(np.abs(block).max() > 0)


def blocks(count: int, *, speech: bool) -> list[Samples]:
    return [np.full(BLOCK_SAMPLES, float(speech), np.float32)] * count


def test_segment_ends_after_enough_silence_and_begins_before_its_speech() -> None:
    splitter = Splitter(Loudness())
    heard = [splitter.hear(block) for block in [*blocks(30, speech=False), *blocks(10, speech=True)]]
    assert all(segment is None for segment in heard)
    silence = [splitter.hear(block) for block in blocks(40, speech=False)]
    ended = [number for number, segment in enumerate(silence, start=1) if segment is not None]
    assert len(ended) == 1
    assert ended[0] * BLOCK_MS >= SILENCE_MS > (ended[0] - 1) * BLOCK_MS
    segment = silence[ended[0] - 1]
    assert segment is not None
    assert len(segment) == (BEFORE_MS // BLOCK_MS + 10 + ended[0]) * BLOCK_SAMPLES


def test_long_speech_is_cut() -> None:
    splitter = Splitter(Loudness())
    lengths = [len(segment) for block in blocks(1_000, speech=True) if (segment := splitter.hear(block)) is not None]
    assert set(lengths) == {-(-LONGEST_MS // BLOCK_MS) * BLOCK_SAMPLES}


def test_end_gives_what_is_open_once() -> None:
    splitter = Splitter(Loudness())
    for block in blocks(3, speech=True):
        splitter.hear(block)
    segment = splitter.end()
    assert segment is not None
    assert len(segment) == 3 * BLOCK_SAMPLES
    assert splitter.end() is None
