"""What of a call is told on a terminal."""

from __future__ import annotations

import pytest

from assist.messages import CustomerLookedUp, CustomerTag, CustomerTagged, Event
from gateway.cli.narration import narrate
from gateway.metrics import Metrics
from tests.support.envelopes import log

LOOKED_UP = CustomerLookedUp(at_ms=1_000, customer_id="138", is_known=True, name="王", source="c.csv@1", took_ms=3)
STRANGER = LOOKED_UP.model_copy(update={"is_known": False, "name": ""})
TAG = CustomerTag(tag_id="stock", title="存量客户", because={})


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (LOOKED_UP, "☎ 138: 王, 0 fields  (c.csv@1, 3 ms)"),
        (STRANGER, "☎ 138: not in the directory  (c.csv@1, 3 ms)"),
        (CustomerTagged(at_ms=1_000, tags=(TAG,)), "# 存量客户"),
        (CustomerTagged(at_ms=1_000, tags=()), "# no tags"),
    ],
)
def test_who_is_calling_is_told(event: Event, line: str) -> None:
    (envelope,) = log("c1", event)
    assert (narrate(envelope) or "").endswith(line)


def test_look_ups_are_counted_and_timed() -> None:
    metrics = Metrics()
    for envelope in log("c1", LOOKED_UP, STRANGER, STRANGER):
        metrics.count(envelope)
    text = metrics.text().decode()
    assert 'livecue_customer_look_ups_total{found="known"} 1.0' in text
    assert 'livecue_customer_look_ups_total{found="unknown"} 2.0' in text
    assert "livecue_customer_look_up_seconds_count 3.0" in text
