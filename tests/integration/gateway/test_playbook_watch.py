"""Saved playbooks are noticed."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

from gateway.wiring import changes_in

LOOK_S = 0.1


async def test_saved_file_is_noticed(tmp_path: Path) -> None:
    async with asyncio.timeout(30), aclosing(changes_in(tmp_path)) as changes:
        noticed = asyncio.ensure_future(anext(changes))
        number = 0
        # The watcher does not say when it began, so save until it has seen one.
        while not (await asyncio.wait({noticed}, timeout=LOOK_S))[0]:
            number += 1
            await asyncio.to_thread((tmp_path / "small.yaml").write_text, f"version: {number}")
    assert noticed.result()
