"""A quality manager edits a playbook in a real browser: from a mistake to a new version and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from gateway.service import Service
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.service import PLAYBOOK, open_test_service, play

BROKEN = PLAYBOOK.replace("party: customer", "party: nobody")
GREETING = """\
  - id: greet
    title: 问候
    party: agent
    phrase: 您好请讲
    because: 坐席问候：“{quote}”
    emit: {flag: {verdict: met}}
    cases: {fires: [[坐席: 您好请讲]]}
"""


async def write(page: Page, text: str) -> None:
    """Replace what is in the editor."""
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.insert_text(text)


async def panel(page: Page, name: str) -> None:
    await page.get_by_role("tab", name=name, exact=True).click()


async def called(service: Service, call_id: str) -> str:
    """The playbook that a new call runs under."""
    await play(service, call_id)
    summary = await service.store.summary(call_id)
    assert summary is not None
    return summary.playbook


async def shows_mistakes_at_their_line(page: Page) -> None:
    await write(page, BROKEN)
    await expect(page.get_by_test_id("errors")).to_have_text("1")
    await expect(page.locator(".cm-lint-marker-error")).to_be_visible()
    await page.get_by_test_id("problem-7").get_by_role("button").click()
    await expect(page.locator(".cm-lineNumbers .cm-activeLineGutter")).to_have_text("7")


async def mends_and_saves(page: Page) -> None:
    await write(page, PLAYBOOK + GREETING)
    await page.get_by_test_id("raise-version").click()
    await expect(page.get_by_test_id("problem-2")).to_have_count(0)
    await expect(page.get_by_test_id("errors")).to_have_text("0")
    await expect(page.get_by_test_id("cases")).to_have_text("1/1")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_test_id("saved-state")).to_have_text("草稿已保存")


async def tries_and_replays(page: Page) -> None:
    await panel(page, "试一通")
    await page.get_by_test_id("try").click()
    await expect(page.get_by_test_id("said-greet")).to_have_attribute("data-change", "gained")
    await expect(page.get_by_test_id("said-offer-data")).to_have_attribute("data-change", "same")
    await panel(page, "回放")
    await page.get_by_test_id("replay").click()
    await expect(page.get_by_test_id("replay-by-rule")).to_contain_text("greet")
    await expect(page.get_by_test_id("replay-by-agent")).to_contain_text("1001")


async def publishes(page: Page) -> None:
    await page.get_by_test_id("publish").click()
    await page.get_by_test_id("publish-note").fill("问候也记一笔")
    await page.get_by_test_id("publish-now").click()
    await expect(reference(page)).to_have_text("small@4")
    await expect(page.get_by_test_id("publish-now")).to_be_hidden()


async def rolls_back(page: Page) -> None:
    await panel(page, "版本")
    await expect(page.get_by_test_id("version-2")).to_contain_text("王芳")
    await expect(page.get_by_test_id("version-2")).to_contain_text("问候也记一笔")
    await page.get_by_test_id("compare-1").click()
    await expect(page.get_by_test_id("diff")).to_contain_text("greet")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("diff")).to_be_hidden()
    await page.get_by_test_id("roll-back-1").click()
    await page.get_by_test_id("roll-back-now").click()
    await expect(reference(page)).to_have_text("small@3")


def reference(page: Page) -> Locator:
    return page.locator("main > header code")


@pytest.mark.timeout(400)
async def test_a_playbook_is_mended_tried_replayed_published_and_rolled_back(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        assert await called(service, "before") == "small@3"
        async with page_of(service, "/playbooks", "qa", display_name="王芳") as page:
            await page.get_by_test_id("open-small").click()
            await expect(page.get_by_test_id("playbook-state")).to_have_text("使用中")
            await shows_mistakes_at_their_line(page)
            await mends_and_saves(page)
            await tries_and_replays(page)
            await publishes(page)
            assert await called(service, "published") == "small@4"
            await rolls_back(page)
            assert await called(service, "rolled-back") == "small@3"


@pytest.mark.timeout(400)
async def test_the_page_says_why_a_broken_file_is_not_in_use(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        (tmp_path / "playbooks" / "small.yaml").write_text(BROKEN, encoding="utf-8")
        await service.reload_playbooks()
        assert await called(service, "meanwhile") == "small@3"
        async with page_of(service, "/playbooks", "qa", display_name="王芳") as page:
            row = page.get_by_test_id("playbook-small")
            await expect(row.get_by_test_id("file-problem")).to_contain_text("通话仍使用版本 3")
            await expect(row.get_by_test_id("file-problem")).to_contain_text(re.compile("第 7 行.*expected one of"))
            await page.get_by_test_id("open-small").click()
            await expect(page.get_by_test_id("problem-7")).to_be_visible()
            await write(page, PLAYBOOK)
            await publishes_the_mended_text(page)
            await expect(page.get_by_test_id("playbook-state")).to_have_text("使用中")


async def publishes_the_mended_text(page: Page) -> None:
    await expect(page.get_by_test_id("errors")).to_have_text("0")
    await page.get_by_test_id("publish").click()
    await page.get_by_test_id("publish-now").click()
    await expect(page.get_by_test_id("file-problem")).to_have_count(0)
