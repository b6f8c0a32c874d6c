"""Playbooks run again over stored calls, one call after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from assist.backtest.comparison import Change, Place, Said, compare, said_in
from assist.backtest.recorded import RecordedCall, Spoken
from assist.backtest.report import Report
from assist.errors import InputError
from assist.playbook import Listen, Playbook, advise, begin
from assist.playbook.experiments import redrawn
from assist.playbook.operators.judged import questions_in
from assist.playbook.operators.means import labels_asked


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A playbook and what finds its phrases."""

    playbook: Playbook
    listen: Listen
    _asked: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    """Meanings and questions that rules ask for, by label, for each rule; those that ask for none are left out."""

    def __post_init__(self) -> None:
        asked = {
            rule.rule_id: labels_asked(rule.condition)
            .union(*(labels_asked(one.condition) for one in rule.withdrawals))
            .union(question.label for question in questions_in(rule.condition))
            for rule in self.playbook.rules
        }
        object.__setattr__(self, "_asked", {rule_id: labels for rule_id, labels in asked.items() if labels})

    def not_judged(self, call: RecordedCall) -> frozenset[str]:
        """Ids of the rules that ask for what nobody looked for, or asked a model, in a call."""
        known = call.meanings | call.judged
        return frozenset(rule_id for rule_id, labels in self._asked.items() if not known >= labels)


def replay(call: RecordedCall, rules: Ruleset) -> Sequence[Spoken]:
    """What a playbook says to a call, as it would have live; held out is what the call itself held out."""
    experiments = rules.playbook.experiments.values()
    state = begin(rules.playbook, redrawn(experiments, call.call_id, call.assignments))
    spoken: list[Spoken] = []
    for fact in call.facts(rules.listen):
        state, advice = advise(rules.playbook, state, fact)
        spoken += (item for item in advice if isinstance(item, Spoken))
    return spoken


class Backtest:
    """Replays a playbook over calls and keeps account of what changes."""

    def __init__(self, rules: Ruleset, against: Ruleset | None = None, *, max_changes: int = 10_000) -> None:
        """``against`` says what ``rules`` are compared with; None: what was said in the call itself.

        ``max_changes``: how many changes are kept one by one; beyond it they are only counted.
        """
        if max_changes < 0:
            raise ValueError("max_changes must not be negative")
        self._rules = rules
        self._against = against
        self.report = Report(max_changes=max_changes)

    def take(self, call: RecordedCall) -> Sequence[Change]:
        """Replay one call; what changes in it.

        Raises InputError for a call whose own record is no comparison: "call-impaired" where its rules gave up,
        "other-playbook" where others watched it.
        """
        before = said_in(replay(call, self._against) if self._against else self._record(call))
        after = said_in(replay(call, self._rules))
        unknown = self._rules.not_judged(call)
        if self._against is not None:
            unknown |= self._against.not_judged(call)
        if unknown:
            before, after = _without(before, unknown), _without(after, unknown)
        changes = compare(call, before, after)
        self.report.not_judged.update(unknown)
        self.report.add(call, before.values(), after.values(), changes)
        return changes

    def _record(self, call: RecordedCall) -> Sequence[Spoken]:
        if call.playbook.partition("@")[0] != self._rules.playbook.name:
            raise InputError(f"The call ran under {call.playbook}.", code="other-playbook")
        if call.is_impaired:
            raise InputError("The rules gave up during the call.", code="call-impaired")
        return call.said


def _without(said: Mapping[Place, Said], rules: Set[str]) -> Mapping[Place, Said]:
    return {place: one for place, one in said.items() if one.rule_id not in rules}
