"""How often a log-in may fail; pure, time is an argument."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable


class FailureThrottle:
    """Remembers failures per key within a sliding window.

    At most ``key_limit`` keys are remembered, the least recently failed is forgotten first; per key at most
    ``failure_limit`` times.
    """

    def __init__(self, *, failure_limit: int = 5, window_s: float = 300.0, key_limit: int = 10_000) -> None:
        if failure_limit < 1 or key_limit < 1 or not window_s > 0:
            raise ValueError("failure_limit, key_limit and window_s must be positive")
        self._failure_limit = failure_limit
        self._window_s = window_s
        self._key_limit = key_limit
        self._failures: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def blocked_for_s(self, key: Hashable, now_s: float) -> float:
        """Seconds until the key may try again; 0 if it may now."""
        times = self._failures.get(key)
        if times is None or len(times) < self._failure_limit:
            return 0.0
        return max(0.0, times[0] + self._window_s - now_s)

    def failed(self, key: Hashable, now_s: float) -> None:
        """Count a failure."""
        times = self._failures.setdefault(key, deque(maxlen=self._failure_limit))
        times.append(now_s)
        self._failures.move_to_end(key)
        while len(self._failures) > self._key_limit:
            self._failures.popitem(last=False)

    def succeeded(self, key: Hashable) -> None:
        """Forget the key's failures."""
        self._failures.pop(key, None)
