"""Arrival tells how late a leg began and how long sound was missing, and nothing that was only late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.phone.arrivals import Arrivals, Placed

RATE_HZ = 8_000


def arrivals() -> Arrivals:
    return Arrivals(RATE_HZ, stall_s=1.0, settle_s=0.25)


def pcm(length_s: float) -> bytes:
    return bytes(2 * round(RATE_HZ * length_s))


def paced(leg: Arrivals, from_s: float, to_s: float, *, late_s: float = 0.0) -> list[Placed]:
    """20 ms of sound every 20 ms, each piece when its last sample has been said."""
    placed: list[Placed] = []
    for number in range(round((to_s - from_s) / 0.02)):
        now_s = from_s + (number + 1) * 0.02 + late_s
        if (one := leg.push(pcm(0.02), now_s)) is not None:
            placed.append(one)
    return placed


def length_s(placed: list[Placed]) -> float:
    return sum(len(piece) for one in placed for piece in one.pieces) / 2 / RATE_HZ


def missed_s(placed: list[Placed]) -> list[float]:
    return [round(one.missed_s, 6) for one in placed if one.missed_s]


def test_sound_without_a_break_is_placed_at_once() -> None:
    placed = paced(arrivals(), 0.0, 1.0)
    assert len(placed) == 50
    assert missed_s(placed) == []


def test_a_stall_is_a_gap_of_its_length() -> None:
    leg = arrivals()
    paced(leg, 0.0, 1.0)
    placed = paced(leg, 6.0, 7.0)
    assert missed_s(placed) == [5.0]
    assert length_s(placed) == pytest.approx(1.0)


def test_a_pause_shorter_than_the_limit_is_none() -> None:
    leg = arrivals()
    paced(leg, 0.0, 1.0)
    assert missed_s(paced(leg, 1.9, 3.0)) == []


def test_what_a_stalled_network_delivers_late_was_not_missing() -> None:
    leg = arrivals()
    paced(leg, 0.0, 1.0)
    burst = [leg.push(pcm(0.02), 4.0) for _ in range(150)]
    assert burst == [None] * 150
    placed = paced(leg, 4.0, 5.0)
    assert missed_s(placed) == []
    assert length_s(placed) == pytest.approx(4.0)


def test_what_a_full_buffer_lost_is_the_rest_of_the_stall() -> None:
    leg = arrivals()
    paced(leg, 0.0, 1.0)
    assert leg.push(pcm(2.0), 6.0) is None
    assert missed_s(paced(leg, 6.0, 7.0)) == [3.0]


def test_a_leg_that_begins_later_is_late_by_so_much() -> None:
    leg = arrivals()
    leg.expect(0.0)
    assert missed_s(paced(leg, 0.4, 2.0)) == [0.4]


def test_a_leg_that_goes_on_is_late_against_its_own_end() -> None:
    leg = arrivals()
    paced(leg, 0.0, 2.0)
    leg.expect(0.0)
    assert missed_s(paced(leg, 2.5, 4.0)) == [0.5]


def test_what_is_held_is_not_lost_at_the_end() -> None:
    leg = arrivals()
    leg.expect(0.0)
    assert leg.push(pcm(0.02), 1.02) is None
    assert leg.is_holding
    placed = leg.settle()
    assert missed_s([placed]) == [1.0]
    assert length_s([placed]) == pytest.approx(0.02)
    assert not leg.is_holding
    assert leg.settle() == Placed(0.0, ())


def test_a_stall_after_sound_that_was_held_counts_from_the_end_of_that_sound() -> None:
    leg = arrivals()
    paced(leg, 0.0, 1.0)
    assert leg.push(pcm(0.02), 3.02) is None
    assert missed_s([leg.settle()]) == [2.0]
    assert missed_s(paced(leg, 8.02, 9.0)) == [5.0]


@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=60),
    waits=st.lists(st.floats(0.0, 3.0), min_size=60, max_size=60),
    is_expected=st.booleans(),
)
def test_every_sample_is_placed_once_and_nothing_is_missing_that_came(
    lengths: list[int], waits: list[float], is_expected: bool
) -> None:
    leg = arrivals()
    if is_expected:
        leg.expect(0.0)
    now_s, sent, got = 0.0, b"", b""
    missing_s = 0.0
    for number, (length, wait_s) in enumerate(zip(lengths, waits, strict=False)):
        now_s += wait_s
        piece = number.to_bytes(2, "little") * length
        sent += piece
        placed = leg.push(piece, now_s)
        for one in [placed] if placed else []:
            got += b"".join(one.pieces)
            missing_s += one.missed_s
    last = leg.settle()
    got += b"".join(last.pieces)
    assert got == sent
    assert 0.0 <= missing_s + last.missed_s <= now_s
