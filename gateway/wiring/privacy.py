"""Private words of stored calls, as the settings want them kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from assist.errors import InputError, StoreError
from assist.ports import AudioStore, CallStore, Redactor
from assist.redaction.sealing import Revealer, Seal
from assist.redaction.sound import private_sound
from assist.redaction.store import RedactedCallStore
from assist.redaction.stored import mask_stored
from assist.stores import Stores
from assist.stores.silencing import SilencedAudioStore
from assist.stores.vault import AesVault, KeyRing, open_key_ring, save_key_ring
from gateway.record import Wanted, closed_calls
from gateway.settings import Settings
from gateway.wiring.stored import open_stored
from nlp.privacy import RuleRedactor

SEALS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """The calls of a database, as readers get them."""

    store: CallStore
    revealer: Revealer | None
    """Takes masks off; None where calls are stored plain."""


def keep_calls(settings: Settings, stores: Stores) -> KeptCalls:
    """Masked unless the settings want them plain. Blocks for a moment.

    Raises ConfigurationError "bad-private-keys".
    """
    if not settings.privacy.mask:
        return KeptCalls(stores.calls, None)
    vault = AesVault.open(settings.private_keys_path)
    store = RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)
    revealer = Revealer(
        seals=stores.seals, vault=vault, redactor=RuleRedactor(), access_log=stores.seals, now=lambda: datetime.now(UTC)
    )
    return KeptCalls(store, revealer)


async def rotate_keys(settings: Settings) -> int:
    """Make a new key, and seal with it what older ones sealed; how many seals there were. A service may go on running.

    Older keys stay in the file. Raises ConfigurationError, NotFoundError "no-calls", StoreError.
    """
    path = settings.private_keys_path
    async with open_stored(settings) as stores:
        ring = (await asyncio.to_thread(open_key_ring, path)).rotated()
        await asyncio.to_thread(save_key_ring, path, ring)
        vault, count = AesVault(ring), 0
        while seals := await stores.seals.sealed_otherwise(ring.current, limit=SEALS_AT_ONCE):
            await stores.seals.put([_sealed_anew(seal, vault) for seal in seals])
            count += len(seals)
    return count


async def retire_keys(settings: Settings) -> int:
    """Take away every key but the current one; how many. Raises what ``rotate_keys`` raises, "keys-in-use"."""
    path = settings.private_keys_path
    async with open_stored(settings) as stores:
        ring = await asyncio.to_thread(open_key_ring, path)
        if await stores.seals.sealed_otherwise(ring.current, limit=1):
            raise InputError("Older keys still seal words; rotate first.", code="keys-in-use")
        await asyncio.to_thread(save_key_ring, path, KeyRing(ring.current, {ring.current: ring.keys[ring.current]}))
    return len(ring.keys) - 1


def _sealed_anew(seal: Seal, vault: AesVault) -> Seal:
    words = vault.unseal(seal.sealed, call_id=seal.call_id, seq=seal.seq)
    return replace(seal, sealed=vault.seal(words, call_id=seal.call_id, seq=seal.seq))


@dataclass(frozen=True, slots=True)
class MaskedAgain:
    """What masking stored calls did."""

    calls: int
    """That were looked at."""
    masked: int
    """In which more is masked now."""
    left: tuple[str, ...]
    """Ids of those that could not be read, or whose key is gone."""


async def mask_stored_calls(settings: Settings) -> MaskedAgain:
    """Mask closed calls as if they came now, each in a transaction: it can be stopped and begun again at any time.

    A service may go on running. Raises ConfigurationError, NotFoundError "no-calls", InputError "masking-off",
    StoreError.
    """
    if not settings.privacy.mask:
        raise InputError("LIVECUE_PRIVACY__MASK is off: new calls would be stored plain.", code="masking-off")
    seen = masked = 0
    left: list[str] = []
    async with open_stored(settings) as stores:
        vault = await asyncio.to_thread(AesVault.open, settings.private_keys_path)
        again = partial(mask_stored, store=stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)
        async for summary in closed_calls(stores.calls, Wanted()):
            seen += 1
            try:
                masked += await again(summary.call_id)
            except StoreError as error:
                if error.code not in ("store-damaged", "seal-damaged"):
                    raise
                left.append(summary.call_id)
        if masked:
            await stores.records.forget()
    return MaskedAgain(seen, masked, tuple(left))


def outward_redactor(settings: Settings) -> Redactor | None:
    """What masks words that do not go through the store, such as those that a model elsewhere gets of a live call.

    None where the settings mask nothing.
    """
    return RuleRedactor() if settings.privacy.mask else None


def played_sound(settings: Settings, stores: Stores, audio_store: AudioStore) -> AudioStore:
    """What is heard of stored calls: silent where their words are masked."""
    spans = partial(private_sound, store=stores.calls, seals=stores.seals)
    return SilencedAudioStore(audio_store, settings.played_dir, private_sound=spans)
