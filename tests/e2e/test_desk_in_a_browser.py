"""An agent's browser over a real server and a real demo call, at the speed of life."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, WebSocket, async_playwright, expect

from tests.support.chromium import chromium_path
from tests.support.cuttable_proxy import CuttableProxy, cuttable_proxy
from tests.support.livecue_process import LivecueProcess, run_livecue, serving

CALL = Path(__file__).parents[2] / "examples" / "calls" / "01-cross-sell.flac"
CUSTOMERS = CALL.parents[1] / "customers" / "telecom.csv"
PASSWORD = "a-long-test-password"


class DeskFrames:
    """Every seq that the server sent to the page, as it arrived."""

    def __init__(self, page: Page) -> None:
        self.snapshots: list[int] = []
        self.events: list[tuple[int, str]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._take)

    def _take(self, payload: str | bytes) -> None:
        message: dict[str, Any] = json.loads(payload)
        if message["type"] == "snapshot":
            self.snapshots.append(message["view"]["seq"])
        elif message["type"] == "events":
            self.events += [(e["seq"], e["event"]["type"]) for e in message["envelopes"]]


@asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield launched
        await launched.close()


async def log_in(page: Page, url: str, name: str) -> None:
    await page.goto(url)
    await page.get_by_test_id("login-name").fill(name)
    await page.get_by_test_id("login-password").fill(PASSWORD)
    await page.get_by_test_id("login-submit").click()
    await expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "open")


async def drop_and_return(proxy: CuttableProxy, page: Page) -> None:
    """The network goes away for a moment."""
    proxy.is_down = True
    proxy.cut()
    await expect(page.get_by_test_id("offline-banner")).to_be_visible()
    proxy.is_down = False
    await expect(page.get_by_test_id("connection-state")).to_have_attribute("data-state", "open", timeout=20_000)


async def unfold(page: Page, test_id: str) -> None:
    """Open a folded section, if it is not open."""
    section = page.get_by_test_id(test_id)
    toggle = section.locator("xpath=descendant-or-self::button[@aria-expanded]").first
    if await toggle.get_attribute("aria-expanded") == "false":
        await toggle.click()


async def work_the_call(page: Page, proxy: CuttableProxy) -> None:
    """What an agent does in the demo call, in the order in which it happens."""
    await expect(page.get_by_test_id("call-header")).to_contain_text("王建国", timeout=20_000)
    await expect(page.get_by_test_id("customer-look-up")).to_contain_text("毫秒查得")
    await expect(page.get_by_test_id("tag-stock")).to_have_text("存量客户", timeout=20_000)
    await expect(page.get_by_test_id("line-customer-1")).to_contain_text("流量", timeout=20_000)

    await expect(page.get_by_test_id("intent-query_usage").first).to_be_visible(timeout=20_000)
    await expect(page.get_by_test_id("feelings-customer")).to_be_visible()

    offer = page.get_by_test_id("prompt-data-pack-30g-1")
    await expect(offer).to_be_visible(timeout=40_000)
    await expect(offer).to_contain_text("流量包")
    await offer.get_by_test_id("why").click()
    await expect(offer.get_by_test_id("because")).to_contain_text("流量")
    await expect(offer.get_by_test_id("latency")).to_be_visible()
    await offer.get_by_test_id("accept").click()
    await expect(offer.get_by_test_id("accept")).to_be_hidden()

    await drop_and_return(proxy, page)

    confirm = page.get_by_test_id("prompt-confirm-order-1")
    await expect(confirm).to_be_visible(timeout=60_000)
    await confirm.get_by_test_id("dismiss").click()
    await expect(confirm.get_by_test_id("dismiss")).to_be_hidden()
    await unfold(page, "met-flags")
    await expect(page.get_by_test_id("flags")).to_contain_text("开场白")
    await expect(page.get_by_test_id("call-state")).to_contain_text("已结束", timeout=60_000)
    await unfold(page, "prompt-history")
    await expect(offer).to_have_attribute("data-state", "accepted")
    await expect(confirm).to_have_attribute("data-state", "dismissed")


@pytest.mark.timeout(400)
async def test_agent_follows_a_call_uses_its_cues_and_survives_a_dropped_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECUE_CUSTOMERS", f"csv:{CUSTOMERS}")
    await run_livecue(
        tmp_path, "users", "add", "li", "--role", "agent", "--agent-id", "1001", "--password", PASSWORD, "--json"
    )
    async with serving(tmp_path) as server, cuttable_proxy(server.port) as proxy, browser() as launched:
        context = await launched.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        frames = DeskFrames(page)
        await log_in(page, f"http://127.0.0.1:{proxy.port}/", "li")
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(
                run_livecue(tmp_path, "call", str(CALL), "--url", f"ws://127.0.0.1:{server.port}", "--json")
            )
            await work_the_call(page, proxy)
        logged: list[dict[str, Any]] = playing.result()
        call_id = logged[0]["call_id"]
        await assert_page_shows_every_utterance_once(page, logged)
        stored = await stored_events(server, tmp_path, call_id)
        await context.close()

    assert_nothing_lost_or_repeated(frames, stored)
    outcomes = Counter((e["prompt_id"], e["outcome"]) for e in stored.values() if e["type"] == "prompt-outcome")
    assert outcomes["data-pack-30g-1", "accepted"] == 1
    assert outcomes["confirm-order-1", "dismissed"] == 1
    assert outcomes["data-pack-30g-1", "shown"] == 1
    assert_words_of_the_ground_truth(stored)


async def assert_page_shows_every_utterance_once(page: Page, logged: list[dict[str, Any]]) -> None:
    spoken = [e["event"] for e in logged if e["event"]["type"] == "utterance"]
    lines = page.locator('[data-testid^="line-"]')
    await expect(lines).to_have_count(len(spoken))
    for utterance in spoken:
        shown = utterance["display_text"] or utterance["text"]
        await expect(page.get_by_test_id(f"line-{utterance['utterance_id']}")).to_contain_text(shown)


async def stored_events(server: LivecueProcess, data_dir: Path, call_id: str) -> dict[int, dict[str, Any]]:
    key = (data_dir / "cli-key").read_text().strip()
    events: dict[int, dict[str, Any]] = {}
    after: int | None = 0
    async with httpx.AsyncClient(base_url=server.url, headers={"X-Api-Key": key}) as client:
        while after is not None:
            answer = await client.get(f"/api/v1/calls/{call_id}/events", params={"after": after})
            answer.raise_for_status()
            events |= {e["seq"]: e["event"] for e in answer.json()["envelopes"]}
            after = answer.json()["next"]
    return events


def assert_nothing_lost_or_repeated(frames: DeskFrames, stored: dict[int, dict[str, Any]]) -> None:
    """One snapshot, then rising seqs over both connections; only superseded partials may be missing."""
    assert len(frames.snapshots) == 1
    seqs = [seq for seq, _ in frames.events]
    assert seqs == sorted(set(seqs))
    received = set(seqs)
    missing = {seq for seq in stored if frames.snapshots[0] < seq <= seqs[-1]} - received
    assert {stored[seq]["type"] for seq in missing} <= {"partial-transcript"}


def assert_words_of_the_ground_truth(stored: dict[int, dict[str, Any]]) -> None:
    truth = json.loads(CALL.with_suffix(".json").read_text(encoding="utf-8"))
    said = Counter("".join(turn["text"] for turn in truth["turns"]))
    heard = Counter("".join(e["text"] for e in stored.values() if e["type"] == "utterance"))
    assert (said & heard).total() / said.total() > 0.7
