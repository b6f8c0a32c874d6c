"""Marking a promise of an earlier call as kept, as an event of the call in which it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assist.errors import NotFoundError
from assist.messages import CustomerHistory, Envelope, PromiseSettled


def settled_before(log: Iterable[Envelope], event: PromiseSettled) -> Envelope | None:
    """The envelope that settled the same promise, if there is one."""
    return next(
        (one for one in log if isinstance(one.event, PromiseSettled) and _subject(one.event) == _subject(event)), None
    )


def require_standing(history: CustomerHistory | None, event: PromiseSettled) -> None:
    """Raises NotFoundError "unknown-promise" where the call was told of no such promise."""
    standing = () if history is None else ((one.call_id, one.promise.promise_id) for one in history.promises)
    if _subject(event) not in standing:
        raise NotFoundError("This call knows of no such promise.", code="unknown-promise")


def settled_in_closed(log: Sequence[Envelope], event: PromiseSettled) -> Envelope | None:
    """The same for the whole log of a closed call. Raises NotFoundError "unknown-promise"."""
    known = settled_before(log, event)
    if known is None:
        histories = [one.event for one in log if isinstance(one.event, CustomerHistory)]
        require_standing(histories[-1] if histories else None, event)
    return known


def _subject(event: PromiseSettled) -> tuple[str, str]:
    return event.call_id, event.promise_id
