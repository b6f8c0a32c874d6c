"""When sound of one leg arrives, and what that says of sound that never came; time is an argument.

Used where a platform does not say what is missing. Arrival times tell two things and no more: how much later than the
call a leg began, and how long sound was missing after a stall. What a stalled network delivers late was not missing,
so sound after a break is held back for a moment, until what waited behind it is here.
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """Sound that can be placed now, after a gap."""

    missed_s: float
    """0 without a break; never less."""
    pieces: tuple[bytes, ...]


class Arrivals:
    """One leg on one connection after the other."""

    def __init__(self, rate_hz: int, *, stall_s: float, settle_s: float) -> None:
        """``stall_s``: silence on the wire that counts as a break; ``settle_s``: how long sound after one is held."""
        self._rate_hz = rate_hz
        self._stall_s = stall_s
        self._settle_s = settle_s
        self._next_s: float | None = None
        """When the next sample was expected; None: no sound has come and none was expected."""
        self._held: list[bytes] = []
        self._held_s = 0.0
        self._zero_s = 0.0
        """Earliest moment at which the sound that is held can have begun."""
        self._settled_s = 0.0
        self._heard_s = 0.0
        """When the last of what is held arrived."""
        self._is_expected = False

    def expect(self, since_s: float) -> None:
        """Sound that comes is late against this moment, however short the delay; used for a leg that begins or goes on
        after the rest of its call."""
        self._is_expected = True
        if self._next_s is None:
            self._next_s = since_s

    @property
    def is_holding(self) -> bool:
        """Whether sound is held back."""
        return bool(self._held)

    def push(self, pcm: bytes, now_s: float) -> Placed | None:
        """What can be placed now that this has come; None while it is held."""
        length_s = len(pcm) / SAMPLE_BYTES / self._rate_hz
        if not self._held:
            is_break = self._is_expected or (self._next_s is not None and now_s - self._next_s > self._stall_s)
            if self._next_s is None or not is_break:
                self._next_s = now_s
                return Placed(0.0, (pcm,))
            self._settled_s = now_s + self._settle_s
            self._zero_s = now_s
            self._held_s = 0.0
        self._held.append(pcm)
        self._heard_s = now_s
        self._held_s += length_s
        self._zero_s = min(self._zero_s, now_s - self._held_s)
        return self.settle() if now_s >= self._settled_s else None

    def settle(self) -> Placed:
        """What is held, and what is missing before it; at the end of a connection without waiting for more."""
        if not self._held:
            return Placed(0.0, ())
        missed_s = max(0.0, self._zero_s - (self._next_s if self._next_s is not None else self._zero_s))
        placed = Placed(missed_s, tuple(self._held))
        self._held = []
        self._next_s = self._heard_s
        self._is_expected = False
        return placed
