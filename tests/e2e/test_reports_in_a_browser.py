"""Reports in a real browser: figures with their definitions, as pictures and tables, down to the calls they count."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from assist.messages import Envelope, Event
from gateway.archive_export import BYTE_ORDER_MARK
from tests.support.archived_calls import archived_log, felt, flagged, said
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.past_calls import NOW, wrap_up
from tests.support.service import open_test_service

NARROW: ViewportSize = {"width": 390, "height": 844}
HOURS_SINCE_THEN = (datetime.now(UTC) - NOW).total_seconds() / 3_600


def call(call_id: str, agent_id: str, reason: str, text: str, *events: Event) -> list[Envelope]:
    """A call of yesterday."""
    whole = (*said(("customer", text)), wrap_up(reasons=(reason,)), *events)
    return archived_log(call_id, *whole, hours_ago=24 - HOURS_SINCE_THEN, agent_id=agent_id)


CALLS = [
    *(
        call(f"fault-{n}", "8001", "fault_broadband", "宽带断网", felt("angry", -0.8), flagged("forbidden-words"))
        for n in range(8)
    ),
    *(call(f"bill-{n}", "8002", "complain_billing", "话费扣错", flagged("forbidden-words", "met")) for n in range(8)),
]


async def overflow(page: Page) -> int:
    return await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.timeout(240)
async def test_a_figure_is_defined_drawn_tabled_and_leads_to_its_calls(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/", "qa") as page:
            await page.get_by_test_id("go-reports").click()
            await expect(page.get_by_test_id("figure-breach_share")).to_contain_text("50.0%")
            await expect(page.get_by_test_id("figure-breach_share")).to_contain_text("28.0%–72.0%")
            await expect(page.get_by_role("img", name="违规率 · 按规则").locator("svg")).to_be_visible()
            await expect(page.get_by_role("img", name="违规率 · 按周").locator("svg")).to_be_visible()

            await page.get_by_test_id("define-breach_share").first.focus()
            await expect(page.get_by_test_id("definition-breach_share")).to_contain_text("Wilson")
            await page.get_by_test_id("as-table-rows").click()
            table = page.get_by_test_id("chart-rows").get_by_role("table")
            await expect(table).to_contain_text("forbidden-words的标题")

            await page.get_by_test_id("report-by").get_by_text("坐席").click()
            await page.get_by_test_id("calls-8001-breach_share").last.click()
            await expect(page.get_by_test_id("archive-count")).to_have_text("找到 8 通")
            await expect(page.get_by_test_id("found-fault-0")).to_be_visible()
            await page.go_back()
            await expect(page.get_by_test_id("calls-8002-breach_share").last).to_have_text("0.0%")

            async with page.expect_download() as downloading:
                await page.get_by_test_id("report-csv").click()
            table_file = await (await downloading.value).path()
            rows = list(csv.DictReader(io.StringIO(table_file.read_text("utf-8").removeprefix(BYTE_ORDER_MARK))))
            assert [row["agent"] for row in rows] == ["8001", "8002", "all"]


@pytest.mark.timeout(240)
async def test_weak_points_are_told_in_the_customers_words_and_fit_a_phone(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/reports?name=weakness", "qa") as page:
            await expect(page.get_by_test_id("words")).to_contain_text("宽带断网")
            await expect(page.get_by_role("img", name="客户情绪最差时").locator("svg")).to_be_visible()
            await page.set_viewport_size(NARROW)
            await expect(page.get_by_test_id("figure-angry_share")).to_be_visible()
            assert await overflow(page) == 0
            await page.get_by_test_id("word-宽带断网").click()
            await expect(page.get_by_test_id("archive-count")).to_have_text("找到 8 通")


@pytest.mark.timeout(240)
async def test_agents_find_their_own_figures_alone(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/reports?by=agent", "agent", agent_id="8002") as page:
            await expect(page.get_by_test_id("calls-8002-calls").last).to_have_text("8")
            await expect(page.get_by_test_id("calls-8001-calls")).to_have_count(0)
            await expect(page.get_by_test_id("figure-calls")).to_contain_text("8")
