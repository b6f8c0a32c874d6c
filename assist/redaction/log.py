"""Masks the log of one call, event after event, and again what later words show to be private."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assist.messages import (
    CallOpened,
    CallUpdated,
    Customer,
    CustomerLookedUp,
    EntitySignal,
    Envelope,
    Event,
    PartialTranscript,
    PrivateKind,
    PrivateSpan,
    Utterance,
)
from assist.messages.signals import TextSignal
from assist.ports import CallRedactor
from assist.redaction.masking import masked
from assist.redaction.texts import Hidden, replaced, texts_of
from assist.redaction.utterances import Mask, Spans, joined, masks_of, whole

KEPT_ENVELOPES = 512
"""How far back an event can be masked again; what is private in words further back was known by then."""
KEPT_UTTERANCES = 256
_LEAST_QUOTE_CHARS = 2
_PIECE_CHARS = 3
"""Texts that quote less of what became private are not looked at again."""
_WRITTEN_DIGITS = re.compile("[0-9]{4}")

_ENTITIES: Mapping[str, PrivateKind] = {
    "phone_number": "phone_number",
    "id_number": "id_number",
    "id_tail": "id_number",
    "person": "person",
    "address": "address",
    "passcode": "passcode",
}
"""Labels of entities that are private whatever they look like."""
_SURE_ENTITY = 0.5
_FIELDS: tuple[tuple[re.Pattern[str], PrivateKind], ...] = (
    (re.compile(r"(?i)(?:^|_)(?:id_?(?:number|card|no)|identity)(?:$|_)|身份证|证件"), "id_number"),
    (re.compile(r"(?i)(?:^|_)(?:phone|mobile|tel|telephone)(?:$|_)|电话|手机号|联系方式"), "phone_number"),
    (re.compile(r"(?i)(?:^|_)(?:bank_?card|card_?(?:number|no))(?:$|_)|银行卡|卡号"), "bank_card"),
    (re.compile(r"(?i)(?:^|_)(?:full_?|first_?|last_?|real_?)?name(?:$|_)|姓名|户主|机主|联系人"), "person"),
    (re.compile(r"(?i)(?:^|_)(?:address|street)(?:$|_)|地址|住址"), "address"),
    (re.compile(r"(?i)(?:^|_)e?_?mail(?:$|_)|邮箱"), "email"),
    (re.compile(r"(?i)(?:^|_)(?:plate|licen[cs]e_?plate)(?:$|_)|车牌"), "plate"),
    (re.compile(r"(?i)(?:^|_)(?:password|passcode|pin)(?:$|_)|密码"), "passcode"),
)
"""Names of a customer's fields that are private whatever stands in them."""


@dataclass(frozen=True, slots=True)
class MaskedEnvelope:
    """An envelope as it may be stored, and what is hidden in it."""

    envelope: Envelope
    hidden: tuple[Hidden, ...]


class LogRedactor:
    """The log of one call; envelopes come in their order.

    Every text of every event is looked at unless its field is known to name something (``texts.NO_WORDS``), so that
    what is added to the log later is covered. Words told as private in one utterance are masked wherever they are
    quoted. What is said over several turns is known late: earlier envelopes are then told again.
    """

    def __init__(self, call: CallRedactor) -> None:
        self._call = call
        self._kept: deque[tuple[Envelope, str]] = deque(maxlen=KEPT_ENVELOPES)
        """Envelopes with words, and all their words."""
        self._told: dict[int, tuple[Hidden, ...]] = {}
        self._utterances: dict[str, Utterance] = {}
        self._spans: dict[str, Spans] = {}
        self._marked: dict[str, Spans] = {}
        """Spans that models found, by utterance."""

    def mask(self, envelope: Envelope) -> list[MaskedEnvelope]:
        """The envelope, masked, after those earlier ones in which more is masked now."""
        changed = self._listen(envelope.event)
        told: list[MaskedEnvelope] = []
        for earlier in self._concerned(changed):
            result = self._mask(earlier)
            if result.hidden != self._told.get(earlier.seq, ()):
                self._told[earlier.seq] = result.hidden
                told.append(result)
        result = self._mask(envelope)
        self._keep(envelope, result.hidden)
        return [*told, result]

    def _keep(self, envelope: Envelope, hidden: tuple[Hidden, ...]) -> None:
        words = "\n".join(text for _, text in texts_of(envelope.event))
        if not words or isinstance(envelope.event, PartialTranscript):
            return
        if len(self._kept) == self._kept.maxlen:
            self._told.pop(self._kept[0][0].seq, None)
        self._kept.append((envelope, words))
        if hidden:
            self._told[envelope.seq] = hidden

    def _concerned(self, changed: Mapping[str, Spans]) -> Iterator[Envelope]:
        """Earlier envelopes of these utterances, or with words that are private in them, however digits are written."""
        if not changed:
            return
        pieces: set[str] = set()
        for utterance_id, spans in changed.items():
            text = self._utterances[utterance_id].text if utterance_id in self._utterances else utterance_id
            for span in spans or (whole(text, "withheld"),):
                said = text[span.start : span.end]
                pieces |= {said[at : at + _PIECE_CHARS] for at in range(max(1, len(said) - _PIECE_CHARS + 1))}
        for envelope, words in self._kept:
            is_of = getattr(envelope.event, "utterance_id", None) in changed
            if is_of or _WRITTEN_DIGITS.search(words) or any(piece in words for piece in pieces):
                yield envelope

    def _listen(self, event: Event) -> Mapping[str, Spans]:
        """Learn what an event tells to be private; the spans of utterances of which that is more than before.

        A name that is told goes under the name itself, without spans.
        """
        match event:
            case Utterance():
                self._utterances[event.utterance_id] = event
                if len(self._utterances) > KEPT_UTTERANCES:
                    oldest = next(iter(self._utterances))
                    for known in (self._utterances, self._spans, self._marked):
                        known.pop(oldest, None)
                found = self._call.hear(event.utterance_id, event.party, event.text)
                changed = {key: spans for key, spans in found.items() if spans != self._spans.get(key, ())}
                self._spans.update(changed)
                return changed
            case EntitySignal(from_partial=False) if event.span and event.label in _ENTITIES:
                if event.score < _SURE_ENTITY or event.utterance_id not in self._utterances:
                    return {}
                span = PrivateSpan(start=event.span[0], end=event.span[1], kind=_ENTITIES[event.label])
                marked = joined([*self._marked.get(event.utterance_id, ()), span])
                if marked == self._marked.get(event.utterance_id):
                    return {}
                self._marked[event.utterance_id] = marked
                return {event.utterance_id: marked}
            case CallOpened(customer=Customer(name=name)) | CallUpdated(customer=Customer(name=name)) if name:
                self._call.learn("person", name)
                return {name: ()}
            case CustomerLookedUp(name=name) if name:
                self._call.learn("person", name)
                return {name: ()}
            case _:
                return {}

    def _mask(self, envelope: Envelope) -> MaskedEnvelope:
        masks = [mask for mask in self._masks(envelope.event) if mask.spans]
        originals = dict(texts_of(envelope.event)) if masks else {}
        event = replaced(envelope.event, {mask.path: mask.text for mask in masks})
        hidden = tuple(
            Hidden(mask.path, span.start, span.end, span.kind, originals[mask.path][span.start : span.end])
            for mask in masks
            for span in mask.spans
        )
        return MaskedEnvelope(envelope if not masks else envelope.model_copy(update={"event": event}), hidden)

    def _masks(self, event: Event) -> Iterator[Mask]:
        match event:
            case Utterance():
                yield from masks_of(event, self._spans_of(event.utterance_id), self._call.find)
            case PartialTranscript():
                yield _masked(Mask("/text", event.text, (whole(event.text, "withheld"),) if event.text else ()))
            case _:
                for path, text in texts_of(event):
                    yield _masked(Mask(path, text, self._spans_in(event, path, text)))

    def _spans_in(self, event: Event, path: str, text: str) -> Spans:
        if not text:
            return ()
        if kind := _private_field(event, path):
            return (whole(text, kind),)
        is_open = isinstance(event, TextSignal) and event.from_partial
        return joined([*self._call.find(text, is_open=is_open), *self._quoted(event, text)])

    def _quoted(self, event: Event, text: str) -> Iterator[PrivateSpan]:
        """What is private in the utterances that a text quotes, or that it is quoted from."""
        if isinstance(event, TextSignal) and event.span and event.utterance_id in self._utterances:
            said = self._utterances[event.utterance_id].text
            if said[event.span[0] : event.span[1]] == text:
                yield from _moved(self._spans_of(event.utterance_id), -event.span[0], len(text))
                return
        for utterance_id, utterance in self._utterances.items():
            spans = self._spans_of(utterance_id)
            if not spans:
                continue
            said = utterance.text.rstrip("。？！，")
            if len(said) >= _LEAST_QUOTE_CHARS and (at := text.find(said)) >= 0:
                yield from _moved(spans, at, len(text))
            elif len(text) >= _LEAST_QUOTE_CHARS:
                at = utterance.text.find(text)
                while at >= 0:
                    yield from _moved(spans, -at, len(text))
                    at = utterance.text.find(text, at + 1)

    def _spans_of(self, utterance_id: str) -> Spans:
        return joined([*self._spans.get(utterance_id, ()), *self._marked.get(utterance_id, ())])


def _masked(mask: Mask) -> Mask:
    return Mask(mask.path, masked(mask.text, mask.spans), mask.spans) if mask.spans else mask


def _moved(spans: Iterable[PrivateSpan], by: int, length: int) -> Iterator[PrivateSpan]:
    """What of the spans lies in [0, length) once they are moved."""
    for span in spans:
        start, end = max(span.start + by, 0), min(span.end + by, length)
        if start < end:
            yield PrivateSpan(start=start, end=end, kind=span.kind)


def _private_field(event: Event, path: str) -> PrivateKind | None:
    """What a field is that is private as a whole."""
    match event:
        case CallOpened() | CallUpdated():
            customer = path.partition("/customer/")[2]
            return "person" if customer == "name" else _kind_of_field(customer.partition("attributes/")[2])
        case CustomerLookedUp():
            if path == "/name":
                return "person"
            place = path.split("/")
            return _kind_of_field(event.fields[int(place[2])].name) if place[1] == "fields" else None
        case EntitySignal() if event.label in _ENTITIES and path in ("/quote", "/value"):
            return _ENTITIES[event.label] if event.score >= _SURE_ENTITY else None
        case _:
            return None


def _kind_of_field(name: str) -> PrivateKind | None:
    return next((kind for pattern, kind in _FIELDS if name and pattern.search(name)), None)
