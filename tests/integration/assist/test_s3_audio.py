"""Recordings in a bucket of a real server that speaks S3."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from assist.errors import StoreError
from assist.recovery import LeftOver
from assist.spool import CallSpool
from assist.stores.s3_audio import Bucket, S3AudioStore
from tests.support.envelopes import closed, log, opened
from tests.support.fakes import STEREO, FakeStore, ticking_clock
from tests.support.s3_server import S3Server, running_s3

RATE_HZ = 8_000


@pytest.fixture(scope="module")
def server() -> Generator[S3Server]:
    with running_s3() as running:
        yield running


@pytest.fixture
def bucket(server: S3Server) -> Bucket:
    return server.bucket()


async def save(store: S3AudioStore, spool: Path, call_id: str, seconds: int = 1) -> None:
    leg = spool / "agent.pcm"
    leg.write_bytes(np.random.default_rng(seconds).integers(-9_000, 9_000, seconds * RATE_HZ, dtype="<i2").tobytes())
    await store.save(call_id, {"agent": leg}, RATE_HZ)


async def test_another_node_hears_what_one_has_saved(bucket: Bucket, tmp_path: Path) -> None:
    await save(S3AudioStore(bucket, tmp_path / "one"), tmp_path, "call-1")
    path = await S3AudioStore(bucket, tmp_path / "two").path("call-1")
    assert path is not None
    assert path == tmp_path / "two" / "call-1.flac"
    assert path.read_bytes() == (tmp_path / "one" / "call-1.flac").read_bytes()


async def test_a_copy_that_holds_is_not_fetched_again(bucket: Bucket, tmp_path: Path) -> None:
    store = S3AudioStore(bucket, tmp_path / "audio")
    await save(store, tmp_path, "call-1")
    first = await store.path("call-1")
    assert first is not None
    state = first.stat()
    assert await store.path("call-1") == first
    assert first.stat().st_ino == state.st_ino


async def test_a_copy_of_what_was_saved_anew_is_fetched_again(bucket: Bucket, tmp_path: Path) -> None:
    one, two = S3AudioStore(bucket, tmp_path / "one"), S3AudioStore(bucket, tmp_path / "two")
    await save(one, tmp_path, "call-1")
    before = await two.path("call-1")
    assert before is not None
    short = before.stat().st_size
    await save(one, tmp_path, "call-1", seconds=3)
    after = await two.path("call-1")
    assert after is not None
    assert after.stat().st_size > 2 * short


async def test_a_copy_goes_when_the_recording_went(bucket: Bucket, tmp_path: Path) -> None:
    one, two = S3AudioStore(bucket, tmp_path / "one"), S3AudioStore(bucket, tmp_path / "two")
    await save(one, tmp_path, "call-1")
    assert await two.path("call-1") is not None
    assert await one.remove("call-1")
    assert await two.path("call-1") is None
    assert list((tmp_path / "two").iterdir()) == []


async def test_removing_takes_every_version_of_this_call_alone(server: S3Server, tmp_path: Path) -> None:
    bucket = server.bucket(is_versioned=True)
    store = S3AudioStore(bucket, tmp_path / "audio")
    for call_id in ("call-1", "call-1", "call-1.flac", "call-10"):
        await save(store, tmp_path, call_id)
    assert await store.remove("call-1")
    assert sorted(server.keys(bucket)) == ["sound/call-1.flac.flac", "sound/call-10.flac"]
    assert not await store.remove("call-1")


async def test_a_bucket_that_is_not_there_is_told_apart_from_a_server_that_is_away(
    bucket: Bucket, tmp_path: Path
) -> None:
    with pytest.raises(StoreError) as caught:
        await save(S3AudioStore(replace(bucket, name="nobodys"), tmp_path / "audio"), tmp_path, "call-1")
    assert caught.value.code == "audio-store-refused"


async def test_while_the_server_is_away_nothing_is_saved_and_nothing_left_behind(tmp_path: Path) -> None:
    with running_s3() as server:
        bucket = server.bucket()
    store = S3AudioStore(bucket, tmp_path / "audio")
    for attempt in (save(store, tmp_path, "call-1"), store.path("call-1"), store.remove("call-1")):
        with pytest.raises(StoreError) as caught:
            await attempt
        assert caught.value.code == "audio-store-unavailable"
    assert list((tmp_path / "audio").iterdir()) == []


async def test_a_call_waits_in_the_spool_until_the_server_is_back(tmp_path: Path) -> None:
    with running_s3() as server:
        bucket, port = server.bucket(), server.port
    sound = S3AudioStore(bucket, tmp_path / "audio")
    left_over = LeftOver(
        tmp_path / "spool",
        is_live=lambda call_id: False,
        store=FakeStore(),
        audio_store=sound,
        now=ticking_clock(),
        zone=UTC,
        on_closed=lambda call_id: None,
    )
    files = CallSpool(tmp_path / "spool" / "over", STEREO)
    files.leg("agent").append(0, bytes(16 * 500))
    for envelope in log("over", opened(), closed()):
        files.append(envelope)
    files.close()
    await left_over.complete()
    assert left_over.waiting == 1
    with running_s3(port) as server:
        await left_over.complete()
        assert left_over.waiting == 0
        assert server.keys(bucket) == ["sound/over.flac"]


async def test_copies_take_no_more_room_than_they_may(bucket: Bucket, tmp_path: Path) -> None:
    store = S3AudioStore(bucket, tmp_path / "audio", copies_bytes=20_000)
    for number in range(4):
        await save(store, tmp_path, f"call-{number}")
    assert [file.name for file in (tmp_path / "audio").iterdir()] == ["call-3.flac"]
    assert await store.path("call-0") is not None
    assert [file.name for file in (tmp_path / "audio").iterdir()] == ["call-0.flac"]


async def test_old_copies_go_while_nobody_asks_for_any(bucket: Bucket, tmp_path: Path) -> None:
    async with S3AudioStore.open(bucket, tmp_path / "audio", copies_bytes=2**30) as store:
        await save(store, tmp_path, "call-1")
    kept = S3AudioStore(bucket, tmp_path / "audio", copies_s=1e-6)
    await kept.sweep()
    assert list((tmp_path / "audio").iterdir()) == []
