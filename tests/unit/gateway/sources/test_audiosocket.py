"""AudioSocket's codec without a socket: the first frame, sound, the end (the list of PROTOCOLS 11.7)."""

from __future__ import annotations

from uuid import UUID

import pytest

from assist.errors import OverloadedError, ProtocolError
from assist.messages import Agent, Customer, Leg, Party
from gateway.expected_calls import Announcement, Claim
from gateway.sources.audiosocket.codec import AudioSocketCodec, AudioSocketLimits
from gateway.sources.audiosocket.frames import RATES_HZ, encode_frame
from gateway.sources.codec import Hang, Join, Leave, Missing, Remark
from gateway.sources.joining import JoiningLimits
from tests.unit.gateway.sources.audiosocket_wire import (
    END,
    HELLO,
    JOINED,
    TICKET,
    Tickets,
    claim_of,
    codec_of,
    fed,
    known,
    pcm,
    remarks,
    sound,
    without_remarks,
)


def test_a_good_uuid_says_nothing_until_there_is_sound() -> None:
    codec = known()
    assert codec.deadline_s is None


def test_the_first_sound_joins_the_announced_call() -> None:
    agent, customer = Agent(agent_id="1001"), Customer(customer_id="138")
    claim = claim_of(agent=agent, customer=customer, direction="outbound", playbook="telecom", terms=("套餐",))
    actions = known(claim).receive(encode_frame(0x10, sound(160)), 0.5)
    (join,) = actions
    assert isinstance(join, Join)
    said = join.introduction
    assert (said.source, said.key, said.agent, said.customer) == ("audiosocket/1", "pbx-1", agent, customer)
    assert (said.direction, said.playbook, said.terms, said.pace) == ("outbound", "telecom", ("套餐",), "live")
    assert said.legs == (Leg(party="customer", codec="pcm_s16le", rate_hz=8_000),)
    assert said.others == (Leg(party="agent", codec="pcm_s16le", rate_hz=8_000),)


@pytest.mark.parametrize("roles", [("customer",), ("mixed",)])
def test_a_call_of_one_leg_expects_no_other(roles: tuple[Party, ...]) -> None:
    claim = Claim(roles[0], Announcement(key="pbx-1", roles=roles))
    (join,) = known(claim).receive(encode_frame(0x10, sound(160)), 0.5)
    assert isinstance(join, Join)
    assert join.introduction.others == ()


@pytest.mark.parametrize(
    "stream",
    [
        encode_frame(0x10, sound(160)),
        encode_frame(0x00),
        encode_frame(0x01, TICKET.bytes[:15]),
        encode_frame(0x01, TICKET.bytes + b"\x00"),
        encode_frame(0x01),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_does_not_begin_with_a_uuid_is_ended(stream: bytes) -> None:
    codec = codec_of()
    actions = codec.receive(stream, 0.1)
    assert (remarks(actions), tuple(without_remarks(actions))) == (["uuid-expected"], END)
    assert list(codec.receive(HELLO, 0.2)) == []
    assert codec.deadline_s is None


def test_a_wrong_beginning_is_known_at_its_first_wrong_byte() -> None:
    codec = codec_of()
    assert list(codec.receive(b"\x01", 0.1)) == []
    assert list(codec.receive(b"\x00", 0.1)) == []
    assert remarks(codec.receive(b"\x11", 0.1)) == ["uuid-expected"]


def test_a_uuid_that_nobody_announced_is_ended() -> None:
    actions = codec_of().receive(encode_frame(0x01, UUID(int=1).bytes), 0.1)
    assert (remarks(actions), tuple(without_remarks(actions))) == (["unknown-ticket"], END)


def test_a_uuid_is_good_once() -> None:
    tickets = Tickets()
    assert list(AudioSocketCodec(tickets).receive(HELLO, 0.1)) == []
    assert remarks(AudioSocketCodec(tickets).receive(HELLO, 0.1)) == ["ticket-used"]


def test_a_connection_without_a_uuid_is_ended_in_time_however_its_bytes_trickle() -> None:
    codec = codec_of(limits=AudioSocketLimits(first_frame_s=5.0))
    for place in range(10):
        codec.receive(HELLO[place : place + 1], place * 0.4)
    assert codec.deadline_s == 5.0
    actions = codec.expire(5.0)
    assert (remarks(actions), tuple(without_remarks(actions))) == (["uuid-timeout"], END)


def test_a_second_uuid_is_ignored() -> None:
    assert remarks(fed(known(), HELLO)) == ["uuid-again"]


@pytest.mark.parametrize(("kind", "rate_hz"), [(kind, rate) for kind, rate in RATES_HZ.items() if rate <= 48_000])
def test_the_kind_of_the_first_sound_is_the_rate_of_the_leg(kind: int, rate_hz: int) -> None:
    codec = known()
    actions = fed(codec, encode_frame(kind, sound(160)))
    assert isinstance(actions[0], Join)
    assert actions[0].introduction.legs[0].rate_hz == rate_hz
    assert pcm(actions) == sound(160)


def test_kinds_are_those_of_the_protocol() -> None:
    assert [(hex(kind), rate) for kind, rate in RATES_HZ.items()] == [
        ("0x10", 8_000),
        ("0x11", 12_000),
        ("0x12", 16_000),
        ("0x13", 24_000),
        ("0x14", 32_000),
        ("0x15", 44_100),
        ("0x16", 48_000),
        ("0x17", 96_000),
        ("0x18", 192_000),
    ]


@pytest.mark.parametrize("kind", [0x17, 0x18])
def test_sound_above_48_khz_is_not_heard_and_its_connection_is_read_on(kind: int) -> None:
    codec = known()
    assert remarks(fed(codec, encode_frame(kind, sound(1_920)))) == ["unsupported-rate"]
    assert fed(codec, encode_frame(kind, sound(1_920))) == []
    assert list(codec.end(True)) == []


def test_sound_of_another_rate_is_declared_lost_for_as_long_as_it_lasts() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    actions = fed(codec, encode_frame(0x12, sound(320)))
    assert actions == [Remark("other-rate", actions[0].message), Missing("customer", 20, "lost")]  # type: ignore[union-attr]
    assert pcm(fed(codec, encode_frame(0x10, sound(160, 7)))) == sound(160, 7)


def test_an_announced_rate_holds_from_the_first_sound_on() -> None:
    codec = known(claim_of(rate_hz=16_000))
    actions = fed(codec, encode_frame(0x10, sound(160)))
    assert isinstance(actions[0], Join)
    assert actions[0].introduction.legs[0].rate_hz == 16_000
    assert [action for action in actions if isinstance(action, Missing)] == [Missing("customer", 20, "lost")]
    assert pcm(fed(codec, encode_frame(0x12, sound(320)))) == sound(320)


def test_lost_time_adds_up_over_frames_that_are_no_whole_milliseconds() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    actions = [action for _ in range(441) for action in fed(codec, encode_frame(0x15, sound(100)))]
    assert abs(sum(action.duration_ms for action in actions if isinstance(action, Missing)) - 1_000) <= 1


def test_an_odd_byte_is_carried_into_the_next_frame() -> None:
    codec = known()
    data = sound(160)
    actions = fed(codec, encode_frame(0x10, data[:161]) + encode_frame(0x10, data[161:]))
    assert pcm(actions) == data
    assert list(codec.end(True)) == [Leave()]


def test_an_odd_byte_at_the_end_is_remarked() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160) + b"\x01"))
    assert remarks(codec.end(True)) == ["odd-byte-count"]


def test_sound_waits_for_the_call_to_be_joined() -> None:
    codec = known()
    (join,) = codec.receive(encode_frame(0x10, sound(160)), 0.5)
    assert isinstance(join, Join)
    assert list(codec.receive(encode_frame(0x10, sound(160, 500)), 0.6)) == []
    assert pcm(codec.joined(JOINED)) == sound(160) + sound(160, 500)


def test_sound_that_waits_too_long_is_declared_lost() -> None:
    codec = codec_of(limits=AudioSocketLimits(leg=JoiningLimits(held_bytes=640)))
    codec.receive(HELLO, 0.0)
    for _ in range(4):
        codec.receive(encode_frame(0x10, sound(160)), 0.5)
    actions = codec.joined(JOINED)
    assert len(pcm(actions)) == 640
    assert actions[-1] == Missing("customer", 40, "lost")


def test_a_steady_160_bytes_under_the_label_of_8_khz_are_probably_g711() -> None:
    codec = known()
    found = [code for _ in range(60) for code in remarks(fed(codec, encode_frame(0x10, bytes(160))))]
    assert found == ["probable-g711"]


@pytest.mark.parametrize(("kind", "length"), [(0x10, 320), (0x12, 160), (0x10, 162)])
def test_other_lengths_and_kinds_are_what_they_say(kind: int, length: int) -> None:
    codec = known()
    found = [code for _ in range(60) for code in remarks(fed(codec, encode_frame(kind, bytes(length))))]
    assert "probable-g711" not in found


def test_one_frame_of_another_length_clears_the_suspicion() -> None:
    codec = known()
    lengths = [160] * 30 + [320] + [160] * 60
    assert [code for length in lengths for code in remarks(fed(codec, encode_frame(0x10, bytes(length))))] == []


@pytest.mark.parametrize("frame", [encode_frame(0x02), encode_frame(0x02, bytes(320)), encode_frame(0x03, b"5")])
def test_silence_and_digits_are_ignored(frame: bytes) -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    assert fed(codec, frame) == []


@pytest.mark.parametrize("kind", [0x04, 0x0F, 0x19, 0x7F, 0xFE])
def test_unknown_kinds_are_ignored_and_counted(kind: int) -> None:
    codec = known()
    assert remarks(fed(codec, encode_frame(kind, b"abc"))) == ["unknown-kind"]


@pytest.mark.parametrize(
    ("payload", "says"),
    [(b"\x01", "hung up"), (b"\x02", "forwarded"), (b"\x04", "memory"), (b"\x09", "no known code"), (b"", "no code")],
)
def test_errors_are_remarked_and_the_leg_goes_on(payload: bytes, says: str) -> None:
    codec = known()
    (remark,) = fed(codec, encode_frame(0xFF, payload))
    assert isinstance(remark, Remark)
    assert remark.code == "platform-error"
    assert says in remark.message
    assert pcm(fed(codec, encode_frame(0x10, sound(160)))) == sound(160)


def test_sound_without_a_sample_is_remarked() -> None:
    assert remarks(fed(known(), encode_frame(0x10))) == ["empty-frame"]


@pytest.mark.parametrize("is_clean", [True, False])
def test_the_end_of_the_stream_ends_the_leg(is_clean: bool) -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    assert list(codec.end(is_clean)) == [Leave()]


def test_a_termination_ends_the_leg_and_the_connection() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    assert fed(codec, encode_frame(0x00) + encode_frame(0x10, sound(160))) == [Leave(), Hang()]
    assert list(codec.end(True)) == []


def test_what_there_is_of_a_cut_frame_is_heard() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    fed(codec, encode_frame(0x10, sound(160, 300))[:103])
    actions = codec.end(False)
    assert remarks(actions) == ["frame-cut"]
    assert pcm(actions) == sound(50, 300)
    assert actions[-1] == Leave()


@pytest.mark.parametrize("cut", [b"\x10", b"\x10\x01", encode_frame(0x03, b"5")[:3]])
def test_a_stream_cut_inside_a_header_or_another_frame_ends_the_leg(cut: bytes) -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    fed(codec, cut)
    actions = codec.end(False)
    assert "frame-cut" in remarks(actions)
    assert actions[-1] == Leave()


@pytest.mark.parametrize("before", [b"", HELLO[:7], HELLO])
def test_a_connection_that_brought_no_sound_leaves_no_call(before: bytes) -> None:
    codec = codec_of()
    codec.receive(before, 0.1)
    assert list(codec.end(True)) == []


def test_a_service_that_stops_says_so_with_a_termination() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    assert list(codec.stop()) == [Leave(), *END]
    assert list(codec.stop()) == []


def test_a_refusal_that_may_pass_is_tried_again_and_the_connection_is_read_on() -> None:
    codec = known()
    codec.receive(encode_frame(0x10, sound(160)), 1.0)
    assert list(codec.failed(OverloadedError("Full.", retry_after_s=7.0))) == []
    assert list(codec.receive(encode_frame(0x10, sound(160)), 1.1)) == []
    assert codec.deadline_s == 8.0
    (join,) = codec.expire(8.0)
    assert isinstance(join, Join)
    assert pcm(codec.joined(JOINED)) == b""
    assert pcm(codec.receive(encode_frame(0x10, sound(160, 9)), 8.1)) == sound(160, 9)


def test_a_refusal_for_good_leaves_the_platform_alone() -> None:
    codec = known()
    codec.receive(encode_frame(0x10, sound(160)), 1.0)
    assert list(codec.failed(ProtocolError("Too long.", code="call-too-long"))) == []
    assert codec.deadline_s is None
    assert list(codec.receive(encode_frame(0x10, sound(160)), 1.1)) == []
    assert list(codec.end(True)) == []


def test_a_call_that_is_over_leaves_the_connection_alone() -> None:
    codec = known()
    fed(codec, encode_frame(0x10, sound(160)))
    assert list(codec.closed(())) == []
    assert fed(codec, encode_frame(0x10, sound(160))) == []
    assert fed(codec, encode_frame(0x00)) == [Hang()]
