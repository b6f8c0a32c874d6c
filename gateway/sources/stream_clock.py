"""Call-clock positions as the platform counts them: on the clock of its own stream."""

from __future__ import annotations

from collections.abc import Mapping

from assist.messages import AudioGap, Event, Party
from gateway.sources.codec import JoinedCall


class StreamClock:
    """Of one connection: what the call declares as missing by itself is not on the platform's clock.

    What the codec declares is on both, because the platform said it.
    """

    def __init__(self, call: JoinedCall) -> None:
        self._begins_ms: Mapping[Party, int] = call.positions_ms
        self._inferred: dict[Party, list[tuple[int, int]]] = {party: [] for party in self._begins_ms}
        """(end, length) of the gaps that the call declared by itself since then, in order."""

    def hear(self, event: Event) -> None:
        """An event of the call, in order."""
        if isinstance(event, AudioGap) and event.inferred and event.party in self._inferred:
            self._inferred[event.party].append((event.end_ms, event.end_ms - event.start_ms))

    def own_ms(self, party: Party, call_ms: int) -> int:
        """Where a position lies in the platform's stream; 0 for what was before it."""
        begins_ms = self._begins_ms.get(party, 0)
        inferred_ms = sum(length for end, length in self._inferred.get(party, ()) if begins_ms < end <= call_ms)
        return max(0, call_ms - begins_ms - inferred_ms)
