"""What judging a voice costs, measured on a generated recogniser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile

from bench.voice import measure_voice
from gateway.model_settings import AsrSettings
from gateway.settings import Settings
from tests.support.tiny_whisper import write_whisper


def test_every_part_of_every_utterance_is_timed(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-6_000, 6_000, 16_000).astype(np.int16)
    cast("Any", soundfile).write(tmp_path / "one.wav", noise, 8_000)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps({"path": "one.wav", "text": "你好"}), encoding="utf-8")
    settings = Settings(asr=AsrSettings(model=str(write_whisper(tmp_path / "whisper"))))
    seen: list[str] = []
    report = measure_voice(settings, [manifest], repetitions=2, on_progress=seen.append)
    assert (report["utterances"], report["audio_s"], len(seen)) == (1, 2.0, 2)
    took_ms = cast("dict[str, dict[str, float]]", report["milliseconds"])
    assert set(took_ms) == {"decode_without", "decode_with", "sound", "judgement", "difference"}
    assert all(set(one) == {"p50", "p95"} for one in took_ms.values())
