"""A playbook's cases, tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from assist.messages import Flag, Prompt, Verdict
from assist.playbook.advise import advise
from assist.playbook.cases.case import Case
from assist.playbook.cases.dialogue import facts_in
from assist.playbook.model import Playbook, Rule
from assist.playbook.phrase import Listen
from assist.playbook.state import RunState, begin


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that turned out otherwise."""

    rule_id: str
    line: int
    """1-based line of the case in its file."""
    message: str
    """What was expected and what happened."""


@dataclass(slots=True)
class _Outcome:
    """What one rule said and did in a dialogue."""

    prompts: int = 0
    has_set: bool = False
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    """The last one of each flag."""

    def describe(self) -> str:
        parts = [
            *(["a prompt"] if self.prompts else []),
            *(["a state"] if self.has_set else []),
            *(f"a flag {verdict}" for verdict in self.verdicts.values()),
        ]
        return ", ".join(parts) or "nothing"


def failures_in(playbook: Playbook, listen: Listen) -> Iterator[CaseFailure]:
    """The cases that fail, in the order of the rules; each dialogue is taken through the whole playbook."""
    for place, rule in enumerate(playbook.rules):
        for case in rule.cases:
            outcome = _try(playbook, place, case, listen)
            expected = _expected(case)
            if not _is_right(rule, case, outcome):
                message = f"rule {rule.rule_id!r}: a case expects {expected}, what followed is {outcome.describe()}"
                yield CaseFailure(rule.rule_id, case.line, message)


def _try(playbook: Playbook, place: int, case: Case, listen: Listen) -> _Outcome:
    rule, state, outcome = playbook.rules[place], begin(playbook), _Outcome()
    reference = f"{rule.rule_id}@{playbook.version}"
    for fact in facts_in(case, listen):
        state, advice = advise(playbook, state, fact)
        outcome.has_set |= _has_set(rule, place, state)
        for item in advice:
            if isinstance(item, Prompt) and item.because.rule == reference:
                outcome.prompts += 1
            elif isinstance(item, Flag) and item.rule == reference:
                outcome.verdicts[item.flag_id] = item.verdict
    return outcome


def _has_set(rule: Rule, place: int, state: RunState) -> bool:
    """Whether the rule has just given its states their values, for certain."""
    entries = [(state.states.get(name), value) for name, value in rule.sets.items()]
    is_so = all(entry is not None and entry.is_certain and entry.value == value for entry, value in entries)
    return bool(entries) and is_so and state.rules[place].was_true


def _is_right(rule: Rule, case: Case, outcome: _Outcome) -> bool:
    verdicts = list(outcome.verdicts.values())
    if case.verdict is not None and case.verdict not in verdicts:
        return False
    own = rule.flag.verdict if rule.flag else None
    has_fired = outcome.prompts > 0 or outcome.has_set or own in verdicts
    if case.fires:
        return has_fired or case.verdict is not None
    return not has_fired and all(verdict in ("met", case.verdict) for verdict in verdicts)


def _expected(case: Case) -> str:
    what = "that the rule fires" if case.fires else "that the rule stays silent"
    return what if case.verdict is None else f"{what} with the verdict {case.verdict}"
