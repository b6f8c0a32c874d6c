"""What is masked, encrypted; and who looked at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assist.errors import InputError
from assist.messages import Envelope, PrivateKind, PrivateSpan
from assist.ports import Redactor
from assist.redaction.log import MaskedEnvelope
from assist.redaction.masking import masked_alone
from assist.redaction.texts import Hidden, restored

MAX_REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is masked; nothing in it is private."""

    path: str
    """See ``Hidden``."""
    start: int
    end: int
    kind: PrivateKind


@dataclass(frozen=True, slots=True)
class Seal:
    """What is masked in one envelope of the log."""

    call_id: str
    seq: int
    places: tuple[Place, ...]
    sealed: str
    """The words of the places in their order, encrypted."""

    def spans(self, path: str = "/text") -> tuple[PrivateSpan, ...]:
        """Where one of its texts is masked: for the page that shows the kind, and for the sound to be silenced."""
        return tuple(
            PrivateSpan(start=place.start, end=place.end, kind=place.kind)
            for place in self.places
            if place.path == path
        )


class Vault(Protocol):
    """Encrypts words for the place in the log to which they belong."""

    def seal(self, words: Sequence[str], *, call_id: str, seq: int) -> str: ...

    def unseal(self, sealed: str, *, call_id: str, seq: int) -> tuple[str, ...]:
        """Raises StoreError "seal-damaged": of another place, changed, or of a key that is gone."""
        ...


class SealStore(Protocol):
    """Durable record of seals. Every method raises StoreError when the database cannot serve."""

    async def put(self, seals: Sequence[Seal]) -> None:
        """Store seals in place of those of the same envelopes, in one transaction. Idempotent."""
        ...

    async def seals(self, call_id: str, *, seqs: Collection[int] | None = None) -> Sequence[Seal]:
        """Of these envelopes (None: all) in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody looked at what is masked."""

    at: datetime
    by: str
    """User id."""
    call_id: str
    seqs: tuple[int, ...]
    """The envelopes looked at."""
    kinds: tuple[PrivateKind, ...]
    """What was seen."""
    reason: str
    """As the person gave it."""


class AccessLog(Protocol):
    """Durable record of who looked. Raises StoreError when the database cannot serve."""

    async def add(self, access: Access) -> None: ...


def sealed(result: MaskedEnvelope, vault: Vault) -> Seal | None:
    """What an envelope hides, encrypted; None where it hides nothing."""
    if not result.hidden:
        return None
    envelope = result.envelope
    words = [hidden.original for hidden in result.hidden]
    return Seal(
        call_id=envelope.call_id,
        seq=envelope.seq,
        places=tuple(Place(hidden.path, hidden.start, hidden.end, hidden.kind) for hidden in result.hidden),
        sealed=vault.seal(words, call_id=envelope.call_id, seq=envelope.seq),
    )


def unsealed(envelope: Envelope, seal: Seal, vault: Vault) -> Envelope:
    """The envelope as it was before it was masked. Raises StoreError "seal-damaged"."""
    words = vault.unseal(seal.sealed, call_id=envelope.call_id, seq=envelope.seq)
    hidden = (
        Hidden(place.path, place.start, place.end, place.kind, word)
        for place, word in zip(seal.places, words, strict=True)
    )
    return envelope.model_copy(update={"event": restored(envelope.event, hidden)})


class Revealer:
    """Takes masks off for people who may see what is under them; whoever asks for it has checked that they may."""

    def __init__(
        self,
        *,
        seals: SealStore,
        vault: Vault,
        redactor: Redactor,
        access_log: AccessLog,
        now: Callable[[], datetime],
    ) -> None:
        """``redactor`` masks what people write as their reason: others read the record of a look, too."""
        self._seals = seals
        self._redactor = redactor
        self._vault = vault
        self._access_log = access_log
        self._now = now

    async def reveal(self, envelopes: Sequence[Envelope], *, by: str, reason: str) -> list[Envelope]:
        """Envelopes of one call as they were; the look is on record before anything is given out.

        Raises InputError "reason-missing", and StoreError.
        """
        if not reason.strip() or len(reason) > MAX_REASON_CHARS:
            raise InputError("Say in a sentence why the words have to be seen.", code="reason-missing")
        if not envelopes:
            return []
        call_id = envelopes[0].call_id
        found = await self._seals.seals(call_id, seqs=[envelope.seq for envelope in envelopes])
        by_seq = {seal.seq: seal for seal in found}
        if found:
            seen: set[PrivateKind] = {place.kind for seal in found for place in seal.places}
            told = masked_alone(reason.strip(), self._redactor, self._words(found))
            looked = Access(self._now(), by, call_id, tuple(sorted(by_seq)), tuple(sorted(seen)), told)
            await self._access_log.add(looked)
        return [
            unsealed(envelope, by_seq[envelope.seq], self._vault) if envelope.seq in by_seq else envelope
            for envelope in envelopes
        ]

    def _words(self, seals: Iterable[Seal]) -> Iterator[tuple[PrivateKind, str]]:
        for seal in seals:
            words = self._vault.unseal(seal.sealed, call_id=seal.call_id, seq=seal.seq)
            for place, word in zip(seal.places, words, strict=True):
                yield place.kind, word
