"""Who sees which call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from assist.stores.accounts import Role, User
from gateway.permissions import API_KEY_USER_ID, agents_seen, may_see, permissions_of, sees_agent


@dataclass
class Row:
    agent_id: str | None


def user(role: Role, agent_id: str | None = None) -> User:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return User(user_id="u", name="u", display_name="U", role=role, agent_id=agent_id, created_at=at, disabled=False)


@pytest.mark.parametrize("role", ["admin", "qa", "trainer", "supervisor"])
def test_everyone_but_agents_sees_every_call(role: Role) -> None:
    assert may_see(user(role), Row("1001"))
    assert may_see(user(role), Row(None))


@pytest.mark.parametrize(
    ("own", "of_call", "expected"),
    [
        ("1001", "1001", True),
        ("1001", "1002", False),
        ("1001", None, False),
        (None, None, False),
        (None, "1001", False),
    ],
)
def test_agent_sees_own_calls_and_no_others(own: str | None, of_call: str | None, expected: bool) -> None:
    assert sees_agent(user("agent", own), of_call) is expected


def test_disabled_user_sees_nothing() -> None:
    assert not may_see(replace(user("admin"), disabled=True), Row("1001"))


@pytest.mark.parametrize(
    ("role", "own", "expected"),
    [("qa", None, None), ("supervisor", "1001", None), ("agent", "1001", {"1001"}), ("agent", None, set[str]())],
)
def test_lists_hold_what_may_be_seen(role: Role, own: str | None, expected: set[str] | None) -> None:
    assert agents_seen(user(role, own)) == expected


def test_lists_of_a_disabled_user_are_empty() -> None:
    assert agents_seen(replace(user("admin"), disabled=True)) == frozenset()


EVERYTHING = {
    "playbook.read",
    "playbook.edit",
    "playbook.publish",
    "experiments.read",
    "experiments.decide",
    "wrap-up.confirm",
    "calls.export",
    "transcript.correct",
    "corrections.export",
    "note.write",
    "private.reveal",
}
REMARKS = {"transcript.correct", "corrections.export", "note.write"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", EVERYTHING),
        ("supervisor", EVERYTHING),
        ("qa", EVERYTHING),
        ("trainer", {"playbook.read", "playbook.edit", "experiments.read", "calls.export"} | REMARKS),
        ("agent", {"playbook.read", "wrap-up.confirm", "note.write"}),
    ],
)
def test_a_role_says_who_edits_and_publishes_playbooks_decides_on_prompts_and_remarks(
    role: Role, expected: set[str]
) -> None:
    assert permissions_of(user(role, "1001")) == expected


def test_an_api_key_only_reads_and_a_disabled_user_does_nothing() -> None:
    assert permissions_of(replace(user("supervisor"), user_id=API_KEY_USER_ID)) == {"playbook.read", "experiments.read"}
    assert permissions_of(replace(user("admin"), disabled=True)) == frozenset()
