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


def test_a_party_of_whom_nothing_comes_holds_nobody_up_once_its_lane_has_caught_up() -> None:
    order = DecidedOrder(PARTIES)
    order.add(onset("agent", 1, 900))
    order.progress("agent", 2_000)
    order.add(onset("customer", 1, 480))
    order.progress("customer", 400)
    order.leave("customer", 500)
    assert order.is_away("customer")
    assert take_all(order) == []
    order.progress("customer", 500)
    assert [event.utterance_id for event in take_all(order)] == ["customer-1", "agent-1"]
    assert order.position_ms == 2_000


def test_a_party_that_was_never_heard_holds_nobody_up() -> None:
    order = DecidedOrder(PARTIES)
    order.leave("agent", 0)
    order.add(onset("customer", 1, 900))
    order.progress("customer", 1_000)
    assert [event.utterance_id for event in take_all(order)] == ["customer-1"]


def test_who_comes_back_is_waited_for_again() -> None:
    order = DecidedOrder(PARTIES)
    order.leave("agent", 0)
    order.progress("customer", 1_000)
    order.come_back("agent")
    order.add(onset("customer", 1, 1_200))
    order.progress("customer", 1_500)
    assert take_all(order) == []
    order.add(onset("agent", 1, 1_100))
    order.progress("agent", 1_300)
    assert [event.utterance_id for event in take_all(order)] == ["agent-1", "customer-1"]


@given(
    agent=st.lists(st.integers(1, 100), max_size=12),
    customer=st.lists(st.integers(1, 100), max_size=12),
    leaves_ms=st.integers(0, 60),
    away=st.integers(0, 40),
    interleaving=st.lists(st.booleans(), min_size=24, max_size=24),
)
def test_the_order_with_a_party_away_for_a_while_is_that_of_the_recording(
    agent: list[int], customer: list[int], leaves_ms: int, away: int, interleaving: list[bool]
) -> None:
    """The customer says nothing between leaving and coming back, no earlier than what was released by then."""
    early = [at for at in sorted(customer) if at <= leaves_ms]
    order = DecidedOrder(PARTIES)
    released: list[str] = []
    numbers: dict[Party, int] = {"agent": 0, "customer": 0}

    def say(party: Party, decided_ms: int) -> None:
        numbers[party] += 1
        order.add(onset(party, numbers[party], decided_ms))
        released.extend(event.utterance_id for event in take_all(order))

    for decided_ms in early:
        say("customer", decided_ms)
    order.progress("customer", leaves_ms)
    order.leave("customer", leaves_ms)
    spoken = sorted(agent)
    while spoken and spoken[0] <= away:
        say("agent", spoken.pop(0))
        order.progress("agent", spoken[0] - 1 if spoken else 100)
        released.extend(event.utterance_id for event in take_all(order))
    back_ms = max(leaves_ms, order.position_ms)
    order.come_back("customer")
    order.progress("customer", back_ms)
    late = [at for at in sorted(customer) if at > back_ms]
    for is_agent in interleaving:
        if is_agent and spoken:
            say("agent", spoken.pop(0))
            order.progress("agent", spoken[0] - 1 if spoken else 100)
        elif not is_agent and late:
            say("customer", late.pop(0))
            order.progress("customer", late[0] - 1 if late else 100)
    left: list[tuple[Party, list[int]]] = [("agent", spoken), ("customer", late)]
    for party, rest in left:
        for decided_ms in rest:
            say(party, decided_ms)
        order.finish(party)
    released.extend(event.utterance_id for event in take_all(order))

    recorded = DecidedOrder(PARTIES)
    heard: list[tuple[Party, list[int]]] = [
        ("agent", sorted(agent)),
        ("customer", [*early, *(at for at in sorted(customer) if at > back_ms)]),
    ]
    for party, all_of_them in heard:
        for number, decided_ms in enumerate(all_of_them, start=1):
            recorded.add(onset(party, number, decided_ms))
        recorded.finish(party)
    assert released == [event.utterance_id for event in take_all(recorded)]
