"""Exchanged legs go on at one position: nothing is placed twice, and what is lost is declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError
from assist.legs.routing import LegRouting
from assist.messages import AudioFrame, AudioGap, Leg, Party

RATE_HZ = 8_000


def leg(party: Party, rate_hz: int = RATE_HZ) -> Leg:
    return Leg(party=party, codec="pcm_s16le", rate_hz=rate_hz)


def frame(party: Party, start_ms: int, length_ms: int) -> AudioFrame:
    return AudioFrame(party, start_ms, RATE_HZ, bytes(length_ms * RATE_HZ // 1000 * 2))


def test_sound_keeps_its_party_until_somebody_exchanges_them() -> None:
    routing = LegRouting((leg("agent"), leg("customer")))
    sound = frame("agent", 0, 20)
    assert routing.route(sound) is sound
    assert not routing.is_exchanged


def test_from_the_highest_end_on_each_stream_is_the_other_party() -> None:
    routing = LegRouting((leg("agent"), leg("customer")))
    at_ms, padding = routing.exchange({"agent": 1_000, "customer": 1_040})
    assert at_ms == 1_040
    assert padding == (AudioGap(party="agent", start_ms=1_000, end_ms=1_040, cause="lost"),)
    assert routing.route(frame("agent", 1_000, 20)) is None
    assert routing.route(frame("agent", 1_020, 60)) == frame("customer", 1_040, 40)
    assert routing.route(frame("customer", 1_040, 20)) == frame("agent", 1_040, 20)
    gap = AudioGap(party="agent", start_ms=1_030, end_ms=1_100, cause="paused")
    assert routing.route(gap) == AudioGap(party="customer", start_ms=1_040, end_ms=1_100, cause="paused")
    assert routing.route(gap.model_copy(update={"end_ms": 1_035})) is None


def test_a_stream_is_behind_by_what_is_still_to_come_of_the_padding() -> None:
    routing = LegRouting((leg("agent"), leg("customer")))
    routing.exchange({"agent": 1_000, "customer": 1_040})
    assert (routing.behind_ms("agent"), routing.behind_ms("customer")) == (40, 0)
    routing.route(frame("agent", 1_000, 10))
    assert routing.behind_ms("agent") == 30
    routing.exchange({"agent": 1_050, "customer": 1_040})
    assert routing.behind_ms("agent") == 40
    routing.route(AudioGap(party="agent", start_ms=1_010, end_ms=1_100, cause="lost"))
    assert routing.behind_ms("agent") == 0


def test_twice_is_as_before() -> None:
    routing = LegRouting((leg("agent"), leg("customer")))
    routing.exchange({"agent": 0, "customer": 0})
    assert routing.party_of("agent") == "customer"
    routing.exchange({"agent": 500, "customer": 500})
    assert routing.party_of("agent") == "agent"
    assert not routing.is_exchanged


@pytest.mark.parametrize(
    "legs", [(leg("mixed"),), (leg("agent"),), (leg("agent"), leg("customer", 16_000)), (leg("agent"), leg("mixed"))]
)
def test_other_legs_cannot_be_exchanged(legs: tuple[Leg, ...]) -> None:
    with pytest.raises(InputError) as caught:
        LegRouting(legs).exchange(dict.fromkeys((one.party for one in legs), 0))
    assert caught.value.code == "legs-not-exchangeable"


@given(
    ends=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    pieces=st.lists(st.tuples(st.sampled_from(("agent", "customer")), st.integers(1, 30)), max_size=20),
)
def test_after_an_exchange_every_leg_goes_on_without_hole_or_overlap(
    ends: tuple[int, int], pieces: list[tuple[Party, int]]
) -> None:
    routing = LegRouting((leg("agent"), leg("customer")))
    streams: dict[Party, int] = {"agent": ends[0] * 10, "customer": ends[1] * 10}
    at_ms, padding = routing.exchange(dict(streams))
    reached: dict[Party, int] = dict(streams)
    for gap in padding:
        assert gap.start_ms == reached[gap.party]
        reached[gap.party] = gap.end_ms
    assert set(reached.values()) == {at_ms}
    for stream, tens in pieces:
        sound = frame(stream, streams[stream], tens * 10)
        streams[stream] += tens * 10
        routed = routing.route(sound)
        if isinstance(routed, AudioFrame):
            assert routed.party != stream
            assert routed.start_ms == reached[routed.party]
            reached[routed.party] += len(routed.pcm) // 2 * 1000 // RATE_HZ
