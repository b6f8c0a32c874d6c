"""The log of a call, masked: planted words are in none of its events, and come back when they are put back."""

from __future__ import annotations

import types
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from assist.messages import (
    CallOpened,
    Correction,
    Customer,
    EntitySignal,
    Envelope,
    Event,
    Evidence,
    Flag,
    IntentSignal,
    Leg,
    NoteLeft,
    PartialTranscript,
    Party,
    PrivateSpan,
    Rewrite,
    Utterance,
    Word,
)
from assist.messages.common import Message
from assist.redaction import LogRedactor, MaskedEnvelope, restored, texts_of
from nlp.privacy import RuleRedactor

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PHONE, WRITTEN, NAME, CODE = "一三八零零零零一二三四", "13800001234", "诸葛小满", "四四幺七零九"
SAID = f"我叫{NAME}，号码是{PHONE}，验证码{CODE}"
SECRETS = (NAME, "诸葛", "小满", PHONE, "零零零零", WRITTEN, "0000", CODE, "441709")
EVENTS: tuple[type[Message], ...] = get_args(get_args(Event)[0])


def utterance(text: str, *, party: Party = "customer", utterance_id: str = "u1", **more: Any) -> Utterance:
    words = tuple(
        Word(text=character, start_ms=100 * at, end_ms=100 * at + 90, confidence=1.0)
        for at, character in enumerate(text)
        if character.isalnum()
    )
    return Utterance(
        utterance_id=utterance_id,
        party=party,
        text=text,
        words=words,
        start_ms=0,
        end_ms=9_000,
        decided_ms=9_500,
        confidence=0.9,
        model="test@1",
        **more,
    )


def masked_log(events: Iterable[Any]) -> dict[int, MaskedEnvelope]:
    """The log as it is stored in the end, by seq."""
    log = LogRedactor(RuleRedactor().open_call())
    stored: dict[int, MaskedEnvelope] = {}
    for seq, event in enumerate(events, start=1):
        for result in log.mask(Envelope(call_id="c1", seq=seq, at=AT, event=event)):
            stored[result.envelope.seq] = result
    return stored


def made(kind: type[Message], text: str) -> Message:
    """A message with ``text`` in every field of type str that takes it."""
    return kind.model_validate(
        {
            name: value(field.annotation, name, text)
            for name, field in kind.model_fields.items()
            if field.is_required() or value(field.annotation, name, text) is not None
        }
    )


def value(annotation: Any, name: str, text: str) -> Any:
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Literal:
            return arguments[0]
        case origin if origin in (Union, types.UnionType):
            return value(next(one for one in arguments if one is not type(None)), name, text)
        case origin if origin is tuple and arguments[-1] is ...:
            return (value(arguments[0], name, text),)
        case origin if origin is tuple:
            return (0, 1)
        case origin if origin is dict:
            return {"k/1": value(arguments[1], name, text)}
        case None if isinstance(annotation, type) and issubclass(annotation, Message):
            return made(annotation, text)
        case None:
            return {str: text, int: 1, float: 0.5, bool: True, datetime: AT}[annotation]
        case _:
            return value(arguments[0], name, text)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("planted", [SAID, PHONE, f"客户{NAME}说{WRITTEN}", f"「{PHONE[:8]}」"])
def test_words_told_as_private_are_in_no_text_of_any_event(kind: type[Message], planted: str) -> None:
    try:
        event = made(kind, planted)
    except ValueError:
        event = made(kind, planted.replace("「", "").replace("」", ""))
    if isinstance(event, Utterance):
        event = event.model_copy(update={"utterance_id": "u2", "rewrites": (), "corrections": ()})
    if isinstance(event, EntitySignal | IntentSignal):
        event = event.model_copy(update={"span": None})
    stored = masked_log([utterance(SAID), event])[2]
    for path, text in texts_of(stored.envelope.event):
        assert not [secret for secret in SECRETS if secret in text], path
    assert restored(stored.envelope.event, stored.hidden) == event


def test_every_form_of_an_utterance_is_masked_alike() -> None:
    text = f"我叫诸葛小满，号码{PHONE}对吗"
    start = text.index(PHONE)
    said = utterance(
        text,
        raw_text=f"我叫朱葛小满号码{WRITTEN}对吗",
        display_text=text.replace(PHONE, WRITTEN),
        rewrites=(Rewrite(start=start, end=start + 11, written=WRITTEN, kind="phone"),),
        corrections=(
            Correction(start=2, end=6, heard="朱葛小满", written="诸葛小满", term="诸葛小满", source="call", score=0.9),
        ),
    )
    stored = masked_log([said])[1]
    event = stored.envelope.event
    assert isinstance(event, Utterance)
    assert event.text == "我叫某***，号码一三八****一二三四对吗"
    assert "".join(word.text for word in event.words) == "我叫某***号码一三八****一二三四对吗"
    assert event.display_text == "我叫某***，号码138****1234对吗"
    assert event.rewrites[0].written == "138****1234"
    assert event.raw_text == "我叫某***号码138****1234对吗"
    assert event.corrections[0].heard == event.corrections[0].term == "某***"
    assert restored(event, stored.hidden) == said


def test_number_over_several_turns_masks_what_was_stored_before() -> None:
    parts = ["我说慢一点，一三", "七零零", "零零五五", "八九"]
    stored = masked_log([utterance(text, utterance_id=f"u{at}") for at, text in enumerate(parts)])
    texts = [dict(texts_of(stored[seq].envelope.event))["/text"] for seq in range(1, 5)]
    assert texts == ["我说慢一点，电*", "电**", "电***", "电*"]


def test_quotes_stored_before_are_masked_when_their_utterance_is() -> None:
    quote = Evidence(
        kind="utterance", party="customer", utterance_id="u0", start_ms=0, end_ms=1, quote="收到了，六零四二"
    )
    flag = made(Flag, "好的")
    assert isinstance(flag, Flag)
    flag = flag.model_copy(update={"because": flag.because.model_copy(update={"evidence": (quote,)})})
    told = [utterance("收到了，六零四二", utterance_id="u0"), flag, utterance("验证码六零四二，好", party="agent")]
    stored = masked_log(told)
    assert dict(texts_of(stored[2].envelope.event))["/because/evidence/0/quote"] == "收到了，密***"


def test_words_that_a_model_takes_for_private_are_masked() -> None:
    said = utterance("就在老槐树底下那家")
    signal = EntitySignal(
        utterance_id="u1",
        party="customer",
        label="address",
        score=0.8,
        start_ms=0,
        end_ms=1,
        span=(2, 7),
        quote="老槐树底下",
        source="test@1",
        value="老槐树底下",
    )
    stored = masked_log([said, signal])
    assert dict(texts_of(stored[1].envelope.event))["/text"] == "就在址****那家"
    assert dict(texts_of(stored[2].envelope.event)) == {"/quote": "址****", "/value": "址****"}


def test_name_of_the_customer_is_masked_wherever_it_is_said() -> None:
    opened = CallOpened(
        source="file",
        legs=(Leg(party="customer", codec="mulaw", rate_hz=8_000),),
        customer=Customer(customer_id="k7", name="慕小白", attributes={"address": "云深里", "plan": "畅享"}),
    )
    stored = masked_log([opened, utterance("那慕小白呢")])
    customer = dict(texts_of(stored[1].envelope.event))
    assert customer == {
        "/customer/name": "某**",
        "/customer/attributes/address": "址**",
        "/customer/attributes/plan": "畅享",
    }
    assert dict(texts_of(stored[2].envelope.event))["/text"] == "那某**呢"


def test_words_of_an_open_utterance_are_withheld() -> None:
    partial = PartialTranscript(
        utterance_id="u1", party="customer", revision=1, text="我的号码是一三八", stable_chars=8, start_ms=0, end_ms=900
    )
    stored = masked_log([partial])[1]
    assert dict(texts_of(stored.envelope.event))["/text"] == "*" * 8
    assert restored(stored.envelope.event, stored.hidden) == partial


def test_event_without_private_words_is_stored_as_it_is() -> None:
    envelope = Envelope(call_id="c1", seq=1, at=AT, event=utterance("我要办一百二十八元的套餐"))
    (result,) = LogRedactor(RuleRedactor().open_call()).mask(envelope)
    assert result.envelope is envelope
    assert result.hidden == ()


def test_spans_of_utterances_survive_what_others_find() -> None:
    stored = masked_log([utterance(SAID)])[1]
    spans = [PrivateSpan(start=h.start, end=h.end, kind=h.kind) for h in stored.hidden if h.path == "/text"]
    assert [SAID[span.start : span.end] for span in spans] == [NAME, PHONE, CODE]


def test_who_left_a_note_stays_known_by_name() -> None:
    note = NoteLeft(note_id="n1", at_ms=0, text="好", by="user-1", by_name=NAME)
    assert [path for path, _ in texts_of(note)] == ["/text"]
