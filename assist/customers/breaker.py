"""A circuit breaker: what keeps failing is left alone for a while."""

from __future__ import annotations


class Breaker:
    """Opens after so many failures in a row, and lets one attempt through after each pause.

    Pure: time comes from outside, in seconds of any steady clock.
    """

    def __init__(self, *, failures: int = 5, pause_s: float = 15.0) -> None:
        if failures < 1 or pause_s <= 0:
            raise ValueError("failures must be at least 1 and pause_s above 0")
        self._failures = failures
        self._pause_s = pause_s
        self._failed = 0
        self._next_try_s = 0.0

    def admits(self, now_s: float) -> bool:
        """Whether to try; while it is open, the one who is told yes holds off all others for another pause."""
        if self._failed < self._failures:
            return True
        if now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + self._pause_s
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self, now_s: float) -> None:
        self._failed += 1
        if self._failed == self._failures:
            self._next_try_s = now_s + self._pause_s
