"""Calls that were stored before there were masks, masked later."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from assist.errors import StoreError
from assist.messages import Envelope
from assist.redaction.sealing import unsealed
from assist.redaction.stored import mask_stored
from assist.search.archive import FoundPage
from assist.search.language import conditions_of
from assist.search.query import PageWanted, Search
from assist.stores import Stores, open_stores
from assist.stores.vault import AesVault, KeyRing
from nlp.privacy import RuleRedactor
from tests.contract.test_redacted_store import CALL, SECRETS, VAULT, everything, log

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def mask(stores: Stores, vault: AesVault = VAULT) -> bool:
    return await mask_stored("c1", store=stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)


async def found(stores: Stores, words: str) -> FoundPage:
    return await stores.archive.find(Search(conditions_of(words, zone=UTC, now=NOW)), PageWanted())


async def test_a_call_that_was_stored_plain_is_masked_in_every_table(stores: Stores, store_url: str) -> None:
    await stores.calls.append(log(CALL))
    assert [secret for secret in SECRETS if secret in await everything(store_url)]
    assert (await found(stores, "建设路")).calls
    assert await mask(stores)
    assert not [secret for secret in SECRETS if secret in await everything(store_url)]
    assert not (await found(stores, "建设路")).calls
    assert (await found(stores, "慢一点")).calls


async def test_masked_again_nothing_changes(stores: Stores) -> None:
    await stores.calls.append(log(CALL))
    await mask(stores)
    before = await stores.calls.envelopes("c1")
    assert not await mask(stores)
    assert await stores.calls.envelopes("c1") == before


async def test_what_was_masked_later_can_be_looked_at(stores: Stores) -> None:
    await stores.calls.append(log(CALL))
    await mask(stores)
    by_seq = {seal.seq: seal for seal in await stores.seals.seals("c1")}
    originals: list[Envelope] = [
        unsealed(envelope, by_seq[envelope.seq], VAULT) if envelope.seq in by_seq else envelope
        for envelope in await stores.calls.envelopes("c1")
    ]
    assert originals == log(CALL)


async def test_a_call_whose_key_is_gone_stays_as_it_is(stores: Stores) -> None:
    await stores.calls.append(log(CALL))
    await mask(stores)
    before = await stores.calls.envelopes("c1")
    with pytest.raises(StoreError) as caught:
        await mask(stores, AesVault(KeyRing.new()))
    assert caught.value.code == "seal-damaged"
    assert await stores.calls.envelopes("c1") == before
