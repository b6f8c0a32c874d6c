"""Private words in a database: masked in every table, sealed beside, given back only with a record of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assist.errors import StoreError
from assist.messages import (
    CallClosed,
    CallOpened,
    Customer,
    Envelope,
    Event,
    Leg,
    Party,
    Utterance,
    Word,
    WrapUpConfirmed,
)
from assist.messages.wrapup import Disposition
from assist.redaction.sealing import Revealer, Seal
from assist.redaction.sound import private_sound
from assist.redaction.store import RedactedCallStore
from assist.stores import Stores, open_stores, schema
from assist.stores.database import Database
from assist.stores.vault import AesVault, KeyRing
from nlp.privacy import RuleRedactor

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECRETS = ("王小明", "一三七零零零零五五八九", "13700005589", "七零零", "零零五五", "六零四二", "建设路", "慕小白")
VAULT = AesVault(KeyRing.new())


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


def redacted(stores: Stores) -> RedactedCallStore:
    return RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=VAULT)


def said(utterance_id: str, text: str, party: Party = "customer") -> Utterance:
    return Utterance(
        utterance_id=utterance_id,
        party=party,
        text=text,
        words=tuple(Word(text=char, start_ms=at, end_ms=at + 1, confidence=1.0) for at, char in enumerate(text)),
        start_ms=0,
        end_ms=1,
        decided_ms=1,
        confidence=1.0,
        model="test@1",
    )


def confirmed(text: str) -> WrapUpConfirmed:
    disposition = Disposition(reason="query_bill", result="solved")
    return WrapUpConfirmed(at_ms=1, by="u7", text=text, language="zh", disposition=disposition)


CALL: tuple[Event, ...] = (
    CallOpened(
        source="file",
        legs=(Leg(party="customer", codec="mulaw", rate_hz=8_000),),
        customer=Customer(customer_id="k7", name="慕小白"),
    ),
    said("u1", "我叫王小明，我说慢一点，一三"),
    said("u2", "七零零"),
    said("u3", "零零五五"),
    said("u4", "八九"),
    said("u5", "收到了，是六零四二"),
    said("u6", "验证码六零四二，慕小白住建设路十二号对吗", "agent"),
    CallClosed(at_ms=9_000, cause="hangup", ledger=()),
)


def log(events: Sequence[Event], first: int = 1) -> list[Envelope]:
    return [
        Envelope(call_id="c1", seq=seq, at=AT + timedelta(seconds=seq), event=event)
        for seq, event in enumerate(events, first)
    ]


async def everything(store_url: str) -> str:
    """All rows of all tables."""
    database = await Database.open(store_url)
    try:
        async with database.reading() as connection:
            return "\n".join(
                [
                    repr(tuple(row))
                    for table in schema.metadata.sorted_tables
                    for row in await connection.execute(select(table))
                ]
            )
    finally:
        await database.close()


async def test_private_words_are_in_no_table(stores: Stores, store_url: str) -> None:
    store = redacted(stores)
    for envelope in log(CALL):
        await store.append([envelope])
    rows = await everything(store_url)
    assert "hangup" in rows
    assert not [secret for secret in SECRETS if secret in rows]


async def test_words_known_late_are_masked_in_what_was_stored_before(stores: Stores) -> None:
    store = redacted(stores)
    for envelope in log(CALL):
        await store.append([envelope])
    texts = [e.event.text for e in await store.envelopes("c1", types=["utterance"]) if isinstance(e.event, Utterance)]
    assert texts == [
        "我叫某**，我说慢一点，电*",
        "电**",
        "电***",
        "电*",
        "收到了，是密***",
        "验证码密***，某**住址*****对吗",
    ]


async def test_after_a_restart_the_call_is_still_known(stores: Stores, store_url: str) -> None:
    await redacted(stores).append(log(CALL))
    await redacted(stores).append(log([confirmed("慕小白，王小明代办，13700005589")], first=len(CALL) + 1))
    (stored,) = await stores.calls.envelopes("c1", types=["wrap-up-confirmed"])
    assert isinstance(stored.event, WrapUpConfirmed)
    assert stored.event.text == "某**，某**代办，137****5589"
    assert not [secret for secret in SECRETS if secret in await everything(store_url)]


async def test_originals_come_back_with_a_record_of_who_looked(stores: Stores) -> None:
    store = redacted(stores)
    await store.append(log(CALL))
    revealer = Revealer(
        seals=stores.seals, vault=VAULT, redactor=RuleRedactor(), access_log=stores.seals, now=lambda: AT
    )
    assert await revealer.reveal(await store.envelopes("c1"), by="qa7", reason="复核投诉") == log(CALL)
    (entry,) = await stores.records.audit()
    assert (entry.by, entry.action, entry.subject, entry.details["reason"]) == ("qa7", "revealed", "c1", "复核投诉")


async def test_the_same_log_again_changes_nothing(stores: Stores) -> None:
    await redacted(stores).append(log(CALL))
    before = await stores.calls.envelopes("c1")
    await redacted(stores).append(log(CALL))
    assert await stores.calls.envelopes("c1") == before
    revealer = Revealer(
        seals=stores.seals, vault=VAULT, redactor=RuleRedactor(), access_log=stores.seals, now=lambda: AT
    )
    assert await revealer.reveal(before, by="qa7", reason="复核") == log(CALL)


async def test_what_the_database_refuses_is_stored_with_the_next_attempt(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = redacted(stores)
    await store.append(log(CALL)[:2])

    async def refuse(*args: object, **more: object) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patched:
        patched.setattr(stores.calls, "append_masked", refuse)
        with pytest.raises(StoreError):
            await store.append(log(CALL)[2:5])
    await store.append(log(CALL)[2:])
    assert await store.is_whole("c1")
    revealer = Revealer(
        seals=stores.seals, vault=VAULT, redactor=RuleRedactor(), access_log=stores.seals, now=lambda: AT
    )
    assert await revealer.reveal(await store.envelopes("c1"), by="qa7", reason="复核") == log(CALL)


async def test_seals_go_with_their_call(stores: Stores) -> None:
    await redacted(stores).append(log(CALL))
    assert await stores.seals.seals("c1", seqs=[2])
    await stores.records.erase("call", "c1", reason="客户要求", by="admin")
    assert await stores.seals.seals("c1") == []


async def test_seals_are_replaced_by_later_ones(stores: Stores) -> None:
    await redacted(stores).append(log(CALL))
    (old,) = await stores.seals.seals("c1", seqs=[2])
    new = Seal(old.call_id, old.seq, old.places, VAULT.seal(["x"], call_id="c1", seq=2))
    await stores.seals.put([new])
    assert await stores.seals.seals("c1", seqs=[2]) == [new]


async def test_times_of_masked_words_are_told_by_who_says_them(stores: Stores) -> None:
    await redacted(stores).append(log(CALL))
    spans = await private_sound("c1", store=stores.calls, seals=stores.seals)
    assert {party: len(said) for party, said in spans.items()} == {"customer": 5, "agent": 1}
    assert spans["agent"] == [(0, 78)]
    assert await private_sound("unknown", store=stores.calls, seals=stores.seals) == {}


async def test_call_that_is_over_is_heard_again_before_something_is_added(stores: Stores) -> None:
    store = redacted(stores)
    await store.append(log(CALL))
    for seq in (len(CALL) + 1, len(CALL) + 2):
        await store.append(log([confirmed(f"第{seq}次：王小明")], first=seq))
    stored = await store.envelopes("c1", types=["wrap-up-confirmed"])
    assert [e.event.text for e in stored if isinstance(e.event, WrapUpConfirmed)] == ["第9次：某**", "第10次：某**"]


async def test_calls_that_go_on_are_masked_however_many_are_remembered(stores: Stores) -> None:
    store = RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=VAULT, kept_calls=1)
    calls = [[e.model_copy(update={"call_id": f"c{number}"}) for e in log(CALL)] for number in range(3)]
    for envelopes in zip(*calls, strict=True):
        for envelope in envelopes:
            await store.append([envelope])
    first = [e.event for e in await store.envelopes("c0")]
    assert [e.event for e in await store.envelopes("c2")] == first
    assert "我叫某**，我说慢一点，电*" in [e.text for e in first if isinstance(e, Utterance)]


async def test_call_whose_key_is_gone_still_takes_what_is_added(stores: Stores) -> None:
    await redacted(stores).append(log(CALL))
    other = RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=AesVault(KeyRing.new()))
    await other.append(log([confirmed("号码13800001234")], first=len(CALL) + 1))
    (stored,) = await stores.calls.envelopes("c1", types=["wrap-up-confirmed"])
    assert isinstance(stored.event, WrapUpConfirmed)
    assert stored.event.text == "号码138****1234"


async def test_log_that_comes_again_after_a_crash_masks_what_was_stored_before_it(stores: Stores) -> None:
    await redacted(stores).append(log(CALL)[:3])
    await redacted(stores).append(log(CALL))
    texts = [e.event.text for e in await stores.calls.envelopes("c1") if isinstance(e.event, Utterance)]
    assert texts[:2] == ["我叫某**，我说慢一点，电*", "电**"]
    revealer = Revealer(
        seals=stores.seals, vault=VAULT, redactor=RuleRedactor(), access_log=stores.seals, now=lambda: AT
    )
    assert await revealer.reveal(await stores.calls.envelopes("c1"), by="qa7", reason="复核") == log(CALL)
