"""Proofs that are good for one connection: who has taken one down from the wire cannot come in with it again."""

from __future__ import annotations

from gateway.sources.door import Clock, Proof

KEPT_PROOFS = 100_000
"""Only proofs that hold are kept, so nobody but the platform itself can fill this; then the oldest are forgotten."""


class SpentProofs:
    """Those that have let a connection in, as long as they would again. Of this process."""

    def __init__(self, *, clock: Clock, limit: int = KEPT_PROOFS) -> None:
        self._clock = clock
        self._limit = limit
        self._until_s: dict[tuple[str, str], float] = {}
        """By door and id, the oldest first."""

    def spend(self, door: str, proof: Proof) -> bool:
        """Whether a proof lets a connection in; one without id always does."""
        if proof.proof_id is None:
            return True
        self._forget()
        spent = (door, proof.proof_id)
        if spent in self._until_s:
            return False
        self._until_s[spent] = proof.until_s
        return True

    def _forget(self) -> None:
        now_s = self._clock()
        while self._until_s:
            oldest = next(iter(self._until_s))
            if self._until_s[oldest] >= now_s and len(self._until_s) < self._limit:
                return
            del self._until_s[oldest]
