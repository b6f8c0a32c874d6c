"""Who was let in a short while ago, for as long as the store that knows it is away."""

from __future__ import annotations

from collections import OrderedDict

from assist.stores.accounts import User


class KnownSessions:
    """Remembers the last ``limit`` sessions for ``keep_s`` each; time is an argument."""

    def __init__(self, *, keep_s: float = 900.0, limit: int = 10_000) -> None:
        if keep_s < 0 or limit < 1:
            raise ValueError("keep_s must not be negative, and limit at least 1")
        self._keep_s = keep_s
        self._limit = limit
        self._seen: OrderedDict[str, tuple[float, User]] = OrderedDict()

    def see(self, session: str, user: User | None, now_s: float) -> None:
        """What the store has just said of a session; None: it is over."""
        self._seen.pop(session, None)
        if user is not None:
            self._seen[session] = (now_s, user)
        if len(self._seen) > self._limit:
            self._seen.popitem(last=False)

    def user(self, session: str, now_s: float) -> User | None:
        """Who held the session when the store was last asked, unless that is too long ago."""
        seen_s, user = self._seen.get(session, (0.0, None))
        return user if now_s - seen_s < self._keep_s else None

    def forget_all(self) -> None:
        """Somebody's sessions were ended."""
        self._seen.clear()
