"""What counts as gained, lost and changed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from assist.backtest import RecordedCall, Report, compare, read_call, said_in
from assist.messages import Arm, Because, Evidence, Flag, Prompt, PromptUpdated, Verdict
from tests.support.envelopes import closed, log, opened

CALL: RecordedCall = read_call(log("c1", opened("8001"), closed()))
Spoken = Prompt | PromptUpdated | Flag
NOTHING = {"before": 0, "after": 0, "gained": 0, "lost": 0, "changed": 0, "held_out": 0}


def because(rule_id: str) -> Because:
    evidence = Evidence(kind="utterance", utterance_id="u1", start_ms=0, end_ms=900, quote="不需要")
    return Because(rule=f"{rule_id}@1", reason="原因", evidence=(evidence,))


def flag(flag_id: str, at_ms: int, verdict: Verdict = "breach", rule_id: str = "push") -> Flag:
    return Flag(
        flag_id=flag_id, rule=f"{rule_id}@1", title="题", severity="minor", verdict=verdict,
        because=because(rule_id), at_ms=at_ms,
    )  # fmt: skip


def prompt(number: int, at_ms: int, arm: Arm = "shown") -> Prompt:
    return Prompt(
        prompt_id=f"offer-{number}", kind="offer", title="题", body="文", because=because("offer"), at_ms=at_ms,
        said_ms=at_ms, expires_ms=at_ms + 9_000, arm=arm,
    )  # fmt: skip


def ended(number: int, state: str) -> PromptUpdated:
    return PromptUpdated(prompt_id=f"offer-{number}", at_ms=50_000, state=state)  # pyright: ignore[reportArgumentType]


def changes(before: Iterable[Spoken], after: Iterable[Spoken]) -> list[tuple[str, str, int, str | None, str | None]]:
    found = compare(CALL, said_in(before), said_in(after))
    return [(one.change, one.rule_id, one.at_ms, one.before, one.after) for one in found]


def test_nothing_changes_between_equal_runs() -> None:
    run = (prompt(1, 1_000), flag("push-1", 2_000), ended(1, "expired"), flag("push-2", 9_000, "abstained"))
    assert changes(run, run) == []


def test_gained_and_lost_are_told_by_position() -> None:
    assert changes([prompt(1, 1_000)], [prompt(1, 4_000)]) == [
        ("lost", "offer", 1_000, "open", None),
        ("gained", "offer", 4_000, None, "open"),
    ]


def test_numbers_that_shift_change_nothing() -> None:
    before = [flag("push-1", 5_000)]
    after = [flag("push-1", 2_000), flag("push-2", 5_000)]
    assert changes(before, after) == [("gained", "push", 2_000, None, "breach")]


def test_the_last_verdict_of_a_flag_counts() -> None:
    warned = [flag("push-1", 2_000, "at_risk"), flag("push-1", 8_000, "breach")]
    settled = [flag("push-1", 2_000, "at_risk"), flag("push-1", 6_000, "met")]
    assert changes(warned, settled) == [("changed", "push", 6_000, "breach", "met")]


def test_the_only_flag_of_a_call_is_the_same_wherever_it_is() -> None:
    assert changes([flag("push", 2_000)], [flag("push", 5_000)]) == []
    assert changes([flag("push", 2_000)], [flag("push", 5_000, "met")]) == [("changed", "push", 5_000, "breach", "met")]


def test_a_prompt_that_ends_otherwise_is_changed() -> None:
    before, after = [prompt(1, 1_000), ended(1, "expired")], [prompt(1, 1_000), ended(1, "withdrawn")]
    assert changes(before, after) == [("changed", "offer", 1_000, "expired", "withdrawn")]


SHOWN, HELD_OUT = prompt(1, 1_000), prompt(1, 1_000, "held-out")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([HELD_OUT], [HELD_OUT], []),
        ([HELD_OUT], [], [("held-out", "offer", 1_000, "held-out", None)]),
        ([], [HELD_OUT], [("held-out", "offer", 1_000, None, "held-out")]),
        ([SHOWN], [HELD_OUT], [("held-out", "offer", 1_000, "open", "held-out")]),
        ([HELD_OUT], [SHOWN], [("gained", "offer", 1_000, "held-out", "open")]),
    ],
)
def test_a_held_out_prompt_that_nobody_saw_is_neither_gained_nor_lost(
    before: list[Spoken], after: list[Spoken], expected: list[tuple[str, str, int, str | None, str | None]]
) -> None:
    assert changes(before, after) == expected


def test_what_is_held_out_is_counted_beside_what_people_see() -> None:
    before, after = said_in([HELD_OUT]), said_in([])
    report = Report(max_changes=1)
    report.add(CALL, before.values(), after.values(), compare(CALL, before, after))
    values = report.as_values()
    assert (values["calls"], values["calls_changed"]) == (1, 0)
    assert values["totals"] == {"prompt": {**NOTHING, "held_out": 1}}


def test_two_flags_of_a_rule_at_one_position_are_two() -> None:
    both = [flag("push-1", 2_000), flag("push-2", 2_000)]
    assert changes(both, both[:1]) == [("lost", "push", 2_000, "breach", None)]


def test_a_change_names_call_agent_and_words() -> None:
    (change,) = compare(CALL, said_in([]), said_in([flag("push", 2_000)]))
    assert (change.call_id, change.agent_id, change.quote, change.reason) == ("c1", "8001", "不需要", "原因")


def test_the_report_adds_up_by_rule_and_agent_and_keeps_no_more_than_it_may() -> None:
    before, after = said_in([prompt(1, 1_000), flag("push", 2_000)]), said_in([flag("push", 2_000, "met")])
    found = compare(CALL, before, after)
    report = Report(max_changes=1)
    report.add(CALL, before.values(), after.values(), found)
    values = report.as_values()
    assert (values["calls"], values["calls_changed"], values["changes_left_out"]) == (1, 1, 1)
    assert values["rules"] == [
        {"rule": "push", "kind": "flag", **NOTHING, "before": 1, "after": 1, "changed": 1},
        {"rule": "offer", "kind": "prompt", **NOTHING, "before": 1, "lost": 1},
    ]
    assert list(report.by_agent) == [("prompt", "8001"), ("flag", "8001")]
    assert len(report.changes) == 1


@pytest.mark.parametrize("parts", [(5,), (1, 4), (2, 2, 1), (1, 1, 1, 1, 1)])
def test_reports_of_parts_make_the_report_of_the_whole(parts: tuple[int, ...]) -> None:
    before, after = said_in([prompt(1, 1_000), flag("push", 2_000)]), said_in([flag("push", 2_000, "met")])
    found = compare(CALL, before, after)
    whole, together = Report(max_changes=5), Report(max_changes=5)
    for calls in parts:
        part = Report(max_changes=5)
        for _ in range(calls):
            for report in (whole, part):
                report.add(CALL, before.values(), after.values(), found)
                report.not_judged.update(("push",))
        together.include(part)
    assert together.as_values() == whole.as_values()
    assert (len(together.changes), together.changes_left_out) == (5, 5)
