"""What is left of calls, in a real browser: the wrap-up that an agent puts right, the prompt that muted itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, page_of
from tests.support.service import PLAYBOOK, open_test_service, play
from tests.support.trials import store_trials

WRITTEN = "客户流量不够用，已加装流量包。"
TRIED = PLAYBOOK.replace("要不要加一个流量包}", "要不要加一个流量包, experiment: {hold_out: 0.5}}")


async def puts_right(page: Page) -> None:
    """The text, the reason and a promise that was not heard."""
    panel = page.get_by_test_id("wrap-up")
    await expect(panel).to_contain_text("待确认")
    await panel.get_by_role("button", name="核对并确认").click()
    await panel.get_by_label("小结内容").fill(WRITTEN)
    await panel.get_by_role("button", name="添加承诺").click()
    await panel.get_by_label("承诺内容").fill("明天回电")
    await panel.get_by_role("button", name="确认小结").click()


async def is_confirmed(page: Page) -> None:
    panel = page.get_by_test_id("wrap-up")
    await expect(panel).to_contain_text("已确认")
    await expect(panel).to_contain_text(WRITTEN)
    await expect(panel).to_contain_text("明天回电")
    await expect(page.get_by_test_id("wrap-up-form")).to_have_count(0)


@pytest.mark.timeout(240)
async def test_a_wrap_up_that_was_put_right_is_there_after_a_reload(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path) as service:
        await play(service, "c1")
        async with page_of(service, "/#call=c1", "agent", agent_id="1001") as page:
            await puts_right(page)
            await is_confirmed(page)
            await page.reload()
            await is_confirmed(page)


@pytest.mark.timeout(240)
async def test_a_prompt_that_muted_itself_is_shown_as_muted_with_the_reason(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_test_service(tmp_path, playbook_text=TRIED) as service:
        await store_trials(service.store, 150, sells_shown=False)
        (decision,) = await service.experiments.review()
        async with page_of(service, "/experiments", "supervisor") as page:
            card = page.get_by_test_id("experiment-offer-data")
            await expect(card).to_contain_text("已停用")
            assert decision.reason == "less-sold"
            await expect(card).to_contain_text("有提示的通话“成交”明显更少")
            await expect(card.get_by_test_id("unmute")).to_be_visible()
