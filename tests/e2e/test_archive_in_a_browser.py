"""The archive in a real browser: words and filters find calls, what was found opens where it was said."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import ViewportSize, expect

from gateway.settings import Settings
from gateway.wiring import open_service
from tests.support.archived_calls import archived_log, felt, flagged, offered, said, wanted
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.service import open_test_service

NARROW: ViewportSize = {"width": 390, "height": 844}
CALLS = (
    archived_log(
        "broadband",
        *said(("agent", "您好，请问有什么可以帮您？"), ("customer", "宽带又断了，我要投诉你们。")),
        wanted("fault_broadband"),
        felt("angry", -0.8),
        flagged("forbidden-words"),
        offered("提速套餐", "refused"),
        hours_ago=1,
        agent_id="8001",
    ),
    archived_log("roaming", *said(("customer", "我要开通国际漫游。")), hours_ago=2, agent_id="8002"),
)


@pytest.mark.timeout(240)
async def test_calls_are_found_filtered_and_kept_as_a_search(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/", "qa") as page:
            await page.get_by_test_id("go-archive").click()
            await expect(page.get_by_test_id("archive-count")).to_have_text("找到 2 通")
            box = page.get_by_role("searchbox")
            await box.fill("投诉")
            await box.press("Enter")
            found = page.get_by_test_id("found-broadband")
            await expect(found.locator("mark")).to_have_text("投诉")
            await expect(found).to_contain_text("forbidden-words的标题")
            await expect(found).to_contain_text("提速套餐 · 客户拒绝")
            await expect(page.get_by_test_id("found-roaming")).to_have_count(0)

            await page.get_by_test_id("archive-saved").click()
            saved = page.get_by_test_id("saved-searches")
            await saved.get_by_role("textbox").fill("投诉的人")
            await saved.get_by_role("button", name="保存").click()
            await expect(saved.get_by_role("button", name="投诉的人", exact=True)).to_be_visible()
            await page.keyboard.press("Escape")

            await box.fill("flga:x")
            await box.press("Enter")
            await expect(page.get_by_test_id("archive-refusal")).to_contain_text("search-unknown-field")
            await page.go_back()
            await expect(found).to_be_visible()
            await found.locator("mark").click()
            await expect(page).to_have_url(re.compile(r"/calls/broadband\?at=2000$"))


@pytest.mark.timeout(240)
async def test_what_was_meant_is_found_in_other_words_by_the_model_that_ships(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_service(Settings(data_dir=tmp_path)) as service, service.running():
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/archive", "qa") as page:
            await page.get_by_test_id("archive-by").get_by_text("按意思", exact=True).click()
            box = page.get_by_role("searchbox")
            await box.fill("网断了")
            await box.press("Enter")
            broadband, roaming = page.get_by_test_id("found-broadband"), page.get_by_test_id("found-roaming")
            # Calls become findable by meaning some seconds after their end.
            async with asyncio.timeout(PATIENCE_MS / 1000):
                while not await broadband.count():
                    await page.reload()
                    await page.get_by_test_id("archive-count").wait_for()
            await expect(broadband).to_contain_text("宽带又断了")
            await box.fill("出国漫游")
            await box.press("Enter")
            await expect(roaming).to_contain_text("国际漫游")
            await expect(broadband).to_have_count(0)


@pytest.mark.timeout(240)
async def test_filters_fit_a_phone(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        for log in CALLS:
            await service.store.append(log)
        async with page_of(service, "/archive?agent=8002", "qa") as page:
            await page.set_viewport_size(NARROW)
            await expect(page.get_by_test_id("archive-count")).to_have_text("找到 1 通")
            await page.get_by_test_id("show-filters").click()
            await page.get_by_test_id("archive-clear").click()
            await expect(page.get_by_test_id("found-broadband")).to_be_attached()
            wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0
