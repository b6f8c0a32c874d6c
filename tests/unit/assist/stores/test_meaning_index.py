"""The places of an archive in memory."""

from __future__ import annotations

import numpy as np
import pytest

from assist.stores.meaning_index import BLOCK_ROWS, MOST_SMALL, MeaningIndex
from assist.stores.meanings import PlacedCall

NORTH, EAST, NORTH_EAST, NOWHERE = bytes((127, 0)), bytes((0, 127)), bytes((90, 90)), bytes(2)
AGENT, CUSTOMER = 0, 1


def placed(call_no: int, *said: tuple[int, bytes], version: int = 1) -> PlacedCall:
    return PlacedCall(call_no, version, bytes(party for party, _ in said), b"".join(place for _, place in said))


def index_of(*calls: PlacedCall) -> MeaningIndex:
    index = MeaningIndex(2)
    index.put(calls)
    return index


def nearest(index: MeaningIndex, among: list[int] | None = None, **asked: bytes) -> list[int]:
    """Numbers of the calls; ``asked`` by party, or ``anybody``."""
    parties = {"anybody": None, "agent": "agent", "customer": "customer"}
    wanted = {parties[party]: place for party, place in asked.items()}
    numbers = None if among is None else np.array(among, np.int64)
    return index.nearest(wanted, among=numbers, least=0.5, most=10).call_nos.tolist()  # pyright: ignore[reportArgumentType]


THREE = (
    placed(1, (AGENT, NORTH), (CUSTOMER, EAST)),
    placed(2, (CUSTOMER, NORTH_EAST), (AGENT, NOWHERE)),
    placed(3, (CUSTOMER, NORTH)),
)


def test_the_call_with_the_likest_utterance_comes_first_and_the_later_of_equals() -> None:
    assert nearest(index_of(*THREE), anybody=NORTH) == [3, 1, 2]


def test_what_a_party_has_to_have_said_is_not_found_with_the_other() -> None:
    assert nearest(index_of(*THREE), customer=NORTH) == [3, 2]


def test_two_sentences_count_alike() -> None:
    assert nearest(index_of(*THREE), agent=NORTH, customer=EAST) == [1]


def test_what_is_filtered_out_makes_room_for_what_is_not() -> None:
    assert nearest(index_of(*THREE), among=[2, 7], anybody=NORTH) == [2]
    assert nearest(index_of(*THREE), among=[], anybody=NORTH) == []


def test_an_index_without_calls_finds_none() -> None:
    assert nearest(index_of(), anybody=NORTH) == []


def test_likeness_is_the_cosine() -> None:
    near = index_of(*THREE).nearest({None: NORTH}, among=None, least=-1, most=10)
    assert near.likeness.tolist() == pytest.approx([1.0, 1.0, 0.71], abs=0.01)


def test_a_call_that_is_put_again_is_found_by_its_new_place() -> None:
    index = index_of(*THREE)
    index.put([placed(3, (CUSTOMER, EAST), version=2)])
    assert nearest(index, anybody=NORTH) == [1, 2]
    assert index.version == 2
    assert len(index) == 3


def test_nothing_of_a_removed_call_stays_in_memory() -> None:
    index = index_of(placed(1, (AGENT, bytes((11, 22)))), placed(2, (AGENT, NORTH)))
    index.remove([1])
    assert index.versions == {2: 1}
    assert bytes((11, 22)) not in index.held()
    assert index.lines_like(1, {None: NORTH}, least=0.5, most=3) == []


def test_a_call_without_utterances_is_held_and_never_found() -> None:
    index = index_of(placed(1), placed(2, (AGENT, NORTH)))
    assert len(index) == 2
    assert nearest(index, anybody=NORTH) == [2]


def test_calls_that_come_one_by_one_are_found_as_if_they_had_come_together() -> None:
    index = MeaningIndex(2)
    for number in range(MOST_SMALL * 2 + 5):
        index.put([placed(number, (CUSTOMER, NORTH if number % 2 else EAST), version=number)])
    index.remove([1])
    assert nearest(index, anybody=NORTH) == [131, 129, 127, 125, 123, 121, 119, 117, 115, 113]
    assert len(index) == MOST_SMALL * 2 + 4


def test_more_utterances_than_a_block_holds_are_looked_through() -> None:
    long = placed(1, *([(AGENT, EAST)] * (BLOCK_ROWS - 1)))
    assert nearest(
        index_of(long, placed(2, (AGENT, NORTH), (AGENT, EAST)), placed(3, (AGENT, NORTH))), anybody=NORTH
    ) == [3, 2]


def test_the_likest_lines_of_a_call_are_told_with_their_places() -> None:
    index = index_of(placed(4, (AGENT, NORTH), (CUSTOMER, NORTH_EAST), (AGENT, EAST)))
    found = index.lines_like(4, {None: EAST}, least=0.5, most=3)
    assert [place for place, _ in found] == [2, 1]
