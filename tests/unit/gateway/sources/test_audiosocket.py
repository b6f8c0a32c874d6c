"""AudioSocket's frames and codec as pure machines: the list of PROTOCOLS 11.7."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError, NotFoundError, OverloadedError, ProtocolError
from assist.messages import Agent, Customer, Leg, Party
from gateway.expected_calls import Announcement, Claim
from gateway.sources.audiosocket.codec import AudioSocketCodec, AudioSocketLimits
from gateway.sources.audiosocket.frames import RATES_HZ, Frame, FrameReader, encode_frame
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Leave, Missing, Remark, Send, Sound
from gateway.sources.joining import JoiningLimits

TICKET = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")
HELLO = bytes.fromhex("010010 40325ec25efd4bd3805f53576e581d13")
JOINED = JoinedCall("c1", {"customer": 0})
END = (Send(b"\x00\x00\x00"), Hang())


def claim_of(**announced: object) -> Claim:
    return Claim("customer", Announcement(key="pbx-1", **announced))  # type: ignore[arg-type]


class Tickets:
    """Gives out one ticket once, as the table of expected calls does."""

    def __init__(self, claim: Claim | None = None) -> None:
        self._claim = claim or claim_of()
        self._is_used = False

    def __call__(self, ticket: UUID) -> Claim:
        if ticket != TICKET:
            raise NotFoundError("Nobody announced it.", code="unknown-ticket")
        if self._is_used:
            raise InputError("It was used.", code="ticket-used")
        self._is_used = True
        return self._claim


def codec_of(claim: Claim | None = None, limits: AudioSocketLimits | None = None) -> AudioSocketCodec:
    return AudioSocketCodec(Tickets(claim), limits)


def known(claim: Claim | None = None) -> AudioSocketCodec:
    """A codec whose peer has said a good UUID."""
    codec = codec_of(claim)
    assert list(codec.receive(HELLO, 0.1)) == []
    return codec


def fed(codec: AudioSocketCodec, data: bytes, now_s: float = 1.0) -> list[Action]:
    """What comes of a piece of the stream; the call is joined as soon as it is asked for."""
    return carried_out(codec, codec.receive(data, now_s))


def carried_out(codec: AudioSocketCodec, actions: Sequence[Action]) -> list[Action]:
    done: list[Action] = []
    for action in actions:
        done.append(action)
        if isinstance(action, Join):
            done += codec.joined(JOINED)
    return done


def sound(length: int, first: int = 0) -> bytes:
    """Samples that differ from one another."""
    return b"".join(((first + index) % 32_768).to_bytes(2, "little") for index in range(length))


def pcm(actions: Sequence[Action]) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound))


def remarks(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def without_remarks(actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if not isinstance(action, Remark)]


# --- frames ------------------------------------------------------------------------------------------------------


def test_frames_are_a_kind_a_big_endian_length_and_a_payload() -> None:
    assert encode_frame(0x00) == bytes.fromhex("000000")
    assert encode_frame(0x01, TICKET.bytes) == HELLO
    assert encode_frame(0x10, bytes(320))[:3] == bytes.fromhex("100140")
    assert encode_frame(0x10, bytes(65_535))[:3] == bytes.fromhex("10ffff")


@pytest.mark.parametrize("length", [0, 1, 255, 256, 65_535])
def test_frames_of_any_length_are_read(length: int) -> None:
    payload = sound(length)[:length]
    assert list(FrameReader().push(encode_frame(0x12, payload))) == [Frame(0x12, payload)]


def test_several_frames_in_one_piece_are_read_in_order() -> None:
    stream = HELLO + encode_frame(0x10, sound(160)) + encode_frame(0x03, b"5") + encode_frame(0x00)
    assert [frame.kind for frame in FrameReader().push(stream)] == [0x01, 0x10, 0x03, 0x00]


def test_a_stream_split_at_every_byte_gives_the_same_frames() -> None:
    stream = HELLO + encode_frame(0x10, sound(20)) + encode_frame(0x00)
    whole = list(FrameReader().push(stream))
    for place in range(len(stream) + 1):
        reader = FrameReader()
        assert [*reader.push(stream[:place]), *reader.push(stream[place:])] == whole
        assert reader.cut() is None


def test_the_rest_of_a_cut_stream_is_told() -> None:
    reader = FrameReader()
    assert list(reader.push(encode_frame(0x10, sound(160))[:103])) == []
    assert reader.cut() == Frame(0x10, sound(50), is_whole=False)
    assert reader.cut() is None


@given(
    frames=st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=8),
    cuts=st.lists(st.integers(0, 500), max_size=12),
)
def test_any_split_gives_the_same_frames(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    stream = b"".join(encode_frame(kind, payload) for kind, payload in frames)
    reader = FrameReader()
    read = [frame for piece in pieces(stream, cuts) for frame in reader.push(piece)]
    assert [(frame.kind, frame.payload) for frame in read] == frames


def pieces(stream: bytes, cuts: Sequence[int]) -> Iterator[bytes]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    for begin, end in itertools.pairwise(places):
        yield stream[begin:end]


# --- the first frame ---------------------------------------------------------------------------------------------


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


# --- sound -------------------------------------------------------------------------------------------------------


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


# --- what the label does not say ---------------------------------------------------------------------------------


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


# --- other frames ------------------------------------------------------------------------------------------------


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


# --- ends --------------------------------------------------------------------------------------------------------


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


# --- a call that does not take the leg ---------------------------------------------------------------------------


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


# --- anything ----------------------------------------------------------------------------------------------------

KINDS = st.sampled_from([0x00, 0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x15, 0x17, 0x42, 0xFF])
FRAMES = st.lists(st.tuples(KINDS, st.binary(max_size=400)), max_size=12)


@given(frames=FRAMES, cuts=st.lists(st.integers(0, 4_000), max_size=20), noise=st.binary(max_size=30))
def test_any_split_of_any_stream_gives_the_same_call(
    frames: list[tuple[int, bytes]], cuts: list[int], noise: bytes
) -> None:
    stream = HELLO + b"".join(encode_frame(kind, payload) for kind, payload in frames) + noise
    whole, split = known_stream([stream]), known_stream(list(pieces(stream, cuts)))
    assert in_one(without_remarks(split)) == in_one(without_remarks(whole))
    assert sorted(remarks(split)) == sorted(remarks(whole))
    assert all(action.message == b"\x00\x00\x00" for action in whole if isinstance(action, Send))


def in_one(actions: Sequence[Action]) -> list[Action]:
    """With sounds that follow each other as one: how sound is cut says nothing."""
    found: list[Action] = []
    for action in actions:
        last = found[-1] if found else None
        if isinstance(action, Sound) and isinstance(last, Sound) and action.party == last.party:
            found[-1] = Sound(action.party, last.pcm + action.pcm)
        else:
            found.append(action)
    return found


def known_stream(parts: list[bytes]) -> list[Action]:
    codec = codec_of()
    actions = [action for part in parts for action in fed(codec, part, 0.5)]
    return [*actions, *codec.end(True)]


@given(parts=st.lists(st.one_of(st.binary(max_size=80), st.text(max_size=10)), max_size=10))
def test_anything_before_a_uuid_ends_one_connection_at_most_once(parts: list[str | bytes]) -> None:
    codec = codec_of()
    actions = [action for part in parts for action in codec.receive(part, 0.1)]
    actions += [*codec.expire(5.0), *codec.end(False), *codec.stop()]
    assert sum(isinstance(action, Hang) for action in actions) <= 1
    assert not [action for action in actions if isinstance(action, Join)]


@given(frames=st.lists(st.tuples(st.sampled_from([0x10, 0x03, 0x42]), st.binary(max_size=400)), max_size=12))
def test_every_sample_is_counted_once(frames: list[tuple[int, bytes]]) -> None:
    codec = known()
    stream = b"".join(encode_frame(kind, payload) for kind, payload in frames)
    actions = [*fed(codec, stream), *codec.end(True)]
    received = b"".join(payload for kind, payload in frames if kind == 0x10)
    assert pcm(actions) == received[: len(received) - len(received) % 2]
