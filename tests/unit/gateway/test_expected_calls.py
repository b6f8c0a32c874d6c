"""Calls announced before their sound comes."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from assist.errors import InputError, LivecueError, NotFoundError, OverloadedError
from assist.messages import Agent, Customer, Leg
from gateway.expected_calls import Announcement, ExpectedCall, ExpectedCallLimits, ExpectedCalls
from gateway.sources.codec import Introduction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.now_s - 100.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def expected(clock: Clock) -> ExpectedCalls:
    return ExpectedCalls(ExpectedCallLimits(calls=3, valid_s=60, kept_s=100), clock_s=clock, now=clock.now)


def tickets(call: ExpectedCall) -> dict[str, UUID]:
    return {leg.role: leg.ticket for leg in call.legs}


def states(expected: ExpectedCalls, call: ExpectedCall) -> dict[str, str]:
    return {leg.role: leg.state for leg in expected.call(call.expected_id).legs}


def code_of(expected: ExpectedCalls, ticket: UUID) -> str:
    with pytest.raises(LivecueError) as caught:
        expected.claim(ticket)
    return caught.value.code


# --- tickets -----------------------------------------------------------------------------------------------------


def test_each_role_gets_a_ticket_of_its_own(expected: ExpectedCalls) -> None:
    call = expected.announce(Announcement(key="pbx-1"))
    assert set(tickets(call)) == {"agent", "customer"}
    assert len({*tickets(call).values()}) == 2
    assert call.expires_at == NOON + timedelta(seconds=60)


def test_a_ticket_says_the_role_and_what_was_announced(expected: ExpectedCalls) -> None:
    announcement = Announcement(key="pbx-1", agent=Agent(agent_id="1001"), playbook="telecom")
    call = expected.announce(announcement)
    claim = expected.claim(tickets(call)["agent"])
    assert (claim.role, claim.announcement) == ("agent", announcement)


def test_a_ticket_is_good_once(expected: ExpectedCalls) -> None:
    call = expected.announce(Announcement(key="pbx-1"))
    expected.claim(tickets(call)["agent"])
    assert code_of(expected, tickets(call)["agent"]) == "ticket-used"
    assert states(expected, call) == {"agent": "taken", "customer": "waiting"}


def test_a_ticket_that_nobody_gave_is_unknown(expected: ExpectedCalls) -> None:
    assert code_of(expected, uuid4()) == "unknown-ticket"


def test_a_ticket_expires(expected: ExpectedCalls, clock: Clock) -> None:
    call = expected.announce(Announcement(key="pbx-1"), valid_s=10)
    expected.claim(tickets(call)["agent"])
    clock.now_s += 10
    assert code_of(expected, tickets(call)["customer"]) == "ticket-expired"
    assert states(expected, call) == {"agent": "taken", "customer": "expired"}


def test_an_announcement_is_forgotten_some_time_after_it_expired(expected: ExpectedCalls, clock: Clock) -> None:
    call = expected.announce(Announcement(key="pbx-1"))
    clock.now_s += 160
    expected.announce(Announcement(key="pbx-2"))
    assert code_of(expected, tickets(call)["agent"]) == "unknown-ticket"
    with pytest.raises(NotFoundError, match="announced"):
        expected.call(call.expected_id)


def test_a_cancelled_announcement_opens_nothing(expected: ExpectedCalls) -> None:
    call = expected.announce(Announcement(key="pbx-1"))
    expected.cancel(call.expected_id)
    assert code_of(expected, tickets(call)["agent"]) == "unknown-ticket"
    with pytest.raises(NotFoundError):
        expected.cancel(call.expected_id)


# --- the bound ---------------------------------------------------------------------------------------------------


def test_a_full_table_refuses_and_says_when_there_will_be_room(expected: ExpectedCalls, clock: Clock) -> None:
    for number in range(3):
        expected.announce(Announcement(key=f"pbx-{number}"), valid_s=20 + number)
    clock.now_s += 5
    with pytest.raises(OverloadedError) as caught:
        expected.announce(Announcement(key="pbx-9"))
    assert (caught.value.code, caught.value.retry_after_s) == ("too-many-expected-calls", 15)


def test_a_full_table_forgets_what_is_over_before_it_refuses(expected: ExpectedCalls, clock: Clock) -> None:
    over = expected.announce(Announcement(key="pbx-0"), valid_s=10)
    for number in (1, 2):
        expected.announce(Announcement(key=f"pbx-{number}"))
    clock.now_s += 10
    expected.announce(Announcement(key="pbx-3"))
    assert code_of(expected, tickets(over)["agent"]) == "unknown-ticket"
    assert [call.announcement.key for call in expected.calls()] == ["pbx-3", "pbx-2", "pbx-1"]


# --- what other doors take from it -------------------------------------------------------------------------------


def test_what_a_platform_leaves_out_is_taken_from_the_announcement(expected: ExpectedCalls) -> None:
    agent, customer = Agent(agent_id="1001"), Customer(customer_id="13800000000")
    expected.announce(
        Announcement(
            key="CA1",
            roles=(),
            agent=agent,
            customer=customer,
            direction="outbound",
            playbook="telecom",
            terms=("畅享套餐",),
        )
    )
    said = Introduction(source="twilio/1", legs=(LEG,), key="CA1")
    full = expected.complete(said)
    assert (full.agent, full.customer, full.direction) == (agent, customer, "outbound")
    assert (full.playbook, full.terms) == ("telecom", ("畅享套餐",))
    assert (full.source, full.legs, full.key) == (said.source, said.legs, said.key)


def test_what_a_platform_says_itself_wins(expected: ExpectedCalls) -> None:
    expected.announce(Announcement(key="CA1", agent=Agent(agent_id="1001"), playbook="bank"))
    own = Agent(agent_id="2002")
    said = Introduction(source="twilio/1", legs=(LEG,), key="CA1", agent=own, direction="outbound", playbook="telecom")
    assert expected.complete(said) == said


def test_the_newest_announcement_of_a_key_counts(expected: ExpectedCalls) -> None:
    for playbook in ("first", "second"):
        expected.announce(Announcement(key="CA1", playbook=playbook))
    assert expected.complete(Introduction(source="x/1", legs=(LEG,), key="CA1")).playbook == "second"


@pytest.mark.parametrize("key", [None, "", "CA2"])
def test_calls_without_an_announcement_stay_as_they_are(expected: ExpectedCalls, key: str | None) -> None:
    expected.announce(Announcement(key="CA1", playbook="telecom"))
    said = Introduction(source="x/1", legs=(LEG,), key=key)
    assert expected.complete(said) is said


def test_an_expired_announcement_says_nothing(expected: ExpectedCalls, clock: Clock) -> None:
    expected.announce(Announcement(key="CA1", playbook="telecom"))
    clock.now_s += 60
    assert expected.complete(Introduction(source="x/1", legs=(LEG,), key="CA1")).playbook is None


# --- any order of it all -----------------------------------------------------------------------------------------


class AnyUse(RuleBasedStateMachine):
    """Every ticket opens once at most, only while it is good; the table stays within its bound."""

    given = Bundle[ExpectedCall]("given")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.limits = ExpectedCallLimits(calls=4, valid_s=30, kept_s=20)
        self.expected = ExpectedCalls(self.limits, clock_s=self.clock, now=self.clock.now)
        self.used: set[UUID] = set()
        self.cancelled: set[str] = set()

    @rule(target=given, key=st.sampled_from(("a", "b")), valid_s=st.integers(1, 40))
    def announce(self, key: str, valid_s: int) -> ExpectedCall:
        try:
            return self.expected.announce(Announcement(key=key), valid_s=valid_s)
        except OverloadedError:
            live = [call for call in self.expected.calls() if call.expires_at > self.clock.now()]
            assert len(live) == self.limits.calls
            return live[0]

    @rule(call=given, which=st.integers(0, 1))
    def claim(self, call: ExpectedCall, which: int) -> None:
        ticket = call.legs[which].ticket
        try:
            self.expected.claim(ticket)
        except InputError:
            is_over = call.expires_at <= self.clock.now()
            assert ticket in self.used or is_over or call.expected_id in self.cancelled
        else:
            assert ticket not in self.used
            assert call.expires_at > self.clock.now()
            self.used.add(ticket)

    @rule(call=consumes(given))
    def cancel(self, call: ExpectedCall) -> None:
        self.cancelled.add(call.expected_id)
        with contextlib.suppress(NotFoundError):
            self.expected.cancel(call.expected_id)

    @rule(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        self.clock.now_s += seconds

    @invariant()
    def stays_within_its_bound(self) -> None:
        calls = list(self.expected.calls())
        assert len(calls) <= self.limits.calls
        assert {call.expected_id for key in ("a", "b") for call in self.expected.calls(key)} == {
            call.expected_id for call in calls
        }


TestAnyUse = AnyUse.TestCase
