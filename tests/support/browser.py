"""A real browser on a service's pages, signed in."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

from assist.stores.accounts import Role
from gateway.service import Service
from tests.support.chromium import chromium_path
from tests.support.service import PASSWORD, listening

PATIENCE_MS = 60_000


@asynccontextmanager
async def page_of(
    service: Service,
    path: str,
    role: Role,
    *,
    name: str | None = None,
    display_name: str = "",
    agent_id: str | None = None,
) -> AsyncGenerator[Page]:
    """A page in Chinese at 1440 x 900, opened by a new user of that role who has just logged in there.

    ``name`` to log in with, by default the role's.
    """
    name = name or role
    await service.accounts.add_user(name, role, password=PASSWORD, display_name=display_name, agent_id=agent_id)
    async with listening(service) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{port}{path}")
        await page.get_by_test_id("login-name").fill(name)
        await page.get_by_test_id("login-password").fill(PASSWORD)
        await page.get_by_test_id("login-submit").click()
        yield page
        await context.close()
        await browser.close()
