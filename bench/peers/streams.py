"""What one listener hears and shows, whatever system it is; pure.

* shown delay: when a character of the last text first stood in its place on the screen - its end in the sound, which is
  interpolated within its turn
* settled: when the last character of a turn that was understood can no longer change - true end of the turn
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import soxr
from rapidfuzz.distance import Levenshtein, Prefix

from asr.evaluation.scores import add_up, count_errors, normalise
from asr.text import Scribe
from bench.programme import Recorded
from bench.timing import percentiles
from bench.truth import Turn

RATE_HZ = 16_000
CHUNK_MS = 100
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Stream:
    """One party's sound: 16 kHz mono, signed 16-bit little-endian."""

    pcm: bytes
    turns: Sequence[Turn]

    @property
    def duration_ms(self) -> int:
        return len(self.pcm) * 1000 // (RATE_HZ * SAMPLE_BYTES)


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the screen from a moment on, in milliseconds on the paced clock."""

    at_ms: float
    settled: str
    """Text that will not change."""
    open: str = ""
    """Text after it that may."""
    own_lag_ms: float | None = None
    """How far behind the system says it is."""


@dataclass(slots=True)
class Screen:
    """All that was shown of one stream."""

    stream: Stream
    shown: list[Shown] = field(default_factory=list[Shown])
    is_complete: bool = False
    """The system came to its end in time."""


def split(recorded: Recorded) -> Sequence[Stream]:
    """The parties of a call as streams of their own, in the order of its channels."""
    media = recorded.audio.media
    samples = np.frombuffer(recorded.audio.data, "<i2").reshape(-1, len(media.channels))
    return [
        Stream(
            soxr.resample(samples[:, channel].copy(), media.rate_hz, RATE_HZ).astype("<i2").tobytes(),
            [turn for turn in recorded.turns if turn.party == party],
        )
        for channel, party in enumerate(media.channels)
    ]


def interleave(streams: Sequence[Stream]) -> bytes:
    """Streams of one length as the channels of one sound."""
    return np.stack([np.frombuffer(stream.pcm, "<i2") for stream in streams], axis=1).tobytes()


def screen_figures(screens: Sequence[Screen], scribe: Scribe) -> Mapping[str, object]:
    """Errors and waits over all streams of one run."""
    readings = [_Reading(screen, scribe) for screen in screens]
    errors = add_up([count_errors(reading.reference, reading.text) for reading in readings])
    lags = [shown.own_lag_ms for screen in screens for shown in screen.shown]
    return {
        "is_complete": all(screen.is_complete for screen in screens),
        "cer_percent": round(100 * errors.rate, 2),
        "substitutions": errors.substitutions,
        "deletions": errors.deletions,
        "insertions": errors.insertions,
        "reference_chars": errors.reference_chars,
        "shown_delay_ms": percentiles(delay for reading in readings for delay in reading.shown_delays_ms()),
        "shown_delay_p95_of_each_ms": [percentiles(reading.shown_delays_ms())["p95"] for reading in readings],
        "settled_ms": percentiles(wait for reading in readings for wait in reading.settled_ms()),
        "turns": sum(len(screen.stream.turns) for screen in screens),
        "turns_not_settled": sum(wait is None for reading in readings for wait in reading.settled_ms()),
        "own_lag_ms": percentiles(lags) if any(lag is not None for lag in lags) else None,
    }


class _Reading:
    """A screen's texts laid beside the reference."""

    def __init__(self, screen: Screen, scribe: Scribe) -> None:
        self._turns = screen.stream.turns
        settled = [(shown.at_ms, normalise(shown.settled, scribe)) for shown in screen.shown]
        whole = [(shown.at_ms, normalise(shown.settled + shown.open, scribe)) for shown in screen.shown]
        turn_texts = [normalise(turn.text, scribe) for turn in self._turns]
        self.text = whole[-1][1] if whole else ""
        self.reference = "".join(turn_texts)
        self._turn_edges = list(pairwise(accumulate(map(len, turn_texts), initial=0)))
        self._understood = dict(_matches(self.reference, self.text))
        """Place in the text by place in the reference."""
        self._shown_ms = _first_shown(whole, self.text)
        self._settled_ms = _settled(settled, self.text)

    def shown_delays_ms(self) -> Iterator[float]:
        """Of every character that was understood."""
        for turn, (begin, end) in zip(self._turns, self._turn_edges, strict=True):
            for place in range(begin, end):
                if place in self._understood:
                    spoken_ms = turn.start_ms + (turn.end_ms - turn.start_ms) * (place + 1 - begin) / (end - begin)
                    yield self._shown_ms[self._understood[place]] - spoken_ms

    def settled_ms(self) -> Iterator[float | None]:
        """Of every turn; None where nothing of it was understood or settled."""
        for turn, (begin, end) in zip(self._turns, self._turn_edges, strict=True):
            places = [self._understood[place] for place in range(begin, end) if place in self._understood]
            at_ms = self._settled_ms.get(max(places)) if places else None
            yield None if at_ms is None else at_ms - turn.end_ms


def _matches(reference: str, text: str) -> Iterator[tuple[int, int]]:
    for block in Levenshtein.opcodes(reference, text):
        if block.tag == "equal":
            yield from zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)


def _first_shown(texts: Sequence[tuple[float, str]], last: str) -> Mapping[int, float]:
    """When each character of the last text first stood in its place."""
    found: dict[int, float] = {}
    for at_ms, text in texts:
        for _, place in _matches(text, last):
            found.setdefault(place, at_ms)
    return found


def _settled(texts: Sequence[tuple[float, str]], last: str) -> Mapping[int, float]:
    """From when on each character of the last text was certain, of those that became so."""
    lengths = [Prefix.similarity(text, last) for _, text in texts]
    lasting = list(accumulate(reversed(lengths), min))[::-1]
    found: dict[int, float] = {}
    for (at_ms, _), length in zip(texts, lasting, strict=True):
        for place in range(len(found), length):
            found[place] = at_ms
    return found
