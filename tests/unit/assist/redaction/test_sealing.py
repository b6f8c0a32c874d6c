"""Masks taken off for those who may see, with a record of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pytest

from assist.errors import InputError
from assist.messages import Envelope, PrivateSpan, Utterance
from assist.redaction import LogRedactor
from assist.redaction.sealing import Access, Revealer, Seal, sealed
from assist.stores.vault import AesVault, KeyRing
from nlp.privacy import RuleRedactor

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
VAULT = AesVault(KeyRing.new())


class Seals:
    def __init__(self, seals: Sequence[Seal]) -> None:
        self._seals = seals

    async def put(self, seals: Sequence[Seal]) -> None:
        raise NotImplementedError

    async def seals(self, call_id: str, *, seqs: Collection[int] | None = None) -> Sequence[Seal]:
        return [seal for seal in self._seals if seal.call_id == call_id and (seqs is None or seal.seq in seqs)]


class Looks:
    def __init__(self) -> None:
        self.told: list[Access] = []

    async def add(self, access: Access) -> None:
        self.told.append(access)


def said(seq: int, text: str) -> Envelope:
    event = Utterance(
        utterance_id=f"u{seq}",
        party="customer",
        text=text,
        words=(),
        start_ms=0,
        end_ms=1,
        decided_ms=1,
        confidence=1.0,
        model="test@1",
    )
    return Envelope(call_id="c1", seq=seq, at=AT, event=event)


ORIGINALS = [said(1, "我叫王小明"), said(2, "嗯好的"), said(3, "电话一三八零零零零一二三四")]


def stored() -> tuple[list[Envelope], list[Seal]]:
    log = LogRedactor(RuleRedactor().open_call())
    results = [result for envelope in ORIGINALS for result in log.mask(envelope)]
    return [result.envelope for result in results], [seal for result in results if (seal := sealed(result, VAULT))]


async def test_masks_come_off_and_the_look_is_on_record() -> None:
    envelopes, seals = stored()
    looks = Looks()
    revealer = Revealer(seals=Seals(seals), vault=VAULT, redactor=RuleRedactor(), access_log=looks, now=lambda: AT)
    assert await revealer.reveal(envelopes, by="qa7", reason=" 复核投诉 ") == ORIGINALS
    assert looks.told == [Access(AT, "qa7", "c1", (1, 3), ("person", "phone_number"), "复核投诉")]


async def test_what_is_looked_at_is_not_told_in_the_reason() -> None:
    envelopes, seals = stored()
    looks = Looks()
    revealer = Revealer(seals=Seals(seals), vault=VAULT, redactor=RuleRedactor(), access_log=looks, now=lambda: AT)
    await revealer.reveal(envelopes, by="qa7", reason="给王小明回电13800001234")
    assert [look.reason for look in looks.told] == ["给某**回电138****1234"]


async def test_look_at_nothing_private_is_no_look() -> None:
    envelopes, seals = stored()
    looks = Looks()
    revealer = Revealer(seals=Seals(seals), vault=VAULT, redactor=RuleRedactor(), access_log=looks, now=lambda: AT)
    assert await revealer.reveal(envelopes[1:2], by="qa7", reason="复核") == ORIGINALS[1:2]
    assert looks.told == []


@pytest.mark.parametrize("reason", ["", "  ", "因" * 501])
async def test_look_needs_a_reason(reason: str) -> None:
    envelopes, seals = stored()
    looks = Looks()
    revealer = Revealer(seals=Seals(seals), vault=VAULT, redactor=RuleRedactor(), access_log=looks, now=lambda: AT)
    with pytest.raises(InputError, match="why"):
        await revealer.reveal(envelopes, by="qa7", reason=reason)
    assert looks.told == []


def test_seal_tells_where_but_not_what() -> None:
    _, seals = stored()
    assert seals[0].spans() == (PrivateSpan(start=2, end=5, kind="person"),)
    assert "王" not in repr(seals)
