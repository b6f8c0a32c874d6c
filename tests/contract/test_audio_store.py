"""What every AudioStore must do."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from assist.errors import InputError, StoreError
from assist.messages import Party
from assist.ports import AudioStore
from assist.stores.audio import FlacAudioStore
from assist.stores.s3_audio import S3AudioStore
from tests.support.s3_server import S3Server, running_s3

RATE_HZ = 8_000
BLOCK_FRAMES = 1_000

Samples = npt.NDArray[np.int16]


@pytest.fixture(scope="module")
def s3_server() -> Generator[S3Server]:
    with running_s3() as server:
        yield server


@pytest.fixture(params=["flac-files", "s3"])
def audio(request: pytest.FixtureRequest, s3_server: S3Server, tmp_path: Path) -> AudioStore:
    if request.param == "s3":
        return S3AudioStore(s3_server.bucket(), tmp_path / "audio")
    return FlacAudioStore(tmp_path / "audio", block_frames=BLOCK_FRAMES)


def noise(frames: int, seed: int) -> Samples:
    return np.random.default_rng(seed).integers(-32_768, 32_767, frames, dtype=np.int16, endpoint=True)


def spool(directory: Path, legs: Mapping[Party, Samples], *, tail: bytes = b"") -> dict[Party, Path]:
    """Raw files as the spool leaves them."""
    paths: dict[Party, Path] = {}
    for party, samples in legs.items():
        paths[party] = directory / f"{party}.pcm"
        paths[party].write_bytes(samples.astype("<i2").tobytes() + tail)
    return paths


def files_under(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


async def stored(audio: AudioStore, call_id: str) -> Samples:
    """Shape (frames, channels)."""
    path = await audio.path(call_id)
    assert path is not None
    samples, rate_hz = cast(Any, soundfile).read(path, dtype="int16", always_2d=True)
    assert rate_hz == RATE_HZ
    return samples


async def test_legs_of_different_rates_meet_at_the_higher_one(audio: AudioStore, tmp_path: Path) -> None:
    seconds = np.arange(4 * RATE_HZ) / RATE_HZ
    tone = (10_000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16)
    legs = spool(tmp_path, {"agent": tone, "customer": tone[::2][: len(tone) // 2]})
    await audio.save("call-1", legs, {"agent": RATE_HZ, "customer": RATE_HZ // 2})
    samples = (await stored(audio, "call-1")).astype(np.float64)
    assert samples.shape == (len(tone), 2)
    assert np.array_equal(samples[:, 0], tone)
    middle = slice(RATE_HZ, 3 * RATE_HZ)
    assert np.corrcoef(samples[middle, 0], samples[middle, 1])[0, 1] > 0.999


async def test_agent_is_left_and_customer_is_right(audio: AudioStore, tmp_path: Path) -> None:
    agent, customer = noise(2_500, 1), noise(2_500, 2)
    await audio.save("call-1", spool(tmp_path, {"customer": customer, "agent": agent}), RATE_HZ)
    assert np.array_equal(await stored(audio, "call-1"), np.stack([agent, customer], axis=1))


async def test_a_shorter_leg_is_filled_with_silence(audio: AudioStore, tmp_path: Path) -> None:
    agent, customer = noise(3_700, 1), noise(1_200, 2)
    await audio.save("call-1", spool(tmp_path, {"agent": agent, "customer": customer}), RATE_HZ)
    samples = await stored(audio, "call-1")
    assert np.array_equal(samples[:, 0], agent)
    assert np.array_equal(samples[:1_200, 1], customer)
    assert not samples[1_200:, 1].any()


async def test_a_missing_leg_is_silent(audio: AudioStore, tmp_path: Path) -> None:
    customer = noise(1_500, 2)
    await audio.save("call-1", spool(tmp_path, {"customer": customer}), RATE_HZ)
    samples = await stored(audio, "call-1")
    assert not samples[:, 0].any()
    assert np.array_equal(samples[:, 1], customer)


async def test_a_mixed_leg_is_mono(audio: AudioStore, tmp_path: Path) -> None:
    mixed = noise(1_000, 3)
    await audio.save("call-1", spool(tmp_path, {"mixed": mixed}), RATE_HZ)
    assert np.array_equal(await stored(audio, "call-1"), mixed[:, np.newaxis])


async def test_half_a_sample_at_the_end_is_left_out(audio: AudioStore, tmp_path: Path) -> None:
    agent = noise(BLOCK_FRAMES, 1)
    await audio.save("call-1", spool(tmp_path, {"agent": agent}, tail=b"\x7f"), RATE_HZ)
    assert np.array_equal((await stored(audio, "call-1"))[:, 0], agent)


async def test_a_call_without_sound_has_a_file_that_plays(audio: AudioStore, tmp_path: Path) -> None:
    await audio.save("call-1", spool(tmp_path, {"agent": noise(0, 1)}), RATE_HZ)
    assert not (await stored(audio, "call-1")).any()


async def test_saving_again_replaces_the_sound(audio: AudioStore, tmp_path: Path) -> None:
    await audio.save("call-1", spool(tmp_path, {"agent": noise(500, 1)}), RATE_HZ)
    await audio.save("call-1", spool(tmp_path, {"agent": noise(900, 2)}), RATE_HZ)
    assert len(await stored(audio, "call-1")) == 900


async def test_an_unknown_call_has_no_file(audio: AudioStore) -> None:
    assert await audio.path("call-1") is None


async def test_a_failed_save_leaves_nothing_behind(audio: AudioStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        await audio.save("call-1", {"agent": tmp_path / "missing.pcm"}, RATE_HZ)
    assert caught.value.code == "audio-store-unavailable"
    assert await audio.path("call-1") is None
    assert files_under(tmp_path) == []


async def test_a_failed_save_keeps_what_was_saved_before(audio: AudioStore, tmp_path: Path) -> None:
    await audio.save("call-1", spool(tmp_path, {"agent": noise(500, 1)}), RATE_HZ)
    with pytest.raises(StoreError):
        await audio.save("call-1", spool(tmp_path, {"agent": noise(900, 1)}), rate_hz=10_000_000)
    assert len(await stored(audio, "call-1")) == 500


@pytest.mark.parametrize("call_id", ["..", ".", "a.flac", "-x", "A" * 64])
async def test_every_id_the_protocol_allows_stays_inside_the_store(
    audio: AudioStore, tmp_path: Path, call_id: str
) -> None:
    await audio.save(call_id, spool(tmp_path, {"agent": noise(10, 1)}), RATE_HZ)
    path = await audio.path(call_id)
    assert path is not None
    assert path.resolve().parent == (tmp_path / "audio").resolve()


@pytest.mark.parametrize("call_id", ["", "../x", "a/b", "/etc/passwd", "a\\b", "a\0", "通话", "a\n", "A" * 65])
async def test_other_ids_are_refused(audio: AudioStore, tmp_path: Path, call_id: str) -> None:
    for attempt in (audio.save(call_id, spool(tmp_path, {"agent": noise(10, 1)}), RATE_HZ), audio.path(call_id)):
        with pytest.raises(InputError) as caught:
            await attempt
        assert caught.value.code == "bad-call-id"


@pytest.mark.parametrize("parties", [(), ("mixed", "agent")])
async def test_legs_that_make_no_call_are_a_bug_of_the_caller(
    audio: AudioStore, tmp_path: Path, parties: tuple[Party, ...]
) -> None:
    with pytest.raises(ValueError, match="legs must be"):
        await audio.save("call-1", spool(tmp_path, {party: noise(10, 1) for party in parties}), RATE_HZ)


async def test_removed_sound_is_gone(audio: AudioStore, tmp_path: Path) -> None:
    await audio.save("call", spool(tmp_path, {"agent": noise(500, seed=1)}), RATE_HZ)
    assert await audio.remove("call")
    assert await audio.path("call") is None
    assert not await audio.remove("call")
