"""What one rule remembers of a call."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages import Verdict
from assist.playbook.operators.base import Operator


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One rule's memory."""

    condition: Operator
    withdrawals: tuple[Operator, ...]
    was_true: bool = False
    """At the previous moment."""
    fired: int = 0
    """Number of the last prompt or flag; 0 before the first."""
    fired_ms: int | None = None
    verdict: Verdict | None = None
    """Of the last flag."""
    is_pending: bool = False
    """The last flag is a warning that will be settled under the same id."""

    def seen(self, condition: Operator, withdrawals: tuple[Operator, ...], *, was_true: bool) -> RuleRun:
        """After one more moment. Spelt out: it happens often, and ``replace`` takes five times as long."""
        return RuleRun(condition, withdrawals, was_true, self.fired, self.fired_ms, self.verdict, self.is_pending)
