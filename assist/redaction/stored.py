"""Masks stored calls by what is known of private words now: calls of before there were masks, or of other rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from assist.messages import Envelope
from assist.ports import Redactor
from assist.redaction.log import LogRedactor, MaskedEnvelope
from assist.redaction.sealing import SealStore, Vault, sealed, unsealed
from assist.redaction.store import LONGEST_LOG, MaskedLogStore


async def mask_stored(
    call_id: str, *, store: MaskedLogStore, seals: SealStore, redactor: Redactor, vault: Vault
) -> bool:
    """Mask a closed call as if it came now; whether that changed anything. Idempotent.

    Raises StoreError, "seal-damaged" where a key is gone.
    """
    log = await store.envelopes(call_id, limit=LONGEST_LOG)
    known = {seal.seq: seal for seal in await seals.seals(call_id)}
    originals = [unsealed(e, known[e.seq], vault) if e.seq in known else e for e in log]
    results = await asyncio.to_thread(_masked, originals, redactor)
    changed = [result for result, envelope in zip(results, log, strict=True) if result.envelope != envelope]
    if changed:
        new_seals = [seal for result in changed if (seal := sealed(result, vault))]
        await store.rewrite(call_id, [result.envelope for result in changed], seals=new_seals)
    return bool(changed)


def _masked(log: Iterable[Envelope], redactor: Redactor) -> list[MaskedEnvelope]:
    call = LogRedactor(redactor.open_call())
    latest = {result.envelope.seq: result for envelope in log for result in call.mask(envelope)}
    return [latest[seq] for seq in sorted(latest)]
