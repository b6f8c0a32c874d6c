"""An admin looks behind the masks of a call, reads that this is on record, and erases a customer, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from assist.messages import Agent, Customer
from assist.supervisor import CallRequest
from gateway.service import Service
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.service import open_test_service

SCRIPT = (Said("customer", 200, 1_900, "我叫王小明，手机号码是一三八零零零零一二三四"),)


async def play(service: Service, call_id: str) -> None:
    request = CallRequest(
        source="test",
        legs=STEREO,
        call_id=call_id,
        agent=Agent(agent_id="1001"),
        customer=Customer(customer_id="k7"),
        pace="replay",
    )
    handle = service.supervisor.open(request)
    for start_ms in range(0, 3_000, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
    handle.close()
    await handle.closed()


async def confirm(page: Page) -> None:
    await page.locator(".ant-modal-footer .ant-btn-primary").click()


@pytest.mark.timeout(240)
async def test_masks_come_off_with_a_reason_and_a_customer_is_erased(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    transcriber = ScriptedTranscriber(SCRIPT)
    async with open_test_service(tmp_path, transcriber=transcriber, masks_calls=True) as service:
        await play(service, "c1")
        async with page_of(service, "/calls/c1", "admin", display_name="赵敏") as page:
            transcript = page.get_by_test_id("transcript")
            await expect(transcript).to_contain_text("我叫某**，手机号码是一三八****一二三四")
            await page.get_by_test_id("reveal").click()
            await page.get_by_test_id("reveal-reason").fill("王小明投诉复核")
            await confirm(page)
            await expect(transcript).to_contain_text("我叫王小明，手机号码是一三八零零零零一二三四")
            await page.get_by_test_id("reveal").click()
            await expect(transcript).to_contain_text("我叫某**")

            await page.get_by_test_id("go-records").click()
            log = page.get_by_test_id("audit-log")
            await expect(log.locator("tbody tr")).to_have_count(1)
            for told in ("赵敏", "c1", "某**投诉复核", "姓名、电话"):
                await expect(log).to_contain_text(told)

            await page.get_by_test_id("record-subject").fill("k7")
            await page.get_by_test_id("record-reason").fill("工单 77")
            await page.get_by_test_id("erase").click()
            await expect(page.locator(".ant-modal-footer .ant-btn-primary")).to_be_disabled()
            await page.get_by_test_id("erase-confirm").fill("k7")
            await confirm(page)
            await expect(page.get_by_test_id("removed")).to_contain_text("已删除 1 通电话")
        assert await service.store.summary("c1") is None
