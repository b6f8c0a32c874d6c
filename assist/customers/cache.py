"""Answers kept for a while, so that a customer who calls again is not asked for again."""

from __future__ import annotations

from collections import OrderedDict

from assist.ports import CustomerRecord


class RecordCache:
    """The newest answers by customer, at most ``limit`` and none older than ``keep_s``.

    Pure: time comes from outside, in seconds of any steady clock.
    """

    def __init__(self, *, keep_s: float = 60.0, limit: int = 10_000) -> None:
        if keep_s < 0 or limit < 1:
            raise ValueError("keep_s must not be negative, limit at least 1")
        self._keep_s = keep_s
        self._limit = limit
        self._records: OrderedDict[str, tuple[float, CustomerRecord]] = OrderedDict()

    def get(self, customer_id: str, now_s: float) -> CustomerRecord | None:
        kept = self._records.get(customer_id)
        return kept[1] if kept is not None and now_s < kept[0] + self._keep_s else None

    def put(self, customer_id: str, record: CustomerRecord, now_s: float) -> None:
        self._records[customer_id] = (now_s, record)
        self._records.move_to_end(customer_id)
        if len(self._records) > self._limit:
            self._records.popitem(last=False)
