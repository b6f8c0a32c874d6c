"""A person confirms a wrap-up: what they sent becomes an event, if the call and the codes allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assist.errors import InputError, NotFoundError
from assist.messages import Disposition, Envelope, Promise, PromiseKind, WrapUpConfirmed
from assist.messages.wrapup import MAX_PROMISES
from assist.view import CallView
from assist.wrapup.codes import is_known


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """A promise as a person left it; without ``promise_id`` they added it."""

    promise_id: str | None
    kind: PromiseKind
    quote: str
    due_at: datetime | None
    """Aware."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person made of a proposal."""

    text: str
    language: Literal["zh", "en"]
    disposition: Disposition
    promises: tuple[GivenPromise, ...]
    by: str
    """User id."""


def confirmed(view: CallView, given: Confirmation) -> WrapUpConfirmed:
    """The event.

    Raises NotFoundError "unknown-call" or "unknown-promise", InputError "call-open" or "unknown-disposition".
    """
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
    if view.status != "closed":
        raise InputError("The call goes on; confirm its wrap-up once it is closed.", code="call-open")
    if not is_known(given.disposition, view.wrap_up.codes if view.wrap_up else ()):
        raise InputError(
            "This disposition is neither in the tree (GET /api/v1/dispositions) nor among the codes of the proposal.",
            code="unknown-disposition",
        )
    if len(given.promises) > MAX_PROMISES:
        raise InputError(f"A wrap-up may hold {MAX_PROMISES} promises.", code="bad-input")
    return WrapUpConfirmed(
        at_ms=view.position_ms,
        by=given.by,
        text=given.text,
        language=given.language,
        disposition=given.disposition,
        promises=tuple(_promise(view, one, place) for place, one in enumerate(given.promises)),
    )


def confirmed_before(log: Sequence[Envelope], event: WrapUpConfirmed) -> Envelope | None:
    """The confirmation that holds, if it says just the same: a browser may repeat itself."""
    last = next((one for one in reversed(log) if isinstance(one.event, WrapUpConfirmed)), None)
    return last if last is not None and last.event == event else None


def _promise(view: CallView, given: GivenPromise, place: int) -> Promise:
    known = {promise.promise_id: promise for promise in _known(view)}
    if given.promise_id is None:
        opened_at = view.opened_at
        if opened_at is None:
            raise InputError("The call has no beginning; its promises have no time.", code="bad-input")
        return Promise(
            promise_id=f"by-hand-{place}",
            kind=given.kind,
            quote=given.quote,
            utterance_id="",
            by=view.agent,
            customer_id=view.customer.customer_id if view.customer else None,
            made_at=opened_at + timedelta(milliseconds=view.position_ms),
            due_at=given.due_at,
        )
    promise = known.get(given.promise_id)
    if promise is None:
        raise NotFoundError("This call has no such promise.", code="unknown-promise")
    due_said = promise.due_said if given.due_at == promise.due_at else ""
    changes = {"kind": given.kind, "quote": given.quote, "due_at": given.due_at, "due_said": due_said}
    return promise.model_copy(update=changes)


def _known(view: CallView) -> tuple[Promise, ...]:
    proposed = view.wrap_up.promises if view.wrap_up else ()
    return (*proposed, *(view.confirmed.promises if view.confirmed else ()))
