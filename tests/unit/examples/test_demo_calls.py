"""The bundled demo calls are what their README promises."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import soundfile as sf
from pydantic import BaseModel, ConfigDict, Field

from assist.messages import Agent, Customer, Verdict
from bench.judged_calls import JudgedTurn

CALLS = Path(__file__).parents[3] / "examples" / "calls"
TELECOM = ("01-cross-sell", "02-refused-then-pushed", "03-bill-complaint", "04-hesitant-handset")
HOTLINES = CALLS / "other-hotlines"
OTHERS = ("bank-instalment", "retail-parcel-lost")
NAMES = (*TELECOM, *(f"other-hotlines/{name}" for name in OTHERS))
MAX_TOTAL_BYTES = 6 * 1024 * 1024


class Turn(JudgedTurn):
    """Nothing else stands in it."""

    model_config = ConfigDict(extra="forbid")


class GroundTruth(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    language: Literal["zh-CN"]
    license: str
    playbook: Literal["bank", "retail"] | None = None
    duration_ms: int
    agent: Agent
    customer: Customer
    turns: tuple[Turn, ...]
    at_close: dict[str, Verdict] = Field(default_factory=dict)
    tags: tuple[str, ...]


def ground_truth(name: str) -> GroundTruth:
    return GroundTruth.model_validate_json((CALLS / f"{name}.json").read_bytes())


@pytest.mark.parametrize(("folder", "names"), [(CALLS, TELECOM), (HOTLINES, OTHERS)])
def test_demo_calls_are_the_documented_ones(folder: Path, names: tuple[str, ...]) -> None:
    assert sorted(path.stem for path in folder.glob("*.flac")) == list(names)
    assert sorted(path.stem for path in folder.glob("*.json")) == list(names)
    assert sorted(path.stem for path in (folder / "dialogues").glob("*.yaml")) == list(names)


def test_demo_calls_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in CALLS.rglob("*.flac")) <= MAX_TOTAL_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_demo_call_is_stereo_telephone_sound_of_one_to_two_minutes(name: str) -> None:
    info = sf.info(CALLS / f"{name}.flac")
    assert (info.channels, info.samplerate, info.subtype, info.format) == (2, 8_000, "PCM_16", "FLAC")
    assert 60 <= info.duration <= 120
    assert ground_truth(name).duration_ms == info.frames * 1000 // info.samplerate


@pytest.mark.parametrize("name", NAMES)
def test_turns_lie_in_order_inside_the_call(name: str) -> None:
    truth = ground_truth(name)
    assert all(0 < turn.start_ms < turn.end_ms < truth.duration_ms for turn in truth.turns)
    assert all(first.start_ms < second.start_ms for first, second in pairwise(truth.turns))
    for party in ("agent", "customer"):
        own = [turn for turn in truth.turns if turn.party == party]
        assert all(first.end_ms < second.start_ms for first, second in pairwise(own))


@pytest.mark.parametrize("name", NAMES)
def test_turn_times_bound_the_speech_to_a_tenth_of_a_second(name: str) -> None:
    samples, rate_hz = sf.read(CALLS / f"{name}.flac", dtype="float32", always_2d=True)
    margin = rate_hz // 10
    audible = 0.01
    for channel, party in enumerate(("agent", "customer")):
        level = np.abs(samples[:, channel])
        outside = np.ones(len(level), bool)
        for turn in ground_truth(name).turns:
            if turn.party == party:
                start, end = turn.start_ms * rate_hz // 1000, turn.end_ms * rate_hz // 1000
                assert level[start : start + margin].max() > audible
                assert level[end - margin : end].max() > audible
                outside[start - margin : end + margin] = False
        assert level[outside].max() < audible
