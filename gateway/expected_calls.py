"""Calls that an integrator announced before their sound comes: who takes part, and a ticket for each leg.

A ticket is a UUID that opens the door once and for a limited time. The table lives in memory: a call that is not placed
within minutes is announced again, and a restart ends the calls it was for (decision 0038).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Literal
from uuid import UUID, uuid4

from assist.errors import InputError, NotFoundError, OverloadedError
from assist.messages import Agent, CallDirection, Customer, Party
from gateway.sources.codec import Introduction

LegState = Literal["waiting", "taken", "expired"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said of a call beforehand."""

    key: str
    """The platform's own id of the call."""
    roles: tuple[Party, ...] = ("agent", "customer")
    """Who gets a ticket; nobody where the platform's connections name the call themselves."""
    rate_hz: int | None = None
    """Rate of all legs; None: that of the first sound."""
    agent: Agent | None = None
    customer: Customer | None = None
    direction: CallDirection = "inbound"
    playbook: str | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedLeg:
    """One leg that may come, with its ticket."""

    role: Party
    ticket: UUID
    state: LegState


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """An announcement as it stands now."""

    expected_id: str
    announcement: Announcement
    legs: tuple[ExpectedLeg, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What the holder of a ticket is let in for."""

    role: Party
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class ExpectedCallLimits:
    """Bounds of the table; each with its unit."""

    calls: int = 10_000
    valid_s: float = 300.0
    """How long tickets are good where the announcement does not say."""
    kept_s: float = 600.0
    """How long an announcement is remembered after that: a late or a second use is told from a wrong one."""


@dataclass(slots=True)
class _Entry:
    announcement: Announcement
    tickets: Mapping[UUID, Party]
    expires_s: float
    expires_at: datetime
    taken: set[UUID] = field(default_factory=set[UUID])


class ExpectedCalls:
    """Announced calls by id, by key and by ticket.

    ``clock_s`` is monotonic, ``now`` gives aware UTC times to show.
    """

    def __init__(
        self,
        limits: ExpectedCallLimits | None = None,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._limits = limits or ExpectedCallLimits()
        self._clock_s = clock_s
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._by_key: dict[str, list[str]] = {}
        self._by_ticket: dict[UUID, str] = {}
        self._expiring: list[tuple[float, str]] = []

    def announce(self, announcement: Announcement, *, valid_s: float | None = None) -> ExpectedCall:
        """Expect a call; a key that is announced again gets new tickets beside those it has.

        Raises OverloadedError "too-many-expected-calls".
        """
        self._make_room()
        valid_s = self._limits.valid_s if valid_s is None else valid_s
        expected_id = uuid4().hex
        self._entries[expected_id] = _Entry(
            announcement=announcement,
            tickets={uuid4(): role for role in announcement.roles},
            expires_s=self._clock_s() + valid_s,
            expires_at=self._now() + timedelta(seconds=valid_s),
        )
        entry = self._entries[expected_id]
        self._by_key.setdefault(announcement.key, []).append(expected_id)
        self._by_ticket.update(dict.fromkeys(entry.tickets, expected_id))
        heappush(self._expiring, (entry.expires_s, expected_id))
        return self._shown(expected_id, entry)

    def claim(self, ticket: UUID) -> Claim:
        """Use a ticket up.

        Raises NotFoundError "unknown-ticket", InputError "ticket-used", "ticket-expired".
        """
        expected_id = self._by_ticket.get(ticket)
        if expected_id is None:
            raise NotFoundError("Nobody announced a leg with this UUID.", code="unknown-ticket")
        entry = self._entries[expected_id]
        if ticket in entry.taken:
            raise InputError("This UUID was used before; announce the call again.", code="ticket-used")
        if entry.expires_s <= self._clock_s():
            raise InputError("This UUID is too old; announce calls shortly before they start.", code="ticket-expired")
        entry.taken.add(ticket)
        return Claim(role=entry.tickets[ticket], announcement=entry.announcement)

    def complete(self, introduction: Introduction) -> Introduction:
        """What a connection says of its call, with what it leaves out taken from the call's newest announcement."""
        known = self._newest(introduction.key)
        if known is None:
            return introduction
        return replace(
            introduction,
            agent=introduction.agent or known.agent,
            customer=introduction.customer or known.customer,
            direction=known.direction if introduction.direction == "inbound" else introduction.direction,
            playbook=introduction.playbook or known.playbook,
            terms=introduction.terms or known.terms,
        )

    def calls(self, key: str | None = None) -> Iterator[ExpectedCall]:
        """All that are remembered, newest first; or those of one key."""
        chosen: Sequence[str] = list(self._entries) if key is None else self._by_key.get(key, ())
        return (self._shown(expected_id, self._entries[expected_id]) for expected_id in reversed(chosen))

    def call(self, expected_id: str) -> ExpectedCall:
        """One of them. Raises NotFoundError "unknown-expected-call"."""
        return self._shown(expected_id, self._known(expected_id))

    def cancel(self, expected_id: str) -> None:
        """Forget an announcement and its tickets; legs that have come stay in their call.

        Raises NotFoundError "unknown-expected-call".
        """
        self._known(expected_id)
        self._forget(expected_id)

    def _known(self, expected_id: str) -> _Entry:
        entry = self._entries.get(expected_id)
        if entry is None:
            raise NotFoundError("No such call is announced; it may be long over.", code="unknown-expected-call")
        return entry

    def _newest(self, key: str | None) -> Announcement | None:
        now_s = self._clock_s()
        for expected_id in reversed(self._by_key.get(key or "", ())):
            entry = self._entries[expected_id]
            if entry.expires_s > now_s:
                return entry.announcement
        return None

    def _shown(self, expected_id: str, entry: _Entry) -> ExpectedCall:
        is_expired = entry.expires_s <= self._clock_s()
        unused: LegState = "expired" if is_expired else "waiting"
        legs = tuple(
            ExpectedLeg(role, ticket, "taken" if ticket in entry.taken else unused)
            for ticket, role in entry.tickets.items()
        )
        return ExpectedCall(expected_id, entry.announcement, legs, entry.expires_at)

    def _make_room(self) -> None:
        """Forget what is long over, and where the table is full what is over at all."""
        now_s = self._clock_s()
        while self._expiring:
            expires_s, expected_id = self._expiring[0]
            is_full = len(self._entries) >= self._limits.calls
            if expires_s > now_s - (0.0 if is_full else self._limits.kept_s):
                break
            heappop(self._expiring)
            self._forget(expected_id)
        if len(self._entries) >= self._limits.calls:
            raise OverloadedError(
                f"{self._limits.calls} announced calls have not come yet; announce later and for a shorter time.",
                code="too-many-expected-calls",
                retry_after_s=max(1.0, self._expiring[0][0] - now_s),
            )

    def _forget(self, expected_id: str) -> None:
        entry = self._entries.pop(expected_id, None)
        if entry is None:
            return
        for ticket in entry.tickets:
            del self._by_ticket[ticket]
        ids = self._by_key[entry.announcement.key]
        ids.remove(expected_id)
        if not ids:
            del self._by_key[entry.announcement.key]
