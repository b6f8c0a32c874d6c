"""Who sees which call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from assist.scope import EVERY_CALL, NO_CALL, CallScope
from assist.stores.accounts import Role, User
from gateway.permissions import API_KEY_USER_ID, hears_live, own_agent_id, permissions_of, scope_of


@dataclass
class Row:
    agent_id: str | None


def user(role: Role, agent_id: str | None = None) -> User:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return User(user_id="u", name="u", display_name="U", role=role, agent_id=agent_id, created_at=at, disabled=False)


EVERYBODY = None
NOBODY = frozenset[str]()
TEAM = frozenset({"1001", "1002"})


@pytest.mark.parametrize("role", ["admin", "qa", "qa-lead", "trainer", "supervisor"])
def test_everyone_but_agents_sees_every_call_where_there_are_no_teams(role: Role) -> None:
    assert scope_of(user(role)) == EVERY_CALL


@pytest.mark.parametrize(
    ("role", "agents"),
    [
        ("supervisor", TEAM),
        ("qa", TEAM),
        ("qa-lead", EVERYBODY),
        ("trainer", EVERYBODY),
        ("admin", EVERYBODY),
        ("agent", frozenset({"1001"})),
    ],
)
def test_supervisors_and_qa_see_the_calls_of_their_teams(role: Role, agents: frozenset[str] | None) -> None:
    assert scope_of(replace(user(role, "1001"), team_agents=TEAM)).agents == agents


@pytest.mark.parametrize("role", ["supervisor", "qa"])
def test_without_a_team_of_their_own_they_see_what_they_have_to_review_and_what_they_carried(role: Role) -> None:
    somebody = user(role)
    assert scope_of(replace(somebody, team_agents=NOBODY)) == CallScope(frozenset({"user:u"}), somebody.user_id)


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
    assert scope_of(user("agent", own)).covers(of_call) is expected


def test_disabled_user_sees_nothing() -> None:
    assert scope_of(replace(user("admin"), disabled=True)) == NO_CALL


@pytest.mark.parametrize(
    ("role", "expected"),
    [("admin", True), ("supervisor", True), ("qa", True), ("qa-lead", True), ("trainer", False), ("agent", False)],
)
def test_who_may_look_behind_masks_gets_live_words_as_they_were_said(role: Role, expected: bool) -> None:
    assert hears_live(user(role, "1002"), Row("1001")) is expected


def test_the_agent_of_a_live_call_gets_its_words_as_they_were_said_and_an_api_key_does_not() -> None:
    assert hears_live(user("agent", "1001"), Row("1001"))
    assert not hears_live(user("agent"), Row(None))
    assert not hears_live(replace(user("supervisor"), user_id=API_KEY_USER_ID), Row("1001"))


@pytest.mark.parametrize("role", ["admin", "qa", "qa-lead", "trainer", "supervisor"])
def test_who_carries_a_call_on_the_softphone_sees_and_hears_it(role: Role) -> None:
    somebody = replace(user(role), team_agents=NOBODY)
    own = own_agent_id(somebody)
    assert own == "user:u"
    assert scope_of(somebody).covers(own)
    assert hears_live(somebody, Row(own))


def test_an_agent_takes_part_under_the_id_of_the_phone_platform() -> None:
    assert own_agent_id(user("agent", "1001")) == "1001"


WORK = {
    "playbook.read",
    "playbook.edit",
    "playbook.publish",
    "experiments.read",
    "experiments.decide",
    "reports.read",
    "wrap-up.confirm",
    "calls.export",
    "transcript.correct",
    "corrections.export",
    "note.write",
    "private.reveal",
}
ADMINISTRATION = {"access-log.read", "records.manage", "teams.manage", "calls.announce"}
REMARKS = {"transcript.correct", "corrections.export", "note.write"}
REVIEWS = {"review.read", "review.score"}
SOFTPHONE = {"softphone.use"}
IN_CALLS = {"legs.exchange"}
LEADS = {"review.assign", "review.decide-lead"}
QUALITY = {"review.assign", "review.decide-quality"}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", WORK | ADMINISTRATION | REVIEWS | LEADS | QUALITY | {"review.answer"} | SOFTPHONE | IN_CALLS),
        ("supervisor", WORK | REVIEWS | LEADS | SOFTPHONE | IN_CALLS),
        ("qa", WORK | REVIEWS | SOFTPHONE),
        ("qa-lead", WORK | REVIEWS | QUALITY | {"access-log.read"} | SOFTPHONE),
        (
            "trainer",
            {"playbook.read", "playbook.edit", "experiments.read", "reports.read", "calls.export"}
            | REMARKS
            | SOFTPHONE,
        ),
        (
            "agent",
            {"playbook.read", "reports.read", "wrap-up.confirm", "note.write", "review.answer"} | SOFTPHONE | IN_CALLS,
        ),
    ],
)
def test_a_role_says_who_edits_and_publishes_playbooks_decides_on_prompts_and_remarks(
    role: Role, expected: set[str]
) -> None:
    assert permissions_of(user(role, "1001")) == expected


def test_an_api_key_only_reads_and_a_disabled_user_does_nothing() -> None:
    assert permissions_of(replace(user("supervisor"), user_id=API_KEY_USER_ID)) == {
        "playbook.read",
        "experiments.read",
        "reports.read",
        "calls.announce",
    }
    assert permissions_of(replace(user("admin"), disabled=True)) == frozenset()
