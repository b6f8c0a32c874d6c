"""A call from the search to the case that its rule is tried with, in a real browser with its real sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.test_call_page_in_a_browser import JUDGED, PUSHED_MS, SCRIPT, play_demo, position_s
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.fakes import ScriptedTranscriber
from tests.support.service import PASSWORD, open_test_service

CARD = """\
name: service
version: 1
title: 服务评分表
playbook: small
sections:
  - id: service
    title: 服务
    items:
      - {id: solving, title: 解决问题, weight: 60, scale: 5, guidance: 一次解决得满分}
      - {id: pushing, title: 不强推, weight: 40, critical: true, rules: [pushes], silent: full}
"""
NARROW: ViewportSize = {"width": 390, "height": 844}


def write_card(directory: Path) -> None:
    cards = directory / "playbooks" / "scorecards"
    cards.mkdir(parents=True, exist_ok=True)
    (cards / "service.yaml").write_text(CARD, encoding="utf-8")


async def fits(page: Page) -> bool:
    """Whether the page is no wider than the window."""
    return await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.timeout(600)
async def test_a_call_is_found_heard_scored_appealed_and_decided_and_its_rule_has_a_case(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    write_card(tmp_path)
    async with open_test_service(tmp_path, transcriber=ScriptedTranscriber(SCRIPT), playbook_text=JUDGED) as service:
        await play_demo(service, "c1")

        async with page_of(service, "/calls/c1", "supervisor", display_name="王磊") as page:
            await page.locator("label").filter(has_text="复核").click()
            await page.get_by_test_id("choose").click()
            await expect(page.get_by_test_id("review-state")).to_have_text("待领取")

        async with page_of(service, "/archive", "qa", display_name="赵敏") as page:
            box = page.get_by_role("searchbox")
            await box.fill("flag:pushes 再考虑一下")
            await box.press("Enter")
            await page.get_by_test_id("found-c1").get_by_role("link", name="拒绝后继续推销").click()
            await expect(page).to_have_url(re.compile(r"/calls/c1\?flag="))
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "true")
            assert await position_s(page) >= PUSHED_MS // 1000
            await page.keyboard.press("k")

            await page.get_by_test_id("go-reviews").click()
            await page.get_by_test_id("part-queue").click()
            await expect(page.get_by_test_id("risk-reasons")).to_contain_text("人工选定")
            await page.get_by_role("button", name="领取").click()
            await page.get_by_test_id("part-inbox").click()
            await expect(page.get_by_test_id("inbox-badge")).to_have_text("1")
            await page.get_by_test_id("inbox").get_by_role("link", name="待评分").click()
            await expect(page.get_by_test_id("auto-pushing")).to_contain_text("系统建议：未达到")
            await page.locator("[data-testid^=evidence-]").click()
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "true")
            await expect(page.locator("[data-lit=true]")).to_contain_text("再考虑一下")
            assert await position_s(page) >= PUSHED_MS // 1000
            await page.keyboard.press("k")
            await expect(page.get_by_test_id("give-score")).to_be_disabled()
            await page.get_by_test_id("item-solving").get_by_text("解决问题").click()
            await page.keyboard.press("4")
            await expect(page.get_by_test_id("total")).to_contain_text("一票否决")
            await page.get_by_test_id("summary").fill("礼貌，但客户拒绝后还在推荐")
            await page.get_by_test_id("give-score").click()
            await expect(page.get_by_test_id("score")).to_have_text("0")
            await page.get_by_test_id("coaching-text").fill("客户说不需要，就先停下来")
            await page.get_by_test_id("coach").click()
            await expect(page.get_by_test_id("coaching")).to_contain_text("坐席未确认")

        async with page_of(service, "/reviews", "agent", display_name="李静", agent_id="1001") as page:
            await page.set_viewport_size(NARROW)
            await page.get_by_test_id("inbox").get_by_role("link", name="待你确认或申诉").click()
            await expect(page.get_by_test_id("risk-reasons")).to_have_count(0)
            await page.get_by_test_id("acknowledge").click()
            await expect(page.get_by_test_id("coaching")).to_contain_text("已读")
            await page.get_by_test_id("appeal-pushing").click()
            await page.get_by_test_id("appeal-text").fill("我是在说明，没有强推")
            await page.get_by_test_id("pick-0").click()
            line = page.locator("li[data-testid^=line-]").filter(has_text="再考虑一下")
            await line.get_by_role("button", name="引用").click()
            await expect(line.get_by_role("button", name="已引用")).to_be_visible()
            await page.locator("label").filter(has_text="复核").click()
            await expect(page.get_by_test_id("point-0")).to_contain_text("再考虑一下")
            assert await fits(page)
            await page.get_by_test_id("send-appeal").click()
            await expect(page.get_by_test_id("review-state")).to_have_text("班长处理申诉")

        async with page_of(service, "/reviews", "supervisor", name="lead", display_name="周颖") as page:
            await page.get_by_test_id("inbox").get_by_role("link", name="待处理申诉").click()
            await expect(page.get_by_test_id("appeal-lead")).to_contain_text("没有强推")
            await page.locator("[data-testid^=quoted-]").click()
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "true")
            await page.get_by_text("申诉成立", exact=True).click()
            await page.get_by_test_id("decision-reason").fill("客户没有明确拒绝")
            await page.get_by_test_id("value-pushing-1").click()
            await page.locator("[data-testid^=wrong-]").check()
            await expect(page.get_by_test_id("total")).to_contain_text("88")
            await page.get_by_test_id("decide").click()
            await expect(page.get_by_test_id("decision")).to_contain_text("0 → 88")
            await page.get_by_test_id("open-case").click()
            await expect(page.get_by_test_id("precision-pushes")).to_contain_text("1 次中对 0 次")
            case = page.locator("[data-testid^=case-]")
            await expect(case).to_contain_text("判了“违规”，应为“不触发”")
            await page.get_by_test_id("try-cases").click()
            await expect(page.get_by_test_id("now")).to_have_text("现用剧本：仍判错")

            mended = JUDGED.replace('version: "3"', 'version: "4"').replace("any: [再考虑一下]", "any: [必须办理]")
            (tmp_path / "playbooks" / "small.yaml").write_text(mended, encoding="utf-8")
            await service.publishing.reload()
            await page.reload()
            await page.get_by_test_id("try-cases").click()
            await expect(page.get_by_test_id("now")).to_have_text("现用剧本：已改对")


@pytest.mark.timeout(240)
async def test_calls_are_drawn_and_a_calibration_begun_on_a_phone_in_english(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    write_card(tmp_path)
    async with open_test_service(tmp_path, transcriber=ScriptedTranscriber(SCRIPT), playbook_text=JUDGED) as service:
        await play_demo(service, "c1")
        for name in ("赵敏", "林晓"):
            await service.accounts.add_user(name, "qa", password=PASSWORD, display_name=name)
        async with page_of(service, "/reviews/draws", "supervisor", display_name="王磊") as page:
            await page.set_viewport_size(NARROW)
            await page.get_by_test_id("language").click()
            day = str(service.reviews.now().astimezone(service.settings.zone).date())
            await page.get_by_test_id("draw-day").fill(day)
            await page.get_by_test_id("draw").click()
            await expect(page.get_by_test_id(f"draw-{day}")).to_contain_text("Every call of the day is looked at")
            await page.get_by_test_id("part-queue").click()
            await expect(page.get_by_test_id("risk-reasons")).to_contain_text("Breach: 拒绝后继续推销")
            assert await fits(page)
            await page.get_by_test_id("part-calibrations").click()
            await page.get_by_test_id("calibration-call").fill("c1")
            await page.get_by_test_id("calibration-people").click()
            for name in ("赵敏", "林晓"):
                await page.get_by_title(name, exact=True).click()
            await page.keyboard.press("Escape")
            await page.get_by_test_id("calibrate").click()
            await expect(page.locator("article[data-testid^=calibration-]")).to_contain_text("0 of 2 have scored")
            assert await fits(page)
