"""A wrap-up as it is handed on: the body, and what tells it from others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assist.messages import (
    Agent,
    CallReason,
    Customer,
    Disposition,
    EmotionSummary,
    Envelope,
    OfferMade,
    Promise,
    WrapUp,
    WrapUpConfirmed,
    WrapUpSentence,
)
from assist.pushing.push import Push
from assist.view import fold_all
from assist.wrapup.codes import wording_of


class PushBody(BaseModel):
    """What the receiver gets, as JSON."""

    model_config = ConfigDict(frozen=True)

    type: Literal["wrap-up"] = "wrap-up"
    key: str
    """The same for every attempt; another wrap-up of the call has another one."""
    call_id: str
    external_id: str | None
    opened_at: datetime | None
    duration_ms: int
    agent: Agent | None
    customer: Customer | None
    is_confirmed: bool
    confirmed_by: str
    """User id; empty for a proposal."""
    text: str
    """As confirmed, or the Chinese sentences of the proposal, one a line."""
    language: Literal["zh", "en"]
    sentences: tuple[WrapUpSentence, ...]
    """Of the proposal, with the utterances they rest on."""
    disposition: Disposition
    disposition_text: str
    reasons: tuple[CallReason, ...]
    promises: tuple[Promise, ...]
    offers: tuple[OfferMade, ...]
    feelings: EmotionSummary | None
    source: str


def push_of(log: Sequence[Envelope]) -> Push | None:
    """The wrap-up of a call that holds; None where there is none."""
    standing = _last(log, WrapUpConfirmed) or _last(log, WrapUp)
    if standing is None:
        return None
    view = fold_all(standing.call_id, log)
    proposal, confirmed = view.wrap_up, view.confirmed
    disposition = confirmed.disposition if confirmed else proposal.disposition if proposal else None
    if disposition is None:
        return None
    sentences = proposal.sentences if proposal else ()
    key = f"{standing.call_id}:{standing.seq}"
    body = PushBody(
        key=key,
        call_id=standing.call_id,
        external_id=view.external_id,
        opened_at=view.opened_at,
        duration_ms=view.closed.at_ms if view.closed else view.position_ms,
        agent=view.agent,
        customer=view.customer,
        is_confirmed=confirmed is not None,
        confirmed_by=confirmed.by if confirmed else "",
        text=confirmed.text if confirmed else "\n".join(sentence.zh for sentence in sentences),
        language=confirmed.language if confirmed else "zh",
        sentences=sentences,
        disposition=disposition,
        disposition_text=wording_of(disposition, proposal.codes if proposal else ()).zh,
        reasons=proposal.reasons if proposal else (),
        promises=confirmed.promises if confirmed else proposal.promises if proposal else (),
        offers=proposal.offers if proposal else (),
        feelings=proposal.feelings if proposal else None,
        source=proposal.source if proposal else "",
    )
    return Push(key, body.model_dump_json().encode())


def _last(log: Sequence[Envelope], kind: type[WrapUp | WrapUpConfirmed]) -> Envelope | None:
    return next((envelope for envelope in reversed(log) if isinstance(envelope.event, kind)), None)
