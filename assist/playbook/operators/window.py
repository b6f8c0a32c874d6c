"""Where in a call a condition looks, and what other rules have done before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.playbook.moment import AT_CLOSE, NOTHING, Finding, Moment, MomentKind, Truth
from assist.playbook.operators.base import Operator

MAX_HITS = 1_024
"""Times that a part counted from the end remembers, the last ones: of what lasts, a quarter of an hour of seconds."""


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
    while either is in doubt, so is what is found. With a limit it begins anew each time that ``after`` is true; doubt
    prolongs nothing that is certain.
    """

    what: Operator
    first_turns: int | None = None
    """Turns of all parties, from the beginning of the call."""
    first_ms: int | None = None
    from_turn: int = 1
    after_rule: str = ""
    """A rule that must have fired before."""
    before_rule: str = ""
    """A rule that must not have fired yet."""
    after: Operator | None = None
    before: Operator | None = None
    during: Operator | None = None
    """What has to be so."""
    within_turns: int | None = None
    """Limit: turns of all parties after the one in which ``after`` was true."""
    within_ms: int | None = None
    """Limit: from the moment at which ``after`` was true."""
    begun: Truth = Truth.FALSE
    """Whether ``after`` was true by now."""
    begun_ms: int = 0
    begun_turn: int = 0
    ended: Truth = Truth.FALSE
    """Whether ``before`` was."""

    def observe(self, moment: Moment) -> tuple[Within, Finding]:
        window, lasting = self._moved(moment)
        is_open = min(
            Truth.TRUE if window.after is None else window._begun_at(moment),
            window.ended.negated(),
            lasting,
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
        return tuple(part for part in (self.what, self.after, self.before, self.during) if part is not None)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return self.what.moments

    @property
    def is_limited(self) -> bool:
        return self.within_turns is not None or self.within_ms is not None

    def _moved(self, moment: Moment) -> tuple[Within, Truth]:
        """The edges of the window after a moment, and whether ``during`` holds at it."""
        window = self
        if self.after is not None and (self.is_limited or self.begun is not Truth.TRUE):
            after, finding = self.after.observe(moment)
            if finding.truth is not Truth.FALSE and finding.truth >= self._begun_at(moment):
                turn = moment.floor.begun("any")
                window = replace(window, after=after, begun=finding.truth, begun_ms=moment.at_ms, begun_turn=turn)
            elif after is not self.after:
                window = replace(window, after=after)
        if self.before is not None and self.ended is not Truth.TRUE:
            before, finding = self.before.observe(moment)
            ended = max(self.ended, finding.truth)
            if before is not self.before or ended is not self.ended:
                window = replace(window, before=before, ended=ended)
        if self.during is None:
            return window, Truth.TRUE
        during, finding = self.during.observe(moment)
        return (window if during is self.during else replace(window, during=during)), finding.truth

    def _begun_at(self, moment: Moment) -> Truth:
        """Whether the part has begun and its limit is not reached."""
        is_over = (self.within_ms is not None and moment.at_ms > self.begun_ms + self.within_ms) or (
            self.within_turns is not None and moment.floor.begun("any") > self.begun_turn + self.within_turns
        )
        return Truth.FALSE if is_over else self.begun

    def _is_early_enough(self, moment: Moment) -> bool:
        return (
            (self.first_turns is None or moment.floor.begun("any") <= self.first_turns)
            and (self.first_ms is None or moment.at_ms <= self.first_ms)
            and (self.from_turn == 1 or moment.floor.begun("any") >= self.from_turn)
            and (not self.after_rule or moment.fired.get(self.after_rule, 0) > 0)
            and (not self.before_rule or not moment.fired.get(self.before_rule, 0))
        )


@dataclass(frozen=True, slots=True)
class InEnding(Operator):
    """``scope`` counted from the end of the call: something was so in that part, decided at the end."""

    what: Operator
    from_turn: int
    """Of all parties; the first is 1, the last -1."""
    to_turn: int
    last_ms: int | None
    from_percent: int = 0
    """Of the time of the call."""
    to_percent: int = 100
    hits: tuple[tuple[int, int, Finding], ...] = ()
    """Number of the turn, position and finding of each time, the last ones."""

    def observe(self, moment: Moment) -> tuple[InEnding, Finding]:
        what, finding = self.what.observe(moment)
        hits, turn = self.hits, moment.floor.begun("any")
        if finding.truth is not Truth.FALSE:
            hits = (*hits, (turn, moment.at_ms, finding))[-MAX_HITS:]
        after = self if what is self.what and hits is self.hits else replace(self, what=what, hits=hits)
        if moment.kind != "close":
            return after, NOTHING
        first, last = (one if one > 0 else turn + 1 + one for one in (self.from_turn, self.to_turn))
        since_ms, until_ms = (percent * moment.at_ms // 100 for percent in (self.from_percent, self.to_percent))
        if self.last_ms is not None:
            since_ms = max(since_ms, moment.at_ms - self.last_ms)
        found = [finding for at, at_ms, finding in hits if first <= at <= last and since_ms <= at_ms <= until_ms]
        truth = max((one.truth for one in found), default=Truth.FALSE)
        return after, Finding(truth, tuple(piece for one in found for piece in one.evidence)) if found else NOTHING

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.what,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_CLOSE
