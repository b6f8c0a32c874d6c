"""When private words are said in a stored call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assist.messages import Party, Utterance
from assist.ports import CallStore
from assist.redaction.masking import silent_spans
from assist.redaction.sealing import SealStore

LONGEST_LOG = 1_000_000
SilentSpans = Mapping[Party, Sequence[tuple[int, int]]]
"""Milliseconds [from, to) of the call, by who says them."""


async def private_sound(call_id: str, *, store: CallStore, seals: SealStore) -> SilentSpans:
    """Of what is masked in the utterances of a stored call; of one without words, all its time. Raises StoreError."""
    spans = {seal.seq: seal.spans() for seal in await seals.seals(call_id)}
    found: dict[Party, list[tuple[int, int]]] = {}
    if not spans:
        return found
    for envelope in await store.envelopes(call_id, limit=LONGEST_LOG, types=["utterance"]):
        event = envelope.event
        if isinstance(event, Utterance) and (private := spans.get(envelope.seq)):
            said = silent_spans(event.words, event.text, private) if event.words else [(event.start_ms, event.end_ms)]
            found.setdefault(event.party, []).extend(said)
    return found
