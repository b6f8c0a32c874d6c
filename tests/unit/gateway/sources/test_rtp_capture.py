"""Captures: file formats, link layers, IP, and whose stream is whose."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.codecs import Encoding, decode
from asr.audio.samples import Int16Array
from assist.errors import AudioFormatError
from assist.messages import Party
from gateway.sources.codec import Missing, Sound
from gateway.sources.rtp.capture import CapturedPacket, is_capture, read_packets
from gateway.sources.rtp.datagrams import Address, read_datagram
from gateway.sources.rtp.recording import CaptureRecording, is_capture_file
from gateway.sources.rtp.streams import Choice
from tests.support.platforms import TwoParties, encoded
from tests.support.rtp import (
    AGENT,
    BEGINS_S,
    CUSTOMER,
    ETHERNET,
    LINUX_COOKED,
    LINUX_COOKED_2,
    LOOPBACK,
    RAW,
    Endpoint,
    block,
    call_frames,
    framed,
    interface,
    pcap,
    pcapng,
    rtp,
    section,
    stream,
    udp,
)

FRAMES = [(BEGINS_S + 0.25, b"first"), (BEGINS_S + 1.5, b"second!"), (BEGINS_S + 2, b"")]
Frames = list[tuple[float, bytes]]


def read(data: bytes) -> list[CapturedPacket]:
    return list(read_packets(io.BytesIO(data)))


def noise(seconds: float = 1.0) -> TwoParties:
    rng = np.random.default_rng(5)
    agent, customer = (rng.integers(-20_000, 20_000, round(8000 * seconds), np.int16) for _ in range(2))
    return TwoParties(agent=agent, customer=customer)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
@pytest.mark.parametrize("write", [pcap, pcapng])
def test_both_formats_are_read_in_both_byte_orders(write: Callable[..., bytes], nanoseconds: bool, order: str) -> None:
    data = write(FRAMES, RAW, order=order, nanoseconds=nanoseconds)
    assert is_capture(data)
    packets = read(data)
    assert [(packet.data, packet.link_type) for packet in packets] == [(frame, RAW) for _, frame in FRAMES]
    assert [packet.at_s for packet in packets] == pytest.approx([at_s for at_s, _ in FRAMES], abs=1e-6)


def test_a_pcapng_may_have_several_interfaces_and_sections() -> None:
    head = struct.pack("<IIIII", 1, 0, 5, 3, 3)
    data = section() + interface(RAW) + interface(ETHERNET) + block(6, head + b"abc")
    data += section(">") + interface(LINUX_COOKED, ">") + block(6, struct.pack(">IIIII", 0, 0, 7, 2, 2) + b"de", ">")
    assert [(packet.link_type, packet.data) for packet in read(data)] == [(ETHERNET, b"abc"), (LINUX_COOKED, b"de")]


def test_older_kinds_of_packet_blocks_are_read() -> None:
    data = section() + interface(RAW, resolution=0x8A)
    data += block(2, struct.pack("<HHIIII", 0, 0, 0, 2048, 3, 3) + b"old") + block(3, struct.pack("<I", 3) + b"new")
    assert [(packet.data, packet.at_s) for packet in read(data)] == [(b"old", 2.0), (b"new", 2.0)]


@pytest.mark.parametrize("write", [pcap, pcapng])
def test_a_file_that_was_cut_off_ends_before_the_cut(write: Callable[..., bytes]) -> None:
    whole = write(FRAMES[:2])
    for length in range(4, len(whole)):
        assert [packet.data for packet in read(whole[:length])] in ([], [b"first"], [b"first", b"second!"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        pcap([])[:24] + struct.pack("<IIII", 0, 0, 1 << 30, 1 << 30),
        section()[:8] + bytes(20),
        section()[:4] + struct.pack("<II", 8, 0x1A2B3C4D),
        section() + struct.pack("<II", 6, 8),
        section() + struct.pack("<II", 6, 1 << 30),
        section() + block(6, bytes(20)),
        section() + block(3, bytes(8)),
        section() + interface(RAW) + block(6, bytes(8)),
        section() + block(1, bytes(4)),
    ],
)
def test_what_makes_no_sense_is_said_to_be_broken(data: bytes) -> None:
    with pytest.raises(AudioFormatError) as caught:
        read(data)
    assert caught.value.code == "broken-capture"


@given(st.binary(max_size=200), st.sampled_from([b"", section(), section() + interface(1), pcap([])]))
def test_any_bytes_are_read_or_said_to_be_broken(data: bytes, head: bytes) -> None:
    try:
        packets = read(head + data)
    except AudioFormatError:
        return
    assert all(len(packet.data) <= 1 << 18 for packet in packets)


# --- datagrams --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link_type", [ETHERNET, RAW, LINUX_COOKED, LINUX_COOKED_2, LOOPBACK, 108, 12, 14])
@pytest.mark.parametrize("hosts", [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")])
def test_datagrams_are_found_in_every_link_layer(link_type: int, hosts: tuple[str, str]) -> None:
    packet = udp(Endpoint(hosts[0], 4000), Endpoint(hosts[1], 5000), b"payload")
    datagram = read_datagram(link_type, framed(packet, 0 if link_type == 108 else link_type))
    assert datagram is not None
    assert (datagram.source, datagram.target) == (Address(hosts[0], 4000), Address(hosts[1], 5000))
    assert datagram.payload == b"payload"


@pytest.mark.parametrize("vlans", [1, 2])
def test_vlan_tags_are_passed_over(vlans: int) -> None:
    datagram = read_datagram(ETHERNET, framed(udp(AGENT, CUSTOMER, b"x"), vlans=vlans))
    assert datagram is not None
    assert datagram.payload == b"x"


def test_padding_of_the_link_layer_is_no_payload() -> None:
    datagram = read_datagram(ETHERNET, framed(udp(AGENT, CUSTOMER, b"x")) + bytes(30))
    assert datagram is not None
    assert datagram.payload == b"x"


def test_fragments_and_other_protocols_are_none() -> None:
    packet = udp(AGENT, CUSTOMER, b"payload")
    for at, value in ((6, b"\x20\x00"), (6, b"\x00\x10"), (9, b"\x06"), (2, b"\xff\xff")):
        assert read_datagram(RAW, packet[:at] + value + packet[at + len(value) :]) is None
    assert read_datagram(147, packet) is None


@given(st.sampled_from([0, 1, 12, 101, 108, 113, 276, 999]), st.binary(max_size=120))
def test_any_frame_is_read(link_type: int, data: bytes) -> None:
    read_datagram(link_type, data)


@given(st.integers(0, 60), st.binary(min_size=1, max_size=4))
def test_any_damage_is_read(at: int, damage: bytes) -> None:
    for hosts in ((AGENT, CUSTOMER), (Endpoint("::1", 1), Endpoint("::2", 2))):
        packet = udp(*hosts, b"payload" * 5)
        read_datagram(RAW, packet[:at] + damage + packet[at + len(damage) :])


# --- recordings -------------------------------------------------------------------------------------------------------


def recording(tmp_path: Path, frames: Frames, choice: Choice | None = None) -> CaptureRecording:
    path = tmp_path / "call.pcap"
    path.write_bytes(pcap(sorted(frames)))
    assert is_capture_file(path)
    return CaptureRecording(path, choice)


def heard(capture: CaptureRecording) -> dict[Party, bytes]:
    pcm: dict[Party, bytes] = {leg.party: b"" for leg in capture.legs}
    for item in capture.sounds():
        if isinstance(item, Sound):
            pcm[item.party] += item.pcm
    return pcm


def linear(law: Encoding, samples: Int16Array) -> bytes:
    return decode(law, encoded(law, samples)).tobytes()


def test_a_call_of_two_streams_is_its_parties(tmp_path: Path) -> None:
    sound = noise()
    capture = recording(tmp_path, call_frames(sound), Choice(agent="10.0.0.1"))
    assert [leg.party for leg in capture.legs] == ["agent", "customer"]
    assert heard(capture) == {"agent": linear("alaw", sound.agent), "customer": linear("mulaw", sound.customer)}
    assert all(counts.lost == 0 for counts in capture.counts.values())


@pytest.mark.parametrize(
    "choice",
    [
        Choice(agent="10.0.0.1"),
        Choice(agent="10.0.0.1:4000"),
        Choice(agent="4000"),
        Choice(agent="0xA"),
        Choice(agent="0x0000000a"),
        Choice(customer="198.51.100.7"),
        Choice(customer="0xc"),
        Choice(agent="4000", customer="16384"),
        Choice(),
    ],
)
def test_whose_stream_is_whose_can_be_said_in_several_ways(tmp_path: Path, choice: Choice) -> None:
    sound = noise(0.5)
    capture = recording(tmp_path, call_frames(sound, agent_after_s=0.1), choice)
    assert heard(capture)["agent"] == linear("alaw", sound.agent)


def test_without_a_word_the_first_to_be_heard_is_the_customer(tmp_path: Path) -> None:
    sound = noise(0.5)
    frames = call_frames(sound)
    late_customer = [frame for frame in frames if frame[0] > BEGINS_S + 0.1 or b"\x0a\x00\x00\x01\xc6" in frame[1]]
    assert heard(recording(tmp_path, late_customer))["customer"] == linear("alaw", sound.agent)


def test_who_is_heard_later_has_a_gap_before(tmp_path: Path) -> None:
    capture = recording(tmp_path, call_frames(noise(0.5), agent_after_s=0.25))
    first = next(item for item in capture.sounds() if item.party == "agent")
    assert first == Missing("agent", 250, "paused")


def test_one_stream_is_mixed(tmp_path: Path) -> None:
    frames = [(BEGINS_S + at_s, framed(udp(AGENT, CUSTOMER, data))) for at_s, data in stream(bytes(16_000))]
    assert [leg.party for leg in recording(tmp_path, frames).legs] == ["mixed"]
    assert [leg.party for leg in recording(tmp_path, frames, Choice(customer="4000")).legs] == ["customer"]


@pytest.mark.parametrize("agent", ["6002", "192.0.2.9:6002", "0x2"])
def test_streams_to_a_recorder_are_told_apart_by_their_target(tmp_path: Path, agent: str) -> None:
    recorder = "192.0.2.9"
    frames: Frames = []
    for port, ssrc in ((6000, 1), (6002, 2)):
        packets = stream(bytes([port % 256]) * 8000, ssrc=ssrc)
        target = Endpoint(recorder, port)
        frames += [(BEGINS_S + at_s, framed(udp(AGENT, target, data))) for at_s, data in packets]
    capture = recording(tmp_path, frames, Choice(agent=agent))
    assert heard(capture)["agent"] == decode("mulaw", bytes([6002 % 256]) * 8000).tobytes()


def test_a_party_that_goes_on_with_another_ssrc_is_one_party(tmp_path: Path) -> None:
    frames = call_frames(noise(1.0))
    later = [(BEGINS_S + 1.5 + at_s, framed(udp(AGENT, CUSTOMER, data))) for at_s, data in stream(bytes(8000), ssrc=5)]
    capture = recording(tmp_path, frames + later, Choice(agent="10.0.0.1"))
    assert {party: len(sound) for party, sound in heard(capture).items()} == {"agent": 32_000, "customer": 16_000}


def test_a_party_that_goes_on_at_another_port_is_found_by_its_address(tmp_path: Path) -> None:
    moved = Endpoint(AGENT.host, 4444)
    later = [(BEGINS_S + 3.0 + at_s, framed(udp(moved, CUSTOMER, data))) for at_s, data in stream(bytes(8000), ssrc=5)]
    capture = recording(tmp_path, call_frames(noise(1.0)) + later, Choice(agent=AGENT.host))
    assert {party: len(sound) for party, sound in heard(capture).items()} == {"agent": 32_000, "customer": 16_000}


def test_what_only_looks_like_rtp_is_left_out(tmp_path: Path) -> None:
    rng = random.Random(2)
    other = Endpoint("192.0.2.1", 53)
    frames = call_frames(noise(0.5))
    frames += [(BEGINS_S, framed(udp(other, AGENT, b"\x80" + rng.randbytes(40)))) for _ in range(50)]
    frames += [(BEGINS_S, framed(udp(other, AGENT, rtp(9, 9, bytes(9), payload_type=72)))) for _ in range(50)]
    assert [leg.party for leg in recording(tmp_path, frames).legs] == ["agent", "customer"]


def refusal(tmp_path: Path, frames: Frames, choice: Choice | None = None) -> str:
    with pytest.raises(AudioFormatError) as caught:
        recording(tmp_path, frames, choice)
    return caught.value.code


def test_captures_without_a_call_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, []) == "no-rtp"
    g729 = stream(bytes(8000), payload_type=18)
    assert refusal(tmp_path, [(at_s, framed(udp(AGENT, CUSTOMER, data))) for at_s, data in g729]) == "other-rtp"


def test_captures_of_several_calls_need_a_word(tmp_path: Path) -> None:
    third = Endpoint("203.0.113.3", 7000)
    frames = call_frames(noise(3.0))
    frames += [(BEGINS_S + at_s, framed(udp(third, AGENT, data))) for at_s, data in stream(bytes(24_000), ssrc=3)]
    assert refusal(tmp_path, frames) == "several-calls"
    assert refusal(tmp_path, frames, Choice(agent="10.0.0.1")) == "several-calls"
    chosen = recording(tmp_path, frames, Choice(agent="10.0.0.1", customer="203.0.113.3"))
    assert heard(chosen)["customer"] == decode("mulaw", bytes(24_000)).tobytes()


@pytest.mark.parametrize("choice", [Choice(agent="1.2.3.4"), Choice(agent="4000", customer="0xa")])
def test_a_wrong_word_is_refused(tmp_path: Path, choice: Choice) -> None:
    assert refusal(tmp_path, call_frames(noise(0.5)), choice) == "no-such-stream"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert not is_capture_file(tmp_path / "none.pcap")
    with pytest.raises(AudioFormatError) as caught:
        CaptureRecording(tmp_path / "none.pcap")
    assert caught.value.code == "missing-audio-file"
