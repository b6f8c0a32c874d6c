"""The demonstration as a user runs it, with the real recogniser."""

from __future__ import annotations

from pathlib import Path

from tests.support.livecue_process import run_livecue

CALL = Path(__file__).parents[3] / "examples" / "calls" / "02-refused-then-pushed.flac"


async def test_smoke_demo_brings_words_prompts_and_flags_and_ends_by_itself(tmp_path: Path) -> None:
    await run_livecue(tmp_path, "demo", "--smoke", str(CALL))
