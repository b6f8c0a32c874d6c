"""What people's final judgement says of rules: which flags were right, and cases for those that were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assist.experiments.intervals import wilson_interval
from assist.messages import Envelope, Flag, RightVerdict, Verdict
from assist.quality.judging import judged_in
from assist.quality.review import Review

RULED = frozenset(("flag", "call-degraded"))
"""Types of the events that rulings are made of, beside those of the reviews themselves."""


@dataclass(frozen=True, slots=True)
class FlagRuling:
    """Whether a flag was right, as the reviews of its call stand."""

    flag_id: str
    rule: str
    """rule id@playbook version"""
    verdict: Verdict
    is_right: bool

    @property
    def rule_id(self) -> str:
        return self.rule.partition("@")[0]


@dataclass(frozen=True, slots=True)
class RuleCase:
    """A call in which a rule was wrong, and what it should have said."""

    case_id: str
    call_id: str
    review_id: str
    playbook: str
    """Name."""
    rule: str
    """rule id@playbook version that was wrong"""
    flag_id: str
    was: Verdict
    expected: RightVerdict
    at_ms: int
    """Where the flag was first raised."""
    reason: str
    by_name: str
    at: datetime

    @property
    def rule_id(self) -> str:
        return self.rule.partition("@")[0]


def rulings_of(review: Review, log: Iterable[Envelope]) -> Iterator[FlagRuling]:
    """Every flag that an item of a scored audit was filled in from, each once; who abstained is not judged.

    A breach or a warning was right where the item lost points, ``met`` where it did not.
    """
    if review.kind != "audit" or review.score is None or review.state == "withdrawn":
        return
    flags = {flag.flag_id: flag for flag in judged_in(log).flags}
    wrong = {error.flag_id for appeal in review.appeals if appeal.decided for error in appeal.decided.rule_errors}
    told: set[str] = set()
    for item in review.items:
        has_lost = item.value is not None and item.value < item.scale
        for flag in (flags[flag_id] for flag_id in item.flag_ids if flag_id in flags):
            if flag.flag_id not in told and flag.verdict != "abstained":
                told.add(flag.flag_id)
                is_right = flag.flag_id not in wrong and has_lost == (flag.verdict != "met")
                yield FlagRuling(flag.flag_id, flag.rule, flag.verdict, is_right)


def cases_of(review: Review, log: Iterable[Envelope]) -> Iterator[RuleCase]:
    """The cases that decisions about a review made of rules' errors."""
    if review.state == "withdrawn":
        return
    events = list(log)
    first_ms: dict[str, int] = {}
    for envelope in events:
        if isinstance(envelope.event, Flag):
            first_ms.setdefault(envelope.event.flag_id, envelope.event.at_ms)
    playbook = judged_in(events).playbook
    for appeal in review.appeals:
        if appeal.decided is None or appeal.decided_at is None:
            continue
        for error in appeal.decided.rule_errors:
            yield RuleCase(
                case_id=error.case_id,
                call_id=review.call_id,
                review_id=review.review_id,
                playbook=playbook,
                rule=error.rule,
                flag_id=error.flag_id,
                was=error.was,
                expected=error.expected,
                at_ms=first_ms.get(error.flag_id, 0),
                reason=error.reason or appeal.decided.reason,
                by_name=appeal.decided.by_name,
                at=appeal.decided_at,
            )


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a rule was right when it found fault, with its 95 % interval."""

    judged: int
    """Flags that people judged."""
    right: int
    precision: float
    """Weighted by how likely the calls were drawn; of all judged flags alike where no draw took any."""
    low: float
    high: float
    is_weighted: bool


def precision_of(readings: Iterable[tuple[bool, float | None]]) -> Precision | None:
    """From whether each flag was right and the weight of its call (None: somebody chose it); None without flags.

    Wilson's interval, over Kish's effective number of flags where they are weighted.
    """
    rows = list(readings)
    if not rows:
        return None
    weighted = [(is_right, weight) for is_right, weight in rows if weight is not None]
    used: list[tuple[bool, float]] = weighted or [(is_right, 1.0) for is_right, _ in rows]
    total = sum(weight for _, weight in used)
    share = sum(weight for is_right, weight in used if is_right) / total
    effective = total**2 / sum(weight**2 for _, weight in used)
    interval = wilson_interval(share, effective)
    return Precision(
        len(rows), sum(is_right for is_right, _ in rows), share, interval.low, interval.high, bool(weighted)
    )


def by_rule(readings: Iterable[tuple[str, bool, float | None]]) -> Mapping[str, Precision]:
    """The precision of each rule, by its id and in the order of the ids."""
    rows: dict[str, list[tuple[bool, float | None]]] = {}
    for rule_id, is_right, weight in readings:
        rows.setdefault(rule_id, []).append((is_right, weight))
    found = {rule_id: precision_of(rows[rule_id]) for rule_id in sorted(rows)}
    return {rule_id: precision for rule_id, precision in found.items() if precision is not None}
