"""What a rule says when it fires: its flag and its prompt, the verdict, and the number of what it says."""

from __future__ import annotations

from assist.messages import Because, Evidence, Flag, Notification, Prompt, Verdict
from assist.playbook.model import FlagText, NotifyText, Playbook, PromptText, Rule
from assist.playbook.moment import MAX_EVIDENCE, Finding, Moment, Truth
from assist.playbook.rule_run import RuleRun
from assist.playbook.wording import WORDINGS, explain


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


def flag_of(
    playbook: Playbook, rule: Rule, text: FlagText, finding: Finding, verdict: Verdict, number: int, moment: Moment
) -> Flag:
    """The rule's flag with its evidence."""
    reason = rule.because
    if finding.outcome == "met":
        reason = text.met or WORDINGS[playbook.language].met
    return Flag(
        flag_id=rule.rule_id if rule.max_per_call == 1 else f"{rule.rule_id}-{number}",
        rule=playbook.reference_of(rule),
        title=text.title,
        party=rule.party,
        severity=rule.severity,
        verdict=verdict,
        score=rule.score if finding.truth is Truth.TRUE else 0,
        because=_because(playbook, rule, reason, finding, moment),
        at_ms=moment.at_ms,
    )


def notification_of(
    playbook: Playbook, rule: Rule, text: NotifyText, finding: Finding, number: int, moment: Moment
) -> Notification:
    """Word of the rule with its evidence."""
    return Notification(
        notification_id=rule.rule_id if rule.max_per_call == 1 else f"{rule.rule_id}-{number}",
        channel=text.channel,
        title=text.title,
        rule=playbook.reference_of(rule),
        party=rule.party,
        severity=rule.severity,
        verdict=verdict_of(rule.flag, finding),
        because=_because(playbook, rule, rule.because, finding, moment),
        at_ms=moment.at_ms,
    )


def prompt_of(
    playbook: Playbook, rule: Rule, text: PromptText, finding: Finding, number: int, moment: Moment, *, is_early: bool
) -> Prompt:
    """The rule's prompt with its evidence; ``is_early``: the words go on."""
    return Prompt(
        prompt_id=f"{rule.rule_id}-{number}",
        kind=text.kind,
        title=text.title,
        body=text.body,
        because=_because(playbook, rule, rule.because, finding, moment),
        at_ms=moment.at_ms,
        said_ms=moment.utterance.end_ms if moment.utterance else moment.at_ms,
        expires_ms=moment.at_ms + rule.expires_ms,
        from_partial=is_early and rule.shows_early,
    )


def _because(playbook: Playbook, rule: Rule, reason: str, finding: Finding, moment: Moment) -> Because:
    evidence = finding.evidence[:MAX_EVIDENCE] or (_circumstance(moment),)
    return Because(rule=playbook.reference_of(rule), reason=explain(reason, evidence), evidence=evidence)


def _circumstance(moment: Moment) -> Evidence:
    """What is left to point at when a condition rests on no words: this utterance, or the call so far."""
    if moment.utterance is not None:
        return Evidence.of(moment.utterance)
    return Evidence(kind="signal", start_ms=0, end_ms=moment.at_ms)
