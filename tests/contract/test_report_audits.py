"""What reports infer from the calls that people judged, for all calls."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assist.quality.steps import moved
from assist.reports.report import AUDITS, By, Report, period_of
from assist.search.query import Opened, Search
from assist.stores import Stores, open_stores
from tests.support.past_calls import NOW
from tests.support.reviews import DEADLINES, QA, after, called, opening, review_in, score_of

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def audit(stores: Stores, review_id: str, inclusion: float | None, **values: Any) -> float:
    """A call of its own that was drawn, taken and scored; its score."""
    log = after(called(f"call-{review_id}"), opening(review_id, inclusion=inclusion))
    drawn = review_in(log, review_id)
    log = after(log, moved(drawn, "take", QA, NOW, version=drawn.version, deadlines=DEADLINES))
    await stores.calls.append(after(log, score_of(log, review_id=review_id, **values)))
    review = await stores.reviews.review(review_id)
    assert review is not None
    assert review.score is not None
    return review.score


async def report(stores: Stores, by: By, *, has_audits: bool = True) -> Report:
    today = NOW.astimezone(ZONE).date()
    period = period_of(today - timedelta(days=7), today, zone=ZONE, now=NOW)
    search = Search((Opened(period.since, period.before),))
    return await stores.reports.report("quality", by, period, search, {}, zone=ZONE, now=NOW, has_audits=has_audits)


async def test_audits_count_by_how_rarely_they_would_be_drawn(stores: Stores) -> None:
    bad = await audit(stores, "risky", 1.0, pushing=0)
    good = await audit(stores, "by-chance", 0.25, pushing=1)
    await audit(stores, "chosen", None, pushing=0)
    found = await report(stores, "agent")
    cells = found.total.cells
    assert [cells[one].calls for one in AUDITS] == [3, 2, 2, 2]
    assert cells["audited"].value == 2
    assert cells["audited_score"].value == pytest.approx((bad + 4 * good) / 5)
    assert cells["confirmed_share"].value == pytest.approx(0.2)
    assert cells["precision"].value == pytest.approx(0.2)
    assert cells["breach_share"].value == 1.0


async def test_a_rule_is_judged_among_all_audits(stores: Stores) -> None:
    await audit(stores, "one", 0.5, pushing=0)
    await audit(stores, "two", 0.5, pushing=0)
    await stores.calls.append(called("unseen"))
    found = await report(stores, "rule")
    rows = {row.code: row.cells for row in found.rows}
    assert rows["push-after-refusal"]["confirmed_share"].value == 1.0
    assert rows["push-after-refusal"]["precision"].value == 1.0
    assert rows["missing-greeting"]["confirmed_share"].value == 0.0
    assert rows["missing-greeting"]["precision"].value is None
    assert "audited_score" not in found.columns


async def test_what_people_judged_is_told_only_where_there_is_some_and_to_whom_it_may(stores: Stores) -> None:
    await stores.calls.append(called("c1"))
    assert not set((await report(stores, "agent")).columns) & set(AUDITS)
    await audit(stores, "one", 1.0)
    assert set((await report(stores, "agent")).columns) > set(AUDITS)
    assert not set((await report(stores, "agent", has_audits=False)).columns) & set(AUDITS)
