"""One order for what all lanes decided, so that a call gives the same log live and recorded.

Lanes run at their own speed; events are released by ``decided_ms``, a position counted in samples, once every lane has
promised (``progress``) that nothing earlier is still to come. Ties are broken by the order of the legs, then arrival.
A party of whom no sound comes for now (``leave``) holds nobody up: it comes back after what was released.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from assist.messages import Decided, Party


class DecidedOrder:
    """Merges the lanes' events; pure, no clock."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self._rank = {party: index for index, party in enumerate(parties)}
        self._progress_ms: dict[Party, int] = dict.fromkeys(parties, -1)
        self._finished: set[Party] = set()
        self._away: dict[Party, int] = {}
        """Where the sound of parties ended of whom none comes for now."""
        self._waiting: list[tuple[int, int, int, Decided]] = []
        self._arrivals = 0
        self._position_ms = -1

    @property
    def position_ms(self) -> int:
        """Everything decided at or before this position can be released."""
        return self._position_ms

    @property
    def waiting(self) -> int:
        """Events held back or not yet taken."""
        return len(self._waiting)

    @property
    def is_ready(self) -> bool:
        """Whether ``take`` would give an event."""
        if not self._waiting:
            return False
        return len(self._finished) == len(self._rank) or self._waiting[0][0] <= self._position_ms

    @property
    def is_finished(self) -> bool:
        """Every lane has ended and everything was taken."""
        return len(self._finished) == len(self._rank) and not self._waiting

    def add(self, event: Decided) -> None:
        """Hold an event until its turn."""
        self._arrivals += 1
        heapq.heappush(self._waiting, (event.decided_ms, self._rank[event.party], self._arrivals, event))

    def progress(self, party: Party, position_ms: int) -> None:
        """The party's lane has delivered everything decided at or before ``position_ms``."""
        self._progress_ms[party] = max(self._progress_ms[party], position_ms)
        self._advance()

    def finish(self, party: Party) -> None:
        """The party's lane has ended and holds nothing back any more."""
        self._finished.add(party)
        self._advance()

    def leave(self, party: Party, end_ms: int) -> None:
        """No sound of the party comes after ``end_ms`` for now; its lane must promise up to there."""
        self._away[party] = end_ms
        self._advance()

    def come_back(self, party: Party) -> None:
        """Sound of the party comes again, all of it after ``position_ms``."""
        self._away.pop(party, None)

    def is_away(self, party: Party) -> bool:
        """Whether it has left and not come back."""
        return party in self._away

    def take(self) -> Decided | None:
        """The next event in order; None while it could still be preceded by another."""
        return heapq.heappop(self._waiting)[3] if self.is_ready else None

    def _advance(self) -> None:
        running = [p for party, p in self._progress_ms.items() if self._may_decide(party)]
        reached = min(running) if running else max(self._progress_ms.values())
        self._position_ms = max(self._position_ms, reached)

    def _may_decide(self, party: Party) -> bool:
        """Whether the party's lane may still decide something before it hears more sound."""
        if party in self._finished:
            return False
        end_ms = self._away.get(party)
        return end_ms is None or max(0, self._progress_ms[party]) < end_ms
