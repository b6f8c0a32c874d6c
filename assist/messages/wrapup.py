"""What is left of a call: why it came, what was done and promised, how it went, and where it is filed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assist.messages.common import Message
from assist.messages.heard import SaleOutcome
from assist.messages.life import Agent

WrapUpPart = Literal["reason", "done", "promise", "offer", "emotion", "open"]
PromiseKind = Literal["call-back", "visit", "refund", "message", "change", "follow-up", "other"]
CodeHalf = Literal["reason", "result"]
OfferReaction = Literal["accepted", "hesitant", "refused", "ignored"]

MAX_SENTENCE_CHARS = 500
MAX_SENTENCES = 40
MAX_PROMISES = 20

SentenceText = Annotated[str, Field(min_length=1, max_length=MAX_SENTENCE_CHARS)]


class WrapUpSentence(Message):
    """One sentence of a summary, and the utterances it rests on."""

    part: WrapUpPart
    zh: SentenceText
    en: SentenceText
    utterance_ids: tuple[str, ...]
    """At least one, in the order of the call."""


class CallReason(Message):
    """Something that the customer called about, in their own words."""

    intent: str
    """Label of the signal."""
    quote: str
    utterance_id: str


class Promise(Message):
    """What the agent said will be done once the call is over."""

    promise_id: str
    """Unique within the call, the same in every replay: utterance id and place."""
    kind: PromiseKind
    """follow-up: it will be looked into, reported on or handed on."""
    quote: str
    """The words of the promise."""
    utterance_id: str
    """Empty where a person added it by hand."""
    by: Agent | None = None
    """Who worked the call."""
    customer_id: str | None = None
    """Whom it was promised to."""
    made_at: datetime
    """Aware UTC wall time at which the words ended."""
    due_said: str = ""
    """The words that tell when (二十四小时内); empty where none do."""
    due_at: datetime | None = None
    """Aware UTC wall time by which it must be done; None where no time was said, or none that can be computed."""


class OfferMade(Message):
    """An offer of the call and how it was received."""

    title: str
    """Of the prompt, or the product as the agent named it."""
    prompt_id: str | None = None
    """The prompt that stood behind it; None where the agent offered it unprompted."""
    is_said: bool = True
    """False: the prompt was shown and the agent is not known to have said it."""
    reaction: OfferReaction | None = None
    """None where it was not said, or where the customer's answer was badly heard."""
    result: SaleOutcome | None = None
    """How it ended, as the agent or a system reported it during the call; None where nobody did."""
    utterance_ids: tuple[str, ...]
    """The offer, then the reaction."""


class FeltMoment(Message):
    """How the customer felt at one point of the call."""

    label: str
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    at_ms: int
    utterance_id: str


class EmotionSummary(Message):
    """How the customer's feelings went."""

    start: FeltMoment
    worst: FeltMoment
    """The least pleasant one, the earliest of equals."""
    end: FeltMoment


class Disposition(Message):
    """Where a call is filed: codes of the disposition tree."""

    reason: str
    result: str


class FilingCode(Message):
    """A code of the playbook beside the default list; one with a code of the list takes its name."""

    half: CodeHalf
    code: str
    zh: str
    en: str


class WrapUp(Message):
    """A proposal for the wrap-up of a call; a later one takes the place of an earlier one."""

    type: Literal["wrap-up"] = "wrap-up"
    at_ms: int
    sentences: tuple[WrapUpSentence, ...]
    """In the order of reading."""
    reasons: tuple[CallReason, ...] = ()
    """The main one first."""
    promises: tuple[Promise, ...] = ()
    """In the order in which they were made."""
    offers: tuple[OfferMade, ...] = ()
    feelings: EmotionSummary | None = None
    """None where nothing was felt out of the customer's words and voice."""
    disposition: Disposition
    codes: tuple[FilingCode, ...] = ()
    """What the call may be filed under beside the default list, by its playbook."""
    source: str
    """What wrote the sentences: template@version, or endpoint:MODEL."""


class WrapUpConfirmed(Message):
    """The wrap-up as a person left it; from now on it holds in place of every proposal."""

    type: Literal["wrap-up-confirmed"] = "wrap-up-confirmed"
    at_ms: int
    by: str
    """User id."""
    text: Annotated[str, Field(max_length=20_000)]
    """The summary as edited, in the language of whoever confirmed it."""
    language: Literal["zh", "en"]
    disposition: Disposition
    promises: Annotated[tuple[Promise, ...], Field(max_length=MAX_PROMISES)] = ()
    """Those that stand; ones that a person added have ids of their own."""


class WrapUpPushed(Message):
    """What became of handing the wrap-up to the configured address."""

    type: Literal["wrap-up-pushed"] = "wrap-up-pushed"
    at_ms: int
    state: Literal["delivered", "failed"]
    """failed: given up after the last attempt."""
    key: str
    """Idempotency key: call id and place of the wrap-up in the log."""
    attempts: int
    reason: str = ""
    """Stable code of the last failure."""
