"""Cursors of the pages of found calls: by time and length they go on from a key, by relevance from a place."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, literal, tuple_

from assist.errors import InputError
from assist.search.archive import MOST_RANKED
from assist.search.query import Order
from assist.stores.full_text import Statement
from assist.stores.schema import archive_calls

_CALLS = archive_calls.c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INTEGER = 2**31
_BOUNDS: dict[Order, tuple[int, ...]] = {
    "relevance": (MOST_RANKED,),
    "newest": (2**62, _INTEGER),
    "longest": (_INTEGER, _INTEGER),
}
"""Of the numbers of a cursor."""


def from_cursor(statement: Statement, order: Order, begin: Sequence[Any]) -> Statement:
    """The rows after what ``read_cursor`` gave, in their order by time or length."""
    by: ColumnElement[Any] = _CALLS.duration_ms if order == "longest" else _CALLS.opened_at
    if begin:
        place = tuple_(literal(begin[0], by.type), literal(begin[1], _CALLS.call_no.type))
        statement = statement.where(tuple_(by, _CALLS.call_no) < place)
    return statement.order_by(by.desc(), _CALLS.call_no.desc())


def cursor_at(place: int) -> str:
    """Of a page that begins so many calls after the most relevant one."""
    return _written("relevance", place)


def cursor_after(last: RowMapping, order: Order) -> str:
    """Of the page after one that ends with this row, by time or length."""
    at_us = (last["opened_at"] - _EPOCH) // _MICROSECOND
    return _written(order, last["duration_ms"] if order == "longest" else at_us, last["call_no"])


def read_cursor(cursor: str | None, order: Order) -> Sequence[Any]:
    """The place a cursor stands for; empty: the beginning. Raises InputError "bad-cursor"."""
    if cursor is None:
        return ()
    try:
        kind, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        numbers = [int(one) for one in place]
        bounds = _BOUNDS[order]
        if kind != order or len(numbers) != len(bounds):
            raise ValueError("of another order")
        if not all(0 <= number < bound for number, bound in zip(numbers, bounds, strict=True)):
            raise ValueError("out of bounds")
        first = _EPOCH + numbers[0] * _MICROSECOND if order == "newest" else numbers[0]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise InputError("The cursor is not of this search; begin again without one.", code="bad-cursor") from error
    return (first, *numbers[1:])


def _written(order: Order, *place: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *place]).encode()).decode().rstrip("=")
