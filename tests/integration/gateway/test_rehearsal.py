"""Replays beside the service: bounded, in turns, ended by who asked for them."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from assist.errors import OverloadedError
from gateway.record import Wanted
from gateway.rehearsal import Outcome, Progress, Rehearsal, line_of_key
from gateway.service import Service
from gateway.wiring import phrase_listener, strange_labels
from tests.support.service import PLAYBOOK, open_test_service, play_all


def rehearsal_of(service: Service, *, replays_at_once: int = 2, max_changes: int = 2_000) -> Rehearsal:
    return Rehearsal(
        service.store, phrase_listener, strange_labels, replays_at_once=replays_at_once, max_changes=max_changes
    )


async def test_a_closed_replay_makes_room_for_the_next(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        await play_all(service, ["c1", "c2"])
        rehearsal = rehearsal_of(service, replays_at_once=1)
        rules = await rehearsal.ruleset(PLAYBOOK)
        async with aclosing(rehearsal.replay(rules, Wanted(), most=5)) as first:
            assert await anext(first) == Progress(0, 2)
            with pytest.raises(OverloadedError) as caught:
                await anext(rehearsal.replay(rules, Wanted(), most=5))
            assert caught.value.code == "replay-busy"
        steps = [step async for step in rehearsal.replay(rules, Wanted(), most=5)]
    assert isinstance(steps[-1], Outcome)
    assert steps[-1].report.calls == 2


async def test_a_check_need_not_wait_for_a_replay(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        await play_all(service, ["c1", "c2"])
        rehearsal = rehearsal_of(service)
        rules = await rehearsal.ruleset(PLAYBOOK)
        async with aclosing(rehearsal.replay(rules, Wanted(), most=5)) as steps:
            await anext(steps)
            assert (await rehearsal.check(PLAYBOOK, "small")).can_publish


async def test_changes_are_kept_up_to_a_bound_and_calls_of_others_are_left_out(tmp_path: Path) -> None:
    silent = PLAYBOOK.replace("流量不够用", "您好呀")
    async with open_test_service(tmp_path) as service:
        await play_all(service, ["c1", "c2"])
        rehearsal = rehearsal_of(service, max_changes=1)
        rules = await rehearsal.ruleset(silent)
        outcome = [step async for step in rehearsal.replay(rules, Wanted(), most=5)][-1]
        of_nobody = [step async for step in rehearsal.replay(rules, Wanted(agent_id="9"), most=5)]
        foreign = await rehearsal.ruleset(PLAYBOOK.replace("name: small", "name: other"))
        left_out = [step async for step in rehearsal.replay(foreign, Wanted(), most=5)][-1]
    assert isinstance(outcome, Outcome)
    assert (len(outcome.report.changes), outcome.report.changes_left_out) == (1, 1)
    assert of_nobody[0] == Progress(0, 0)
    assert isinstance(left_out, Outcome)
    assert [one.code for one in left_out.skipped] == ["other-playbook", "other-playbook"]


@pytest.mark.parametrize(("text", "line"), [("a: 1\nversion : 3\n", 2), ("rules:\n  version: 3\n", 1), ("", 1)])
def test_a_key_of_the_playbook_is_found_at_its_line(text: str, line: int) -> None:
    assert line_of_key(text, "version") == line


def test_a_rehearsal_allows_at_least_one_replay(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="replays_at_once"):
        Rehearsal(None, phrase_listener, strange_labels, replays_at_once=0)  # pyright: ignore[reportArgumentType]
