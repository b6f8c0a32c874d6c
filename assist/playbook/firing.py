"""What a rule says when it fires: the verdict of its flag, and the number of what it says."""

from __future__ import annotations

from assist.messages import Verdict
from assist.playbook.model import FlagText, Rule
from assist.playbook.moment import Finding, Truth
from assist.playbook.state import RuleRun


def verdict_of(text: FlagText | None, finding: Finding) -> Verdict | None:
    """What a finding means for QA; None: nothing to report."""
    if text is None:
        return None
    match finding.truth:
        case Truth.TRUE:
            return text.verdict
        case Truth.UNKNOWN:
            return None if text.verdict == "met" else "abstained"
        case Truth.FALSE:
            return finding.outcome


def number_of(rule: Rule, run: RuleRun, verdict: Verdict | None, at_ms: int) -> int | None:
    """Number of the next prompt or flag: the warned one's own, an abstained one's instead of too many, a new one.

    None when the rule has to keep quiet. A duty that was fulfilled is only reported where the rule asks for it, or to
    settle a warning.
    """
    if run.is_pending:
        return run.fired
    if verdict == "met" and rule.flag is not None and rule.flag.verdict != "met" and not rule.flag.met:
        return None
    if run.verdict == "abstained" and run.fired >= rule.max_per_call and verdict not in (None, "abstained"):
        return run.fired
    is_cooling = run.fired_ms is not None and at_ms < run.fired_ms + rule.cool_down_ms
    return None if is_cooling or run.fired >= rule.max_per_call else run.fired + 1
