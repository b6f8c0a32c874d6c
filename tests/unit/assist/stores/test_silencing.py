"""Private words out of the sound."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import Party
from assist.ports import Rates
from assist.redaction.sound import SilentSpans
from assist.stores.silencing import Samples, SilencedAudioStore, silenced

RATE_HZ = 8_000


def tone(ms: int) -> Samples:
    return (12_000 * np.sin(np.arange(ms * RATE_HZ // 1000) * 2 * np.pi * 440 / RATE_HZ)).astype(np.int16)


def test_span_is_silent_and_what_is_further_away_is_as_it_was() -> None:
    sound = tone(1_000)
    result = silenced(sound, RATE_HZ, [(300, 500)], fade_ms=8)
    assert not result[2_400:4_000].any()
    assert np.array_equal(result[: 2_400 - 64], sound[: 2_400 - 64])
    assert np.array_equal(result[4_000 + 64 :], sound[4_000 + 64 :])


def test_edges_fade_without_a_click() -> None:
    loud = np.full(8_000, 20_000, np.int16)
    steps = np.abs(np.diff(silenced(loud, RATE_HZ, [(300, 500)], fade_ms=8).astype(np.int32)))
    assert steps.max() < 20_000 * np.pi / 2 / 64 + 2


@given(
    cuts=st.lists(st.integers(1, 7_999), max_size=6),
    spans=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200)), max_size=4),
)
def test_blocks_give_the_same_as_the_whole(cuts: list[int], spans: list[tuple[int, int]]) -> None:
    sound = tone(1_000)
    spans_ms = [(start, start + length) for start, length in spans]
    edges = [0, *sorted(set(cuts)), len(sound)]
    blocks = [silenced(sound[start:end], RATE_HZ, spans_ms, first_sample=start) for start, end in pairwise(edges)]
    assert np.array_equal(np.concatenate(blocks), silenced(sound, RATE_HZ, spans_ms))


def test_span_outside_the_sound_changes_nothing() -> None:
    sound = tone(100)
    assert np.array_equal(silenced(sound, RATE_HZ, [(5_000, 6_000)]), sound)


def test_fade_needs_a_length() -> None:
    with pytest.raises(ValueError, match="fade_ms"):
        silenced(tone(10), RATE_HZ, [], fade_ms=0)


class Recording:
    """An audio store with one call."""

    def __init__(self, file: Path) -> None:
        self.file: Path | None = file

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        raise NotImplementedError

    async def path(self, call_id: str) -> Path | None:
        return self.file

    async def remove(self, call_id: str) -> bool:
        found, self.file = self.file is not None, None
        return found


def recorded(directory: Path, channels: int) -> tuple[Path, Samples]:
    sound = np.stack([tone(2_000)] * channels, axis=1)
    file = directory / "call.flac"
    soundfile.write(file, sound, RATE_HZ, subtype="PCM_16")  # pyright: ignore[reportUnknownMemberType]
    return file, sound


def heard(file: Path) -> Samples:
    sound, _ = soundfile.read(file, dtype="int16", always_2d=True)  # pyright: ignore[reportUnknownMemberType]
    return np.asarray(sound, np.int16)


async def test_only_who_says_it_is_silenced_in_what_is_played(tmp_path: Path) -> None:
    file, sound = recorded(tmp_path, 2)

    async def spans(call_id: str) -> SilentSpans:
        return {"customer": [(500, 900)]}

    store = SilencedAudioStore(Recording(file), tmp_path / "played", private_sound=spans)
    played = await store.path("c1")
    assert played is not None
    assert played != file
    assert played.stat().st_mode & 0o077 == 0
    assert not heard(played)[4_000:7_200, 1].any()
    assert np.array_equal(heard(played)[:, 0], sound[:, 0])
    assert np.array_equal(heard(file), sound)


async def test_one_channel_is_silenced_whoever_says_it(tmp_path: Path) -> None:
    file, _ = recorded(tmp_path, 1)

    async def spans(call_id: str) -> SilentSpans:
        return {"customer": [(500, 900)]}

    played = await SilencedAudioStore(Recording(file), tmp_path / "played", private_sound=spans).path("c1")
    assert played is not None
    assert not heard(played)[4_000:7_200].any()


async def test_call_without_private_words_is_played_as_it_is(tmp_path: Path) -> None:
    file, _ = recorded(tmp_path, 1)

    async def spans(call_id: str) -> SilentSpans:
        return {}

    assert await SilencedAudioStore(Recording(file), tmp_path / "played", private_sound=spans).path("c1") == file


async def test_copy_is_made_anew_when_more_is_private_and_goes_with_the_sound(tmp_path: Path) -> None:
    file, _ = recorded(tmp_path, 1)
    told: dict[Party, list[tuple[int, int]]] = {"mixed": [(0, 100)]}

    async def spans(call_id: str) -> SilentSpans:
        return told

    store = SilencedAudioStore(Recording(file), tmp_path / "played", private_sound=spans)
    first = await store.path("c1")
    assert await store.path("c1") == first
    told["mixed"].append((1_000, 1_500))
    second = await store.path("c1")
    assert second != first
    assert list((tmp_path / "played" / "c1").iterdir()) == [second]
    assert await store.remove("c1")
    assert not (tmp_path / "played" / "c1").exists()
    assert await store.path("c1") is None
