"""The softphone in a real browser whose microphone plays the agent of a demo call, with the real recogniser."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from playwright.async_api import Page, async_playwright, expect

from assist.messages import Party
from tests.support.chromium import chromium_path
from tests.support.cuttable_proxy import CuttableProxy, cuttable_proxy
from tests.support.livecue_process import LivecueProcess, run_livecue, serving

CALL = Path(__file__).parents[2] / "examples" / "calls" / "01-cross-sell.flac"
PASSWORD = "a-long-test-password"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE_MS = 60_000
AGENT_WORDS = "蓝海|您好|客服|服务|流量|套餐|先生|称呼|办理"
CUSTOMER_WORDS = "流量|你好|王|这么快|多少|好的|可以|谢谢"
PLAY_A_CALL = """async () => {
    document.title = "Meeting";
    const answer = await fetch("/api/v1/drills/01-cross-sell/audio");
    const audio = new Audio(URL.createObjectURL(await answer.blob()));
    audio.loop = true;
    document.addEventListener("click", () => void audio.play());
}"""


def voice_of(party: Party, directory: Path) -> Path:
    """What a microphone hears, again and again: a leg of the demo call."""
    samples, rate_hz = soundfile.read(CALL, dtype="int16")
    path = directory / f"{party}.wav"
    soundfile.write(path, samples[:, 0 if party == "agent" else 1], rate_hz)
    return path


@asynccontextmanager
async def softphone(
    url: str, name: str, *, microphone: Sequence[str], size: tuple[int, int] = (1440, 900)
) -> AsyncGenerator[Page]:
    """The page, opened by somebody who has just logged in; ``microphone``: how the browser comes by one."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *microphone])
        context = await browser.new_context(locale="zh-CN", viewport={"width": size[0], "height": size[1]})
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page = await context.new_page()
        await page.goto(f"{url}/softphone")
        await page.get_by_test_id("login-name").fill(name)
        await page.get_by_test_id("login-password").fill(PASSWORD)
        await page.get_by_test_id("login-submit").click()
        yield page
        await context.close()
        await browser.close()


def hearing(voice: Path) -> list[str]:
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}",
    ]


async def hear(page: Page, party: Party, words: str) -> None:
    """Wait for a line of a party with one of these words; the microphones begin anywhere in their call."""
    line = page.locator(f'[data-testid^="line-{party}-"]', has_text=re.compile(words))
    await expect(line.first).to_be_visible()


async def lose_and_find(proxy: CuttableProxy, page: Page) -> None:
    """The network goes away for a moment; what is said meanwhile is sent afterwards."""
    proxy.is_down = True
    proxy.cut()
    await expect(page.get_by_test_id("phone-phase")).to_have_attribute("data-phase", "waiting")
    proxy.is_down = False
    await expect(page.get_by_test_id("phone-phase")).to_have_attribute("data-phase", "live")


async def carry_own_side(page: Page, proxy: CuttableProxy) -> None:
    """A call of the microphone alone: heard, dropped, held, hung up."""
    await page.get_by_text("没有，只有我一方").click()
    await expect(page.get_by_test_id("start-call")).to_be_disabled()
    await page.get_by_test_id("open-sound").click()
    await expect(page.get_by_test_id("level-agent")).not_to_have_attribute("aria-valuenow", "0")
    await page.get_by_test_id("agree").check()
    await page.get_by_test_id("start-call").click()
    await expect(page.get_by_test_id("phone-phase")).to_have_attribute("data-phase", "live")
    await hear(page, "agent", AGENT_WORDS)
    await lose_and_find(proxy, page)
    await page.get_by_test_id("hold").click()
    await expect(page.get_by_test_id("call-state")).to_have_attribute("data-phase", "paused")
    await page.get_by_test_id("hold").click()
    await expect(page.get_by_test_id("call-state")).to_have_attribute("data-phase", "live")
    await page.get_by_test_id("hang-up").click()
    await expect(page.get_by_test_id("call-state")).to_have_attribute("data-phase", "closed")
    await expect(page.get_by_test_id("start-call")).to_be_visible()


async def practise(page: Page) -> None:
    """A drill whose customer answers when the trainee has spoken."""
    await page.get_by_text("练习", exact=True).click()
    await page.get_by_test_id("case-01-cross-sell").check()
    await page.get_by_test_id("agree").check()
    await page.get_by_test_id("start-call").click()
    await expect(page.get_by_test_id("phone-phase")).to_have_attribute("data-phase", "live")
    await page.get_by_test_id("drill-next").click()
    await expect(page.get_by_test_id("drill-lines")).to_contain_text("流量")
    await hear(page, "customer", "流量")
    await expect(page.get_by_test_id("drill-lines").locator("li")).not_to_have_count(1)
    await page.get_by_test_id("hang-up").click()
    await expect(page.get_by_test_id("call-state")).to_have_attribute("data-phase", "closed")
    await expect(page.get_by_test_id("start-call")).to_be_visible()


async def calls_of(server: LivecueProcess, data_dir: Path) -> list[dict[str, Any]]:
    """The first and the last event of every call, newest first."""
    key = (data_dir / "cli-key").read_text().strip()
    async with httpx.AsyncClient(base_url=server.url, headers={"X-Api-Key": key}) as client:
        calls = (await client.get("/api/v1/calls")).json()["calls"]
        logs = [
            (await client.get(f"/api/v1/calls/{call['call_id']}/events", params={"limit": 5_000})).json()["envelopes"]
            for call in calls
        ]
    return [
        {event["event"]["type"]: event["event"] for event in log if event["event"]["type"].startswith("call-")}
        for log in logs
    ]


@pytest.mark.timeout(400)
async def test_words_spoken_into_the_browser_appear_beside_it_and_a_drills_customer_answers(
    tmp_path: Path,
) -> None:
    await run_livecue(
        tmp_path, "users", "add", "li", "--role", "agent", "--agent-id", "1001", "--password", PASSWORD, "--json"
    )
    voice = hearing(voice_of("agent", tmp_path))
    async with serving(tmp_path) as server:
        async with (
            cuttable_proxy(server.port) as proxy,
            softphone(f"http://127.0.0.1:{proxy.port}", "li", microphone=voice) as page,
        ):
            await carry_own_side(page, proxy)
            await practise(page)
            await page.get_by_test_id("review-call").click()
            await page.get_by_test_id("practise").click()
            await expect(page.locator('[data-testid^="case-20"]')).to_be_checked()
        drill, own = await calls_of(server, tmp_path)
    assert own["call-opened"]["source"] == drill["call-opened"]["source"] == "softphone/1"
    assert own["call-opened"]["agent"]["agent_id"] == "1001"
    assert [leg["party"] for leg in drill["call-opened"]["legs"]] == ["agent", "customer"]
    assert drill["call-opened"]["external_id"] == "drill/01-cross-sell"
    for call in (own, drill):
        assert call["call-closed"]["cause"] == "hangup"
        for leg in call["call-closed"]["ledger"]:
            assert leg["received_ms"] == leg["transcribed_ms"] + leg["silence_ms"] + leg["gaps_ms"]
            assert leg["lost_ms"] == leg["shed_ms"] == 0
    assert own["call-closed"]["ledger"][0]["paused_ms"] > 0


async def meet(host: Page, guest: Page) -> None:
    """One makes a code, the other enters it, and they are connected."""
    await host.get_by_test_id("open-sound").click()
    await host.get_by_test_id("connect-other").click()
    code = await host.get_by_test_id("room-code").inner_text()
    await guest.get_by_text("加入同事", exact=True).click()
    await guest.get_by_test_id("open-sound").click()
    await guest.get_by_test_id("join-code").fill(code)
    await guest.get_by_test_id("agree").check()
    await guest.get_by_test_id("start-call").click()
    for page in (host, guest):
        await expect(page.get_by_test_id("companion")).to_have_attribute("data-link", "connected")


@pytest.mark.timeout(300)
async def test_two_colleagues_in_two_browsers_are_the_legs_of_one_call(tmp_path: Path) -> None:
    for name, role in (("li", "agent"), ("pei", "trainer")):
        more = ["--agent-id", "1001"] if role == "agent" else []
        await run_livecue(tmp_path, "users", "add", name, "--role", role, "--password", PASSWORD, *more, "--json")
    own, others = (hearing(voice_of(party, tmp_path)) for party in ("agent", "customer"))
    async with (
        serving(tmp_path) as server,
        softphone(server.url, "li", microphone=own) as host,
        softphone(server.url, "pei", microphone=others) as guest,
    ):
        await meet(host, guest)
        await host.get_by_test_id("agree").check()
        await host.get_by_test_id("start-call").click()
        await expect(guest.get_by_test_id("guest-phase")).to_have_attribute("data-phase", "live")
        await hear(host, "agent", AGENT_WORDS)
        await hear(host, "customer", CUSTOMER_WORDS)
        await guest.get_by_test_id("part").click()
        await expect(host.get_by_test_id("trouble-colleague-left")).to_be_visible()
        await host.get_by_test_id("hang-up").click()
        await expect(host.get_by_test_id("call-state")).to_have_attribute("data-phase", "closed")


@pytest.mark.timeout(200)
async def test_a_shared_tab_is_the_other_partys_leg(tmp_path: Path) -> None:
    await run_livecue(tmp_path, "users", "add", "pei", "--role", "trainer", "--password", PASSWORD, "--json")
    sharing = [*hearing(voice_of("agent", tmp_path)), "--auto-select-tab-capture-source-by-title=Meeting"]
    async with serving(tmp_path) as server, softphone(server.url, "pei", microphone=sharing) as page:
        await page.get_by_text("共享标签页或系统的声音").click()
        meeting = await page.context.new_page()
        await meeting.goto(f"{server.url}/login")
        await meeting.evaluate(PLAY_A_CALL)
        await meeting.mouse.click(10, 10)  # a page may play once somebody has touched it
        await page.bring_to_front()
        await page.get_by_test_id("open-sound").click()
        await page.get_by_test_id("connect-other").click()
        await expect(page.get_by_test_id("level-customer")).to_have_attribute("aria-valuenow", re.compile("[3-9][0-9]"))


@pytest.mark.timeout(200)
async def test_who_refuses_the_microphone_is_told_what_to_do(tmp_path: Path) -> None:
    await run_livecue(tmp_path, "users", "add", "pei", "--role", "trainer", "--password", PASSWORD, "--json")
    refused = ["--deny-permission-prompts"]
    async with serving(tmp_path) as server, softphone(server.url, "pei", microphone=refused) as page:
        await page.get_by_test_id("open-sound").click()
        told = page.locator('[data-testid^="trouble-"]')
        await expect(told).to_contain_text("麦克风")
        await expect(page.get_by_test_id("start-call")).to_be_disabled()
