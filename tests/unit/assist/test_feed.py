"""Between socket and lane: bounded memory, the rest on disk, order and positions kept, loss declared."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assist.feed import LegFeed
from assist.messages import AudioFrame, AudioGap
from assist.spool import LegRecording

RATE_HZ = 8000


def numbered(start_ms: int, length_ms: int, first: int) -> AudioFrame:
    samples = range(first, first + length_ms * 8)
    return AudioFrame("agent", start_ms, RATE_HZ, b"".join((n % 30_000).to_bytes(2, "little") for n in samples))


def gap(start_ms: int, end_ms: int) -> AudioGap:
    return AudioGap(party="agent", start_ms=start_ms, end_ms=end_ms, cause="lost")


def end_ms(item: AudioFrame | AudioGap) -> int:
    return item.end_ms if isinstance(item, AudioGap) else item.start_ms + len(item.pcm) // 16


async def drain(feed: LegFeed) -> list[AudioFrame | AudioGap]:
    items: list[AudioFrame | AudioGap] = []
    while (item := await feed.receive()) is not None:
        items.append(item)
    return items


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("sound"), st.integers(1, 300)),
            st.tuples(st.just("gap"), st.integers(1, 300)),
            st.tuples(st.just("take"), st.integers(1, 3)),
        ),
        max_size=40,
    )
)
def test_every_sample_and_gap_arrives_once_in_order_however_slow_the_lane(
    tmp_path: Path, steps: list[tuple[str, int]]
) -> None:
    async def scenario() -> None:
        recording = LegRecording(tmp_path / "agent.pcm", RATE_HZ)
        feed = LegFeed("agent", RATE_HZ, recording, limit_ms=200)
        sent_pcm, position, samples = b"", 0, 0
        received: list[AudioFrame | AudioGap] = []
        for kind, size in steps:
            if kind == "sound":
                frame = numbered(position, size, samples)
                feed.push(frame)
                sent_pcm += frame.pcm
                samples += size * 8
                position += size
            elif kind == "gap":
                feed.push(gap(position, position + size))
                position += size
            else:
                for _ in range(size):
                    if received and end_ms(received[-1]) == position:
                        break
                    if position and (item := await feed.receive()) is not None:
                        received.append(item)
        feed.close()
        received += await drain(feed)
        assert b"".join(item.pcm for item in received if isinstance(item, AudioFrame)) == sent_pcm
        clock = 0
        for item in received:
            assert item.start_ms == clock
            clock = end_ms(item)
        assert clock == position == feed.end_ms
        recording.close()

    asyncio.run(scenario())


async def test_audio_beyond_the_bound_waits_on_disk_and_is_counted(tmp_path: Path) -> None:
    recording = LegRecording(tmp_path / "agent.pcm", RATE_HZ)
    feed = LegFeed("agent", RATE_HZ, recording, limit_ms=100)
    for number in range(20):
        assert feed.push(numbered(number * 20, 20, number * 160)) is None
    feed.close()
    items = await drain(feed)
    assert feed.spooled_ms == 300
    assert sum(len(item.pcm) for item in items if isinstance(item, AudioFrame)) == 400 * 16
    recording.close()


async def test_without_a_disk_the_oldest_sound_is_shed_and_declared() -> None:
    feed = LegFeed("agent", RATE_HZ, None, limit_ms=100)
    shed = [feed.push(numbered(number * 20, 20, 0)) for number in range(10)]
    feed.close()
    items = await drain(feed)
    declared = sum(gap.end_ms - gap.start_ms for gap in shed if gap)
    assert declared == feed.shed_ms > 0
    assert isinstance(items[0], AudioGap)
    assert items[0].cause == "shed"
    assert items[0].end_ms - items[0].start_ms == declared
    assert feed.end_ms == 200


async def test_disk_failure_is_raised_and_the_feed_goes_on_without_it(tmp_path: Path) -> None:
    recording = LegRecording(tmp_path / "agent.pcm", RATE_HZ)
    feed = LegFeed("agent", RATE_HZ, recording, limit_ms=100)
    recording.close()
    with pytest.raises((OSError, ValueError)):
        feed.push(numbered(0, 20, 0))
    feed.lose_disk()
    feed.push(numbered(0, 20, 0))
    assert feed.end_ms == 20


def test_gap_in_a_recording_reads_as_silence_at_the_right_place(tmp_path: Path) -> None:
    recording = LegRecording(tmp_path / "agent.pcm", RATE_HZ)
    recording.append(0, b"\x01\x02" * 80)
    recording.append(100, b"\x03\x04" * 80)
    recording.close()
    raw = (tmp_path / "agent.pcm").read_bytes()
    assert raw == b"\x01\x02" * 80 + bytes(2 * 720) + b"\x03\x04" * 80
