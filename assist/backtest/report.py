"""The account of a replay: what changes, by rule and by agent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from assist.backtest.comparison import Change, Kind, Said
from assist.backtest.recorded import RecordedCall


@dataclass(slots=True)
class Tally:
    """Counts of prompts, flags or notifications that people saw or would see, and of those held out beside them."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0
    held_out: int = 0
    """Changes of kind held-out."""

    def add(self, change: Change) -> None:
        match change.change:
            case "gained":
                self.gained += 1
            case "lost":
                self.lost += 1
            case "changed":
                self.changed += 1
            case "held-out":
                self.held_out += 1

    def include(self, other: Tally) -> None:
        self.before += other.before
        self.after += other.after
        self.gained += other.gained
        self.lost += other.lost
        self.changed += other.changed
        self.held_out += other.held_out


@dataclass(slots=True)
class Report:
    """Sums over the calls of a replay."""

    max_changes: int
    calls: int = 0
    calls_changed: int = 0
    """In which people would see something else."""
    by_kind: defaultdict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_rule: defaultdict[tuple[Kind, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_agent: defaultdict[tuple[Kind, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    """The empty agent stands for calls without one."""
    changes: list[Change] = field(default_factory=list[Change])
    """The first ``max_changes``."""
    changes_left_out: int = 0
    not_judged: Counter[str] = field(default_factory=Counter[str])
    """Calls in which nobody had looked for what a rule asks for, by rule; there it counts nowhere."""

    def add(self, call: RecordedCall, before: Iterable[Said], after: Iterable[Said], changes: Sequence[Change]) -> None:
        """Count one call."""
        agent_id = call.agent_id or ""
        self.calls += 1
        self.calls_changed += any(change.change != "held-out" for change in changes)
        for said in before:
            for tally in self._tallies(said.kind, said.rule_id, agent_id):
                tally.before += not said.is_held_out
        for said in after:
            for tally in self._tallies(said.kind, said.rule_id, agent_id):
                tally.after += not said.is_held_out
        for change in changes:
            for tally in self._tallies(change.kind, change.rule_id, agent_id):
                tally.add(change)
        kept = changes[: max(0, self.max_changes - len(self.changes))]
        self.changes += kept
        self.changes_left_out += len(changes) - len(kept)

    def include(self, later: Report) -> None:
        """Go on with the account of the calls that follow, which kept as many changes or more."""
        self.calls += later.calls
        self.calls_changed += later.calls_changed
        for here, there in ((self.by_rule, later.by_rule), (self.by_agent, later.by_agent)):
            for key, tally in there.items():
                here[key].include(tally)
        for kind, tally in later.by_kind.items():
            self.by_kind[kind].include(tally)
        kept = later.changes[: max(0, self.max_changes - len(self.changes))]
        self.changes += kept
        self.changes_left_out += later.changes_left_out + len(later.changes) - len(kept)
        self.not_judged.update(later.not_judged)

    def as_values(self) -> dict[str, object]:
        """Everything as plain values, rules and agents in order of their names."""
        return {
            "calls": self.calls,
            "calls_changed": self.calls_changed,
            "totals": {kind: asdict(tally) for kind, tally in sorted(self.by_kind.items())},
            "rules": [
                {"rule": rule_id, "kind": kind, **asdict(tally)}
                for (kind, rule_id), tally in sorted(self.by_rule.items())
            ],
            "agents": [
                {"agent": agent_id or None, "kind": kind, **asdict(tally)}
                for (kind, agent_id), tally in sorted(self.by_agent.items())
            ],
            "changes": [asdict(change) for change in self.changes],
            "changes_left_out": self.changes_left_out,
            "not_judged": dict(sorted(self.not_judged.items())),
        }

    def _tallies(self, kind: Kind, rule_id: str, agent_id: str) -> tuple[Tally, Tally, Tally]:
        return self.by_kind[kind], self.by_rule[kind, rule_id], self.by_agent[kind, agent_id]
