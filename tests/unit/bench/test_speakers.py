"""Calls are composed as they say they are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from asr.evaluation.manifest import ManifestRow
from bench.speakers import LEAST_TURNS, Tally, compose

RATE_HZ = 8_000


def rows(directory: Path, seconds: int) -> list[ManifestRow]:
    """Two speakers, of whom nobody can take one for the other: one is twice as loud."""
    made: list[ManifestRow] = []
    for at, who in enumerate(("first", "second")):
        samples = np.random.default_rng(at).integers(-6_000 * (at + 1), 6_000 * (at + 1), seconds * RATE_HZ)
        path = directory / f"{who}.flac"
        soundfile.write(path, samples.astype(np.int16), RATE_HZ)  # pyright: ignore[reportUnknownMemberType]
        made.append(ManifestRow(path, "", speaker=who))
    return made


def test_every_two_speakers_talk_either_way_round_and_the_same_seed_gives_the_same_calls(tmp_path: Path) -> None:
    sounds = rows(tmp_path, 60)
    calls, again = (list(compose(sounds, 2, 3, "8k")) for _ in range(2))
    assert [call.name for call in calls] == [
        f"{pair}-{at}" for pair in ("first-second", "second-first") for at in (0, 1)
    ]
    assert all(
        (one.pcm == other.pcm).all() and one.turns == other.turns for one, other in zip(calls, again, strict=True)
    )


def test_turns_lie_where_their_sound_is_and_overlap_seldom(tmp_path: Path) -> None:
    for call in compose(rows(tmp_path, 60), 3, 5, "8k"):
        assert len(call.turns) >= LEAST_TURNS
        assert all(one.start < other.start for one, other in pairwise(call.turns))
        overlap = sum(max(0, one.end - other.start) for one, other in pairwise(call.turns))
        assert overlap < 0.2 * len(call.pcm)
        agent = {"first": 6_000, "second": 12_000}[call.name.partition("-")[0]]
        alone = next(turn for turn in call.turns if turn.party == "agent")
        loudest = int(np.abs(call.pcm[alone.start : alone.start + RATE_HZ // 2].astype(int)).max())
        assert 0.9 * agent < loudest < 1.2 * agent


def test_speakers_with_too_little_sound_have_no_call(tmp_path: Path) -> None:
    assert list(compose(rows(tmp_path, 2), 2, 3, "8k")) == []


def test_shares_add_up() -> None:
    tally = Tally()
    for found in ("agent", "agent", "customer", None):
        tally.count(found, "agent")
    report = tally.report()
    assert (report["right"], report["wrong"], report["unsure"]) == (50, 25, 25)
    assert round(report["right_of_named"], 1) == 66.7
