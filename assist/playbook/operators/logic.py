"""Operators that join others, and named states."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.playbook.moment import EVERY_MOMENT, NOTHING, Finding, Moment, MomentKind, StateValue, Truth
from assist.playbook.operators.base import Operator


@dataclass(frozen=True, slots=True)
class AtLeast(Operator):
    """``at_least``: so many of its parts are true at the same moment; one is ``any``, every one is ``all``.

    With truth values in order that is the greatest and the least truth of the parts.
    """

    of: tuple[Operator, ...]
    least: int

    def observe(self, moment: Moment) -> tuple[AtLeast, Finding]:
        of, findings = _observe_all(self.of, moment)
        truth = sorted((finding.truth for finding in findings), reverse=True)[self.least - 1]
        after = self if of is self.of else replace(self, of=of)
        if truth is Truth.FALSE:
            return after, NOTHING
        deciding = (finding for finding in findings if finding.truth >= truth)
        return after, Finding(truth, tuple(piece for finding in deciding for piece in finding.evidence))

    @property
    def parts(self) -> tuple[Operator, ...]:
        return self.of

    @property
    def moments(self) -> frozenset[MomentKind]:
        """Those at which enough of them can be true."""
        return frozenset(kind for kind in EVERY_MOMENT if sum(kind in part.moments for part in self.of) >= self.least)


def all_of(parts: tuple[Operator, ...]) -> AtLeast:
    """``all``"""
    return AtLeast(parts, len(parts))


def any_of(parts: tuple[Operator, ...]) -> AtLeast:
    """``any``"""
    return AtLeast(parts, 1)


@dataclass(frozen=True, slots=True)
class Not(Operator):
    """``not``: true for false; unknown stays unknown."""

    of: Operator

    def observe(self, moment: Moment) -> tuple[Not, Finding]:
        of, finding = self.of.observe(moment)
        after = self if of is self.of else replace(self, of=of)
        return after, Finding(finding.truth.negated())

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class InState(Operator):
    """``state``: a named state has a value; one that was never set has none."""

    name: str
    value: StateValue

    def observe(self, moment: Moment) -> tuple[InState, Finding]:
        entry = moment.states.get(self.name)
        if entry is None:
            return self, NOTHING
        if not entry.is_certain:
            return self, Finding(Truth.UNKNOWN, entry.evidence)
        return self, Finding(Truth.TRUE, entry.evidence) if entry.value == self.value else NOTHING


def _observe_all(parts: tuple[Operator, ...], moment: Moment) -> tuple[tuple[Operator, ...], list[Finding]]:
    """Every part sees the moment, whatever the others say; the same tuple when no part changed."""
    observed = [part.observe(moment) for part in parts]
    if all(after is part for part, (after, _) in zip(parts, observed, strict=True)):
        return parts, [finding for _, finding in observed]
    return tuple(after for after, _ in observed), [finding for _, finding in observed]
