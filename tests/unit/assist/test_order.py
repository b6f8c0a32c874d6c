"""The log's order depends on positions in the sound, never on which lane was quicker."""

from hypothesis import given
from hypothesis import strategies as st

from assist.messages import Decided, Party, SpeechStarted
from assist.order import DecidedOrder

PARTIES: tuple[Party, Party] = ("agent", "customer")


def onset(party: Party, number: int, decided_ms: int) -> SpeechStarted:
    return SpeechStarted(utterance_id=f"{party}-{number}", party=party, start_ms=0, decided_ms=decided_ms)


def take_all(order: DecidedOrder) -> list[Decided]:
    taken: list[Decided] = []
    while (event := order.take()) is not None:
        taken.append(event)
    return taken


def test_event_waits_until_the_other_lane_has_passed_it() -> None:
    order = DecidedOrder(PARTIES)
    order.add(onset("agent", 1, 500))
    order.progress("agent", 500)
    order.progress("customer", 499)
    assert order.take() is None
    order.progress("customer", 500)
    event = order.take()
    assert event is not None
    assert event.utterance_id == "agent-1"


def test_finished_lane_holds_nothing_back() -> None:
    order = DecidedOrder(PARTIES)
    order.add(onset("customer", 1, 900))
    order.progress("customer", 1000)
    order.finish("agent")
    assert [event.utterance_id for event in take_all(order)] == ["customer-1"]
    assert not order.is_finished
    order.finish("customer")
    assert order.is_finished
    assert order.position_ms == 1000


@given(
    agent=st.lists(st.integers(0, 50), max_size=12),
    customer=st.lists(st.integers(0, 50), max_size=12),
    interleaving=st.lists(st.booleans(), min_size=24, max_size=24),
)
def test_any_interleaving_of_the_lanes_gives_the_same_order(
    agent: list[int], customer: list[int], interleaving: list[bool]
) -> None:
    def run(choices: list[bool]) -> list[str]:
        order = DecidedOrder(PARTIES)
        waiting: dict[Party, list[int]] = {"agent": sorted(agent), "customer": sorted(customer)}
        numbers: dict[Party, int] = {"agent": 0, "customer": 0}
        released: list[str] = []
        for choice in choices:
            party: Party = "agent" if choice else "customer"
            if waiting[party]:
                decided_ms = waiting[party].pop(0)
                numbers[party] += 1
                order.add(onset(party, numbers[party], decided_ms))
                order.progress(party, decided_ms - 1)
            released += [event.utterance_id for event in take_all(order)]
        for party in PARTIES:
            for decided_ms in waiting[party]:
                numbers[party] += 1
                order.add(onset(party, numbers[party], decided_ms))
            order.finish(party)
        return released + [event.utterance_id for event in take_all(order)]

    assert run(interleaving) == run([True] * 24) == run([False] * 24)
