"""A demo call with its real sound on the call page, in a real browser: heard at the flag, put right, noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import soundfile
from playwright.async_api import Page, expect

from assist.messages import Agent, AudioFrame
from assist.supervisor import CallRequest
from gateway.service import Service
from tests.support.browser import PATIENCE_MS, page_of
from tests.support.fakes import STEREO, ScriptedTranscriber
from tests.support.lived_call import script_of
from tests.support.service import PLAYBOOK, open_test_service

CALL = Path(__file__).parents[2] / "examples" / "calls" / "02-refused-then-pushed.flac"
SCRIPT, DURATION_MS = script_of(CALL.with_suffix(".json"))
FRAME_MS = 500
JUDGED = f"""{PLAYBOOK}
  - id: pushes
    title: 拒绝后继续推销
    party: agent
    severity: major
    phrase: {{any: [再考虑一下]}}
    because: 客户已拒绝
    emit: {{flag: {{}}}}
"""
PUSHED_MS = 33_030
"""Where the agent says so, by the truth of the demo call."""


async def play_demo(service: Service, call_id: str) -> None:
    """The demo call with its own sound; its words are those of its truth."""
    samples, rate_hz = cast(Any, soundfile).read(CALL, dtype="int16", always_2d=True)
    request = CallRequest(source="test", legs=STEREO, call_id=call_id, agent=Agent(agent_id="1001"), pace="replay")
    handle = service.supervisor.open(request)
    step = rate_hz * FRAME_MS // 1000
    for start in range(0, len(samples), step):
        block = samples[start : start + step]
        await handle.feed(
            [
                AudioFrame(leg.party, start * 1000 // rate_hz, rate_hz, block[:, channel].astype("<i2").tobytes())
                for channel, leg in enumerate(STEREO)
            ]
        )
    handle.close()
    await handle.closed()
    await service.supervisor.stop()


async def position_s(page: Page) -> float:
    """Where it plays, by the clock of the page."""
    minutes, seconds = (await page.get_by_test_id("position").inner_text()).split(":")
    return int(minutes) * 60 + int(seconds)


async def heard_line(page: Page) -> str | None:
    """The line in which a word is shown as heard."""
    return await page.locator("li:has([data-heard=true])").first.get_attribute("data-testid")


@pytest.mark.timeout(240)
async def test_a_call_is_heard_at_its_flag_with_its_words_going_along(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    transcriber = ScriptedTranscriber(SCRIPT)
    async with open_test_service(tmp_path, transcriber=transcriber, playbook_text=JUDGED) as service:
        await play_demo(service, "c1")
        detail = await service.store.envelopes("c1", types=["flag"])
        flag_id = cast(Any, detail[0].event).flag_id
        async with page_of(service, f"/calls/c1?flag={flag_id}", "qa", display_name="赵敏") as page:
            await expect(page.get_by_test_id(f"flag-{flag_id}")).to_contain_text("客户已拒绝")
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "true")
            await expect(page.locator("[data-heard=true]").first).to_be_visible()
            assert await position_s(page) >= PUSHED_MS // 1000
            assert await heard_line(page) is not None
            waveform = page.get_by_test_id("waveform").locator("canvas")
            await expect(waveform.first).to_be_visible()
            await page.keyboard.press("k")
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "false")
            line = page.get_by_test_id("line-customer-1")
            await line.locator("p").hover()
            await line.get_by_text("话", exact=True).click()
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "true")
            await expect(line.locator("[data-heard=true]")).to_be_visible()
            await page.keyboard.press(" ")
            await expect(page.get_by_test_id("play")).to_have_attribute("data-playing", "false")
            at_s = await position_s(page)
            assert 7 <= at_s <= 11
            await page.keyboard.press("l")
            assert await position_s(page) - at_s in (9, 10, 11)


@pytest.mark.timeout(240)
async def test_a_line_is_put_right_and_a_note_left_and_both_are_there_after_a_reload(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    transcriber = ScriptedTranscriber(SCRIPT)
    async with open_test_service(tmp_path, transcriber=transcriber, playbook_text=JUDGED) as service:
        await play_demo(service, "c1")
        async with page_of(service, "/calls/c1?at=24000", "qa", display_name="赵敏") as page:
            line = page.get_by_test_id("line-customer-3")
            await expect(page.get_by_test_id("position")).to_have_text("00:24")
            await line.hover()
            await page.get_by_test_id("correct-customer-3").click()
            form = page.get_by_test_id("correction-form")
            await form.get_by_role("textbox").fill("不需要，我的流量根本用不完。")
            await form.get_by_role("button", name="保存").click()
            await expect(line).to_contain_text("根本用不完")
            await page.get_by_text("备注", exact=True).first.click()
            await page.get_by_test_id("note-text").fill("这里应停止推荐")
            await expect(page.get_by_test_id("leave-note")).to_have_text("添加到 00:24")
            await page.get_by_test_id("leave-note").click()
            await expect(page.get_by_test_id("notes")).to_contain_text("赵敏")
            await page.reload()
            await expect(line).to_contain_text("根本用不完")
            await page.get_by_test_id("corrected-customer-3").get_by_role("button", name="看原文").click()
            await expect(line).to_contain_text("我的流量都用不完")
            await expect(page.get_by_test_id("lane-notes").get_by_role("button")).to_have_count(1)


@pytest.mark.timeout(240)
async def test_a_call_can_be_heard_on_a_phone_in_english_and_in_the_dark(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    transcriber = ScriptedTranscriber(SCRIPT)
    async with open_test_service(tmp_path, transcriber=transcriber, playbook_text=JUDGED) as service:
        await play_demo(service, "c1")
        async with page_of(service, "/calls/c1", "qa", display_name="赵敏") as page:
            await page.set_viewport_size({"width": 390, "height": 844})
            await page.emulate_media(color_scheme="dark")
            await page.get_by_test_id("language").click()
            await expect(page.get_by_test_id("share")).to_have_text("Copy link")
            await page.get_by_test_id("play").click()
            await expect(page.locator("[data-heard=true]").first).to_be_visible()
            wider = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wider
