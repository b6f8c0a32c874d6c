"""Two pages in a room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from assist.errors import LivecueError, OverloadedError
from gateway.rooms import Left, Met, RoomLimits, Rooms, Signal, Told


@dataclass(eq=False)
class Page:
    name: str
    told: list[Told] = field(default_factory=list[Told])

    def tell(self, message: Told) -> None:
        self.told.append(message)


def rooms_with(*numbers: int, rooms: int = 8) -> Rooms:
    drawn = iter(numbers)
    return Rooms(RoomLimits(rooms=rooms), draw=lambda _: next(drawn))


def refused(act: Any, *arguments: Any) -> str:
    with pytest.raises(LivecueError) as caught:
        act(*arguments)
    return caught.value.code


def test_who_has_the_code_meets_who_made_the_room_and_they_hear_each_other_alone() -> None:
    rooms = rooms_with(42, 7)
    host, guest, other = Page("林晓"), Page("陈晨"), Page("别人")
    assert rooms.make(host) == "000042"
    rooms.make(other)
    rooms.enter("000042", guest)
    rooms.pass_on(guest, {"answer": 1})
    rooms.pass_on(host, {"candidate": 2})
    assert host.told == [Met(name="陈晨", is_host=True), Signal(signal={"answer": 1})]
    assert guest.told == [Met(name="林晓", is_host=False), Signal(signal={"candidate": 2})]
    assert other.told == []


def test_a_code_is_of_one_room_and_a_room_holds_two() -> None:
    rooms = rooms_with(42, 42, 43)
    pages = [Page(str(number)) for number in range(4)]
    assert (rooms.make(pages[0]), rooms.make(pages[1])) == ("000042", "000043")
    rooms.enter("000042", pages[2])
    assert refused(rooms.enter, "000042", pages[3]) == "room-full"
    assert refused(rooms.enter, "000099", pages[3]) == "unknown-room"
    assert refused(rooms.enter, "000043", pages[2]) == "bad-message"
    assert refused(rooms.make, pages[0]) == "bad-message"


def test_a_room_waits_for_another_guest_and_ends_with_its_host() -> None:
    rooms = rooms_with(42)
    host, guest, second = Page("h"), Page("g"), Page("s")
    rooms.make(host)
    rooms.enter("000042", guest)
    rooms.leave(guest)
    rooms.leave(guest)
    assert host.told[-1] == Left()
    rooms.enter("000042", second)
    rooms.leave(host)
    assert second.told[-1] == Left()
    assert refused(rooms.enter, "000042", guest) == "unknown-room"


def test_what_nobody_is_there_to_hear_is_dropped() -> None:
    rooms = rooms_with(42)
    host = Page("h")
    rooms.pass_on(host, {})
    rooms.make(host)
    rooms.pass_on(host, {})
    assert host.told == []


def test_rooms_are_bounded() -> None:
    rooms = rooms_with(1, 2, rooms=1)
    rooms.make(Page("a"))
    with pytest.raises(OverloadedError):
        rooms.make(Page("b"))
