"""Marking a promise of an earlier call as kept, as an event of the call in which it is done."""

from __future__ import annotations

from collections.abc import Iterable

from assist.errors import NotFoundError
from assist.messages import Envelope, PromiseSettled
from assist.view import CallView


def kept_promise(view: CallView, made_in: str, promise_id: str, by: str) -> PromiseSettled:
    """The event. Raises NotFoundError "unknown-call"."""
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
    return PromiseSettled(at_ms=view.position_ms, call_id=made_in, promise_id=promise_id, by=by)


def settled_before(log: Iterable[Envelope], event: PromiseSettled) -> Envelope | None:
    """The envelope that settled the same promise, if there is one."""
    return next(
        (one for one in log if isinstance(one.event, PromiseSettled) and _subject(one.event) == _subject(event)), None
    )


def require_standing(view: CallView, event: PromiseSettled) -> None:
    """Raises NotFoundError "unknown-promise" where the call knows of no such promise that stands."""
    history = view.history
    standing = () if history is None else ((one.call_id, one.promise.promise_id) for one in history.promises)
    if _subject(event) not in standing:
        raise NotFoundError("This call knows of no such promise.", code="unknown-promise")


def _subject(event: PromiseSettled) -> tuple[str, str]:
    return event.call_id, event.promise_id
