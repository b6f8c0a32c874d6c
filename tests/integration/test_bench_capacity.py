"""A benchmark as a user runs it: a real server, a live call, the report. No figure of time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from bench.capacity import CapacityPlan, draw_capacity, measure_capacity
from gateway.bundled import CALLS_DIR
from gateway.settings import Settings

CALL_S = 9
"""The first recording's first turn lies within."""


async def test_one_call_is_measured_from_its_first_word_to_the_ledger(tmp_path: Path) -> None:
    recording = tmp_path / "call.flac"
    samples, rate_hz = soundfile.read(CALLS_DIR / "01-cross-sell.flac", dtype="int16", stop=CALL_S * 8_000)
    soundfile.write(recording, samples.astype(np.int16), rate_hz)
    turn = {"party": "agent", "start_ms": 800, "end_ms": 6_790, "text": "您好，这里是蓝海通信客服中心"}
    recording.with_suffix(".json").write_text(json.dumps([turn]), encoding="utf-8")
    told: list[str] = []

    plan = CapacityPlan((1,), seconds=CALL_S)
    report = await measure_capacity(Settings(data_dir=tmp_path), [recording], plan, on_progress=told.append)

    (level,) = json.loads(json.dumps(report))["levels"]
    assert (level["calls"], level["turns"], level["outcomes"]) == (1, 1, {"heard": 1})
    assert level["final_ms"]["n"] + level["turns_without_end"] == 1
    assert (level["calls_refused"], level["calls_broken"], level["finals_lost"]) == (0, {}, 0)
    assert level["ledger"]["adds_up"]
    assert level["ledger"]["received_ms"] == 2 * CALL_S * 1000
    assert level["cpu"]["server_cores"] > 0
    assert level["memory"]["max_mb"] > 0
    assert told
    draw_capacity(report, tmp_path / "capacity.png")
    assert (tmp_path / "capacity.png").stat().st_size > 0
