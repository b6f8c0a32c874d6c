"""Rule cases, tried: the calls in which rules were wrong, replayed under a playbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assist.backtest import RecordedCall, Ruleset, Said, replay, said_in
from assist.quality.rulings import RuleCase

NEAR_MS = 5_000
"""A flag that a rule can raise more than once is the same if it was first raised this near."""

State = Literal["passing", "failing", "not-tried"]


@dataclass(frozen=True, slots=True)
class CaseTrial:
    """What a playbook says to a rule case."""

    case: RuleCase
    state: State
    """not-tried: the call cannot be replayed, or the rule asks for what nobody looked for in it."""
    found: str
    """Verdicts of the rule at that place, or "silent"; empty where it was not tried."""


def try_case(case: RuleCase, call: RecordedCall, rules: Ruleset) -> CaseTrial:
    """Replay a case's call. A rule that is gone is silent."""
    if case.rule_id in rules.not_judged(call):
        return CaseTrial(case, "not-tried", "")
    flags = [one for one in said_in(replay(call, rules)).values() if _is_meant(one, case)]
    verdicts = [one.standing for one in flags]
    state: State = "passing" if _is_right(case, verdicts) else "failing"
    return CaseTrial(case, state, ", ".join(dict.fromkeys(verdicts)) or "silent")


def _is_right(case: RuleCase, verdicts: Sequence[str]) -> bool:
    """As for the cases of a playbook: a rule that is to be silent may say that all is well."""
    if case.expected == "silent":
        return all(verdict == "met" for verdict in verdicts)
    return case.expected in verdicts


def _is_meant(one: Said, case: RuleCase) -> bool:
    if one.kind != "flag" or one.rule_id != case.rule_id:
        return False
    return one.is_single or abs(one.first_ms - case.at_ms) <= NEAR_MS
