"""Where in a call a condition looks, and what other rules have done before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.playbook.moment import AT_CLOSE, NOTHING, Finding, Moment, MomentKind, Truth
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import MAX_REMEMBERED


@dataclass(frozen=True, slots=True)
class HasFired(Operator):
    """``fired``: one of some rules has said something, or set its states, at an earlier moment."""

    rules: tuple[str, ...]
    least: int
    """How often, together."""

    def observe(self, moment: Moment) -> tuple[HasFired, Finding]:
        times = sum(moment.fired.get(rule_id, 0) for rule_id in self.rules)
        return self, Finding(Truth.TRUE) if times >= self.least else NOTHING


@dataclass(frozen=True, slots=True)
class Within(Operator):
    """``scope``: a condition that sees a part of the call and nothing else.

    The part begins at the moment at which ``after`` is first true and ends just before the one at which ``before`` is;
    while either is in doubt, so is what is found.
    """

    what: Operator
    first_turns: int | None = None
    """Turns of all parties, from the beginning of the call."""
    first_ms: int | None = None
    after_rule: str = ""
    """A rule that must have fired before."""
    before_rule: str = ""
    """A rule that must not have fired yet."""
    after: Operator | None = None
    before: Operator | None = None
    begun: Truth = Truth.FALSE
    """Whether ``after`` was true by now."""
    ended: Truth = Truth.FALSE
    """Whether ``before`` was."""

    def observe(self, moment: Moment) -> tuple[Within, Finding]:
        window = self._moved(moment)
        is_open = min(
            Truth.TRUE if window.after is None else window.begun,
            window.ended.negated(),
            Truth.TRUE if self._is_early_enough(moment) else Truth.FALSE,
        )
        if is_open is Truth.FALSE:
            return window, NOTHING
        what, finding = window.what.observe(moment)
        seen = window if what is window.what else replace(window, what=what)
        if finding.truth <= is_open:
            return seen, finding
        return seen, Finding(is_open, finding.evidence)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return tuple(part for part in (self.what, self.after, self.before) if part is not None)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return self.what.moments

    def _moved(self, moment: Moment) -> Within:
        """The edges of the window after a moment."""
        window = self
        if self.after is not None and self.begun is not Truth.TRUE:
            after, finding = self.after.observe(moment)
            begun = max(self.begun, finding.truth)
            if after is not self.after or begun is not self.begun:
                window = replace(window, after=after, begun=begun)
        if self.before is not None and self.ended is not Truth.TRUE:
            before, finding = self.before.observe(moment)
            ended = max(self.ended, finding.truth)
            if before is not self.before or ended is not self.ended:
                window = replace(window, before=before, ended=ended)
        return window

    def _is_early_enough(self, moment: Moment) -> bool:
        return (
            (self.first_turns is None or moment.floor.begun("any") <= self.first_turns)
            and (self.first_ms is None or moment.at_ms <= self.first_ms)
            and (not self.after_rule or moment.fired.get(self.after_rule, 0) > 0)
            and (not self.before_rule or not moment.fired.get(self.before_rule, 0))
        )


@dataclass(frozen=True, slots=True)
class InLastTurns(Operator):
    """``scope: {last_turns}``: something was so in the last turns of the call, decided at its end."""

    what: Operator
    turns: int
    hits: tuple[tuple[int, Finding], ...] = ()
    """Number of the turn and finding of each time, the last ones."""

    def observe(self, moment: Moment) -> tuple[InLastTurns, Finding]:
        what, finding = self.what.observe(moment)
        hits, turn = self.hits, moment.floor.begun("any")
        if finding.truth is not Truth.FALSE:
            hits = (*hits, (turn, finding))[-MAX_REMEMBERED:]
        after = self if what is self.what and hits is self.hits else replace(self, what=what, hits=hits)
        if moment.kind != "close":
            return after, NOTHING
        found = [finding for at, finding in hits if at > turn - self.turns]
        truth = max((one.truth for one in found), default=Truth.FALSE)
        return after, Finding(truth, tuple(piece for one in found for piece in one.evidence)) if found else NOTHING

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.what,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_CLOSE
