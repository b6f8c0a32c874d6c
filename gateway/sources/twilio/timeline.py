"""Where a frame of a track belongs, by its timestamp; what did not come becomes missing time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

SAMPLES_PER_MS: Final = 8
SLACK_MS: Final = 20
"""One frame: timestamps that are less than this off are irregular, not a loss."""
LATE_FRAMES: Final = 50
"""So many frames in a row from before the newest one, and it is the clock that went back: one second of sound."""
MAX_HOLE_MS: Final = 3_600_000
"""A longer jump is a broken clock, not an hour of loss."""
AHEAD_MS: Final = 1_000
"""Sound that is so much ahead of its timestamps is worth a remark."""

Verdict = Literal["in-order", "late", "restarted", "useless", "jumped", "ahead"]


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do with a frame."""

    verdict: Verdict
    """``late``: leave it out, it came before or too late. ``restarted``: the clock began anew here. ``useless``: it
    stands still and is ignored from now on. ``jumped``: it leapt too far to be believed. ``ahead``: there is more
    sound than its time has room for; told once."""
    missing_ms: int = 0
    """What is missing before the frame."""


class Timeline:
    """Follows one track: samples taken plus holes, against the timestamps that came with them.

    Messages come in the order in which they were sent, so a frame from before the newest one is a copy, or sound that
    has been given up for lost already.
    """

    def __init__(self, begins_ms: int) -> None:
        """``begins_ms``: the timestamp at which the call clock begins."""
        self._due = begins_ms * SAMPLES_PER_MS
        """Timestamp of the next frame if nothing is missing, in samples."""
        self._newest_ms: int | None = None
        self._late_frames = 0
        self._late_samples = 0
        self._late_ms: int | None = None
        self._is_useless = False
        self._is_ahead = False

    def place(self, timestamp_ms: int | None, samples: int) -> Placement:
        """Judge the next frame; without a timestamp it follows the one before."""
        if timestamp_ms is None or self._is_useless:
            self._due += samples
            return Placement("in-order")
        if self._newest_ms is None:
            self._due = min(self._due, timestamp_ms * SAMPLES_PER_MS)
        elif timestamp_ms <= self._newest_ms:
            return self._place_late(timestamp_ms, samples)
        return self._place_next(timestamp_ms, samples)

    def _place_next(self, timestamp_ms: int, samples: int) -> Placement:
        hole_ms = timestamp_ms - -(-self._due // SAMPLES_PER_MS)
        if hole_ms > MAX_HOLE_MS:
            self._due = timestamp_ms * SAMPLES_PER_MS
            return self._go_on(timestamp_ms, samples, Placement("jumped"))
        if hole_ms >= SLACK_MS:
            self._due += hole_ms * SAMPLES_PER_MS
            return self._go_on(timestamp_ms, samples, Placement("in-order", hole_ms))
        is_news = hole_ms <= -AHEAD_MS and not self._is_ahead
        self._is_ahead = self._is_ahead or is_news
        return self._go_on(timestamp_ms, samples, Placement("ahead" if is_news else "in-order"))

    def _place_late(self, timestamp_ms: int, samples: int) -> Placement:
        before_ms, self._late_ms = self._late_ms, timestamp_ms
        self._late_frames += 1
        if self._late_frames < LATE_FRAMES:
            self._late_samples += samples
            return Placement("late")
        missing_ms = self._late_samples // SAMPLES_PER_MS
        if before_ms is None or timestamp_ms <= before_ms:
            self._is_useless = True
            return Placement("useless", missing_ms)
        self._due = timestamp_ms * SAMPLES_PER_MS
        return self._go_on(timestamp_ms, samples, Placement("restarted", missing_ms))

    def _go_on(self, timestamp_ms: int, samples: int, placement: Placement) -> Placement:
        self._newest_ms = timestamp_ms
        self._due += samples
        self._late_frames = self._late_samples = 0
        self._late_ms = None
        return placement
