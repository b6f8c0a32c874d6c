"""Recordings with changed channels, and what is found of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assist.errors import InputError
from assist.messages import Envelope, Party
from bench.legs import measure_legs
from tests.support.fakes import utterance

RATE_HZ = 8_000
AGENT = ("您好请问有什么可以帮您", "好的我帮您查一下请您稍等", "已经为您办理成功了", "请问还有其他可以帮您的吗")
CUSTOMER = ("我想查一下这个月的话费", "怎么又扣了我二十块钱", "那你帮我取消了吧", "没有了谢谢你")


def call(directory: Path) -> tuple[Path, Path]:
    """A recording of half a minute and the log of what was heard in it."""
    samples = np.random.default_rng(1).normal(0, 2_000, (30 * RATE_HZ, 2)).astype(np.int16)
    recording, log = directory / "call.flac", directory / "heard.jsonl"
    soundfile.write(recording, samples, RATE_HZ)  # pyright: ignore[reportUnknownMemberType]
    said: list[tuple[Party, str]] = [
        turn for pair in zip(AGENT, CUSTOMER, strict=True) for turn in zip(("agent", "customer"), pair, strict=True)
    ]
    envelopes = [
        Envelope(
            call_id="call",
            seq=at + 1,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            event=utterance(party, at, text, at * 3_500, at * 3_500 + 3_300),
        )
        for at, (party, text) in enumerate(said)
    ]
    log.write_text("".join(one.model_dump_json() + "\n" for one in envelopes), "utf-8")
    return recording, log


def test_each_change_is_found_as_what_it_is_and_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    recording, log = call(tmp_path)
    changes = measure_legs([recording], [log])["changes"]
    found = {name: row["found"] for name, row in changes.items()}
    assert found == {name: int(name not in ("as they are", "echo of the agent")) for name in changes}
    assert all(row["found_wrong"] == 0 for row in changes.values())
    assert changes["no agent's leg"]["at_s_max"] == 8


def test_recording_without_a_log_is_refused(tmp_path: Path) -> None:
    recording, _ = call(tmp_path)
    with pytest.raises(InputError) as caught:
        measure_legs([recording], [])
    assert caught.value.code == "call-not-heard"
