"""One party's sound from its packets: order, loss, silence, and senders that begin anew."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import decode
from gateway.sources.codec import Missing, Sound
from gateway.sources.rtp.leg import RtpCounts, RtpLeg, RtpLimits
from gateway.sources.rtp.packets import read_rtp
from tests.support.rtp import rtp, stream

Item = Sound | Missing


def g711(packets: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(160 * packets)


def linear(sound: bytes) -> bytes:
    return decode("mulaw", sound).astype("<i2").tobytes()


def played(packets: Iterable[tuple[float, bytes]], limits: RtpLimits | None = None) -> tuple[list[Item], RtpCounts]:
    leg = RtpLeg("customer", 0.0, limits)
    items: list[Item] = []
    for at_s, data in packets:
        packet = read_rtp(data)
        assert packet is not None
        items += leg.push(packet, at_s)
    return items + leg.finish(), leg.counts


def pcm(items: Sequence[Item]) -> bytes:
    return b"".join(item.pcm for item in items if isinstance(item, Sound))


def gaps(items: Sequence[Item]) -> list[tuple[int, str]]:
    return [(item.duration_ms, item.cause) for item in items if isinstance(item, Missing)]


def shape(items: Sequence[Item]) -> list[int | str]:
    """Lengths in ms: of sound as numbers, of gaps as texts."""
    lengths: list[int | str] = []
    for item in items:
        if isinstance(item, Missing):
            lengths.append(f"{item.cause} {item.duration_ms}")
        elif lengths and isinstance(lengths[-1], int):
            lengths[-1] += len(item.pcm) // 16
        else:
            lengths.append(len(item.pcm) // 16)
    return lengths


def test_packets_in_order_are_their_sound() -> None:
    sound = g711(50)
    items, counts = played(stream(sound))
    assert pcm(items) == linear(sound)
    assert not gaps(items)
    assert counts == RtpCounts(packets=50)


def test_a_law_is_told_by_the_payload_type() -> None:
    sound = g711(10)
    items, _ = played(stream(sound, payload_type=8))
    assert pcm(items) == decode("alaw", sound).astype("<i2").tobytes()


def test_the_law_may_change() -> None:
    items, _ = played([(0.0, rtp(1, 0, b"\x55" * 160)), (0.02, rtp(2, 160, b"\x55" * 160, payload_type=8))])
    assert pcm(items) == linear(b"\x55" * 160) + decode("alaw", b"\x55" * 160).astype("<i2").tobytes()


def test_packets_of_any_length_are_taken() -> None:
    items, _ = played([(0.0, rtp(1, 0, bytes(80))), (0.01, rtp(2, 80, bytes(240))), (0.04, rtp(3, 320, bytes(33)))])
    assert shape(items) == [44]
    assert len(pcm(items)) == 2 * 353


def test_what_is_lost_is_a_gap() -> None:
    packets = list(stream(g711(30)))
    items, counts = played(packets[:10] + packets[13:])
    assert shape(items) == [200, "lost 60", 340]
    assert counts.lost == 3


def test_loss_at_the_end_is_not_known() -> None:
    packets = list(stream(g711(30)))
    items, _ = played(packets[:20])
    assert shape(items) == [400]


def test_packets_are_put_in_order() -> None:
    sound = g711(30)
    packets = list(stream(sound))
    packets[5], packets[7] = (packets[5][0], packets[7][1]), (packets[7][0], packets[5][1])
    items, counts = played(packets)
    assert pcm(items) == linear(sound)
    assert (counts.lost, counts.late) == (0, 0)


def test_a_packet_that_comes_too_late_is_left_out() -> None:
    packets = list(stream(g711(60)))
    late = packets.pop(10)
    packets.insert(50, (packets[50][0], late[1]))
    items, counts = played(packets)
    assert shape(items) == [200, "lost 20", 980]
    assert (counts.lost, counts.late) == (1, 1)


def test_duplicates_are_left_out() -> None:
    sound = g711(20)
    items, counts = played([packet for packet in stream(sound) for _ in range(3)])
    assert pcm(items) == linear(sound)
    assert (counts.duplicates, counts.late) == (40, 0)


def test_jitter_moves_nothing() -> None:
    sound = g711(40)
    jitter = random.Random(3)
    packets = [(at_s + (jitter.random() * 0.2 if at_s else 0), data) for at_s, data in stream(sound)]
    items, _ = played(sorted(packets, key=lambda packet: packet[0]))
    assert pcm(items) == linear(sound)
    assert not gaps(items)


def test_comfort_noise_is_silence_and_nothing_is_lost() -> None:
    packets = [(0.02 * n, rtp(n, 160 * n, bytes(160))) for n in range(5)]
    packets += [(0.10, rtp(5, 800, b"\x40", payload_type=13)), (0.60, rtp(6, 4800, b"\x40", payload_type=13))]
    packets += [(1.00 + 0.02 * n, rtp(7 + n, 8000 + 160 * n, bytes(160))) for n in range(5)]
    items, counts = played(packets)
    assert shape(items) == [100, "paused 900", 100]
    assert (counts.comfort_noise, counts.lost) == (2, 0)


def test_suppressed_silence_is_a_pause() -> None:
    packets = [(0.0, rtp(1, 0, bytes(160))), (3.02, rtp(2, 24_160, bytes(160), marker=True))]
    items, _ = played(packets)
    assert shape(items) == [20, "paused 3000", 20]


def test_tones_and_other_codecs_are_counted() -> None:
    packets = [(0.0, rtp(1, 0, bytes(160))), (0.02, rtp(2, 160, bytes(4), payload_type=101))]
    packets += [(0.04, rtp(3, 320, bytes(160)))]
    items, counts = played(packets)
    assert shape(items) == [20, "paused 20", 20]
    assert counts.other_payloads == 1


def test_timestamps_that_leap_are_not_believed() -> None:
    packets = [(0.02 * n, rtp(n, 160 * n, bytes(160))) for n in range(5)]
    packets += [(0.10 + 0.02 * n, rtp(5 + n, 3_000_000_000 + 160 * n, bytes(160))) for n in range(5)]
    items, counts = played(packets)
    assert shape(items) == [200]
    assert counts.restarts == 1


def test_timestamps_that_go_back_are_not_believed() -> None:
    packets = [(0.02 * n, rtp(n, 50_000 + 160 * n, bytes(160))) for n in range(5)]
    packets += [(1.10 + 0.02 * n, rtp(5 + n, 160 * n, bytes(160))) for n in range(5)]
    items, _ = played(packets)
    assert shape(items) == [100, "paused 1000", 100]


def test_packets_that_overlap_follow_each_other() -> None:
    packets = [(0.0, rtp(1, 0, bytes(160))), (0.05, rtp(2, 158, bytes(160))), (0.06, rtp(3, 318, bytes(160)))]
    items, counts = played(packets)
    assert shape(items) == [60]
    assert counts.restarts == 0


def test_another_ssrc_goes_on_where_its_first_packet_came() -> None:
    packets = list(stream(g711(10)))
    packets += [(0.5 + at_s, data) for at_s, data in stream(g711(10, 2), ssrc=9, sequence=7, timestamp=5)]
    items, counts = played(packets)
    assert shape(items) == [200, "paused 300", 200]
    assert counts.restarts == 1


def test_a_stray_packet_changes_nothing() -> None:
    sound = g711(20)
    packets = list(stream(sound))
    packets.insert(10, (packets[10][0], rtp(30_000, 77, bytes(160), ssrc=9)))
    items, counts = played(packets)
    assert pcm(items) == linear(sound)
    assert (counts.restarts, counts.strays) == (0, 0)


def test_sequence_numbers_that_begin_anew_are_followed() -> None:
    packets = [(0.02 * n, rtp(n, 160 * n, bytes(160))) for n in range(5)]
    packets += [(0.10 + 0.02 * n, rtp(40_000 + n, 800 + 160 * n, bytes(160))) for n in range(5)]
    items, counts = played(packets)
    assert shape(items) == [200]
    assert (counts.restarts, counts.lost) == (1, 0)


def test_who_comes_later_has_a_gap_before() -> None:
    items, _ = played([(1.5, rtp(1, 0, bytes(160)))])
    assert shape(items) == ["paused 1500", 20]


def test_who_is_silent_for_long_is_declared_bit_by_bit() -> None:
    leg = RtpLeg("customer", 0.0)
    first, second = read_rtp(rtp(1, 0, bytes(160))), read_rtp(rtp(2, 80_160, bytes(160)))
    assert first is not None
    assert second is not None
    items: list[Item] = list(leg.push(first, 0.0))
    assert leg.idle(4.9) == []
    items += leg.idle(8.0)
    assert shape(items) == [20, "paused 6000"]
    items += leg.push(second, 10.02)
    assert shape(items) == [20, "paused 6000", "paused 4000", 20]


def test_who_never_came_is_declared_bit_by_bit() -> None:
    leg = RtpLeg("customer", 0.0)
    assert [leg.idle(at_s) for at_s in (1.0, 6.0, 8.0)] == [[], [Missing("customer", 4000, "paused")], []]


def test_gaps_below_a_millisecond_add_up() -> None:
    packets = [(0.0205 * n, rtp(n, 164 * n, bytes(160))) for n in range(101)]
    items, _ = played(packets)
    assert sum(duration_ms for duration_ms, _ in gaps(items)) == 50


def test_a_gap_has_a_bound() -> None:
    items, _ = played([(0.0, rtp(1, 0, bytes(160))), (1e9, rtp(2, 100_000, bytes(160)))])
    assert gaps(items) == [(12_480, "paused")]
    items, _ = played([(0.0, rtp(1, 50_000, bytes(160))), (1e9, rtp(2, 5, bytes(160)))])
    assert gaps(items) == [(3_600_000, "paused")]


packets = st.tuples(
    st.floats(0, 30, allow_nan=False),
    st.integers(0, 65_535) | st.integers(0, 40),
    st.integers(0, 2**32 - 1) | st.integers(0, 8_000),
    st.sampled_from([0, 0, 0, 8, 13, 101, 18]),
    st.sampled_from([1, 1, 1, 2]),
    st.integers(0, 400),
)


@given(st.lists(packets, max_size=60), st.lists(st.floats(0, 60), max_size=5))
def test_any_packets_give_sound_and_gaps(
    script: list[tuple[float, int, int, int, int, int]], idles: list[float]
) -> None:
    leg = RtpLeg("agent", 0.0)
    for at_s, sequence, timestamp, kind, ssrc, length in script:
        packet = read_rtp(rtp(sequence, timestamp, bytes(length), payload_type=kind, ssrc=ssrc))
        assert packet is not None
        for item in [*leg.push(packet, at_s), *(one for now_s in idles[:1] for one in leg.idle(now_s))]:
            if isinstance(item, Missing):
                assert 0 < item.duration_ms <= 3_600_000
    leg.finish()


@given(st.lists(st.sampled_from(["keep", "lose", "twice", "swap"]), min_size=1, max_size=80))
def test_every_sample_that_came_counts_once_and_the_rest_is_missing(fates: list[str]) -> None:
    """Whatever becomes of packets on their way: sound and gaps reach from the first to the last that came."""
    sent = list(stream(g711(len(fates))))
    came: list[tuple[float, bytes]] = []
    kept: set[int] = set()
    for number, fate in enumerate(fates):
        if fate == "lose" and number:
            continue
        kept.add(number)
        came += [sent[number]] * (2 if fate == "twice" else 1)
        if fate == "swap" and len(came) > 2:
            came[-1], came[-2] = came[-2], came[-1]
    if read_rtp(came[0][1]) != read_rtp(sent[0][1]):
        return
    items, _ = played(came)
    assert len(pcm(items)) == 320 * len(kept)
    assert sum(duration_ms for duration_ms, _ in gaps(items)) == 20 * (max(kept) + 1 - len(kept))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(11),
        bytes(12),
        b"\x40" + bytes(20),
        rtp(1, 2, b"", payload_type=72),
        rtp(1, 2, bytes(4))[:12].replace(b"\x80", b"\x8f", 1),
        b"\x90" + bytes(12),
        b"\x90\0" + bytes(10) + b"\xbe\xde\xff\xff",
        b"\xa0\0" + bytes(10) + b"\x00",
        b"\xa0\0" + bytes(10) + b"\xff",
    ],
)
def test_what_is_no_packet_is_none(data: bytes) -> None:
    assert read_rtp(data) is None


def test_a_packet_is_read_whole() -> None:
    packet = read_rtp(rtp(513, 2**31, b"sound", csrcs=(1, 2), extension=bytes(8), padding=3, payload_type=8, ssrc=7))
    assert packet is not None
    assert (packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc) == (8, 513, 2**31, 7)
    assert packet.payload == b"sound"


@given(st.binary(max_size=80))
def test_any_bytes_are_read(data: bytes) -> None:
    read_rtp(data)
