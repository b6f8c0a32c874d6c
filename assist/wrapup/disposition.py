"""Where a call is to be filed, by what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assist.messages import CallReason, CloseCause, Disposition, EmotionSummary, OfferMade, Promise
from assist.playbook.dispositions import Filing
from assist.spoken import spoken
from assist.view import CallView, Line
from assist.wrapup.codes import REASON_OF_INTENT
from assist.wrapup.done import Done
from assist.wrapup.lines import is_agent
from assist.wrapup.loose_ends import UNPLEASANT

_BROKEN_OFF: frozenset[CloseCause] = frozenset(["source-lost", "server-stopped", "server-restarted", "internal-error"])
_CONTENT = frozenset(["thank", "agree", "bye", "acknowledge"])


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What of a call decides where it is filed."""

    view: CallView
    lines: Sequence[Line]
    """What was said."""
    reasons: Sequence[CallReason]
    deeds: Sequence[Done]
    promises: Sequence[Promise]
    offers: Sequence[OfferMade]
    feelings: EmotionSummary | None
    cause: CloseCause


def disposition_of(call: CallFacts, filings: Sequence[Filing] = ()) -> Disposition:
    """A proposal; people confirm it. The first of a playbook's ``filings`` that fits comes before the default list."""
    reason = REASON_OF_INTENT.get(call.reasons[0].intent, "other") if call.reasons else "other"
    result = _result(call)
    own = [filing.code for filing in filings if _fits(call, filing)]
    own_reason = next((code.code for code in own if code.half == "reason"), reason)
    own_result = next((code.code for code in own if code.half == "result"), result)
    return Disposition(reason=own_reason, result=result if call.cause in _BROKEN_OFF else own_result)


def _fits(call: CallFacts, filing: Filing) -> bool:
    if call.reasons and call.reasons[0].intent in filing.intents:
        return True
    said = [spoken(line.text).chars for line in call.lines if filing.party in (None, line.party)]
    if any(spoken(phrase).chars in words for phrase in filing.phrases for words in said):
        return True
    finals = (card.prompt for card in call.view.prompts if not card.prompt.from_partial)
    prompted = {prompt.because.rule_id for prompt in finals}
    flagged = {(_rule_of(flag.rule), flag.verdict) for flag in call.view.flags}
    prompted |= {_rule_of(card.notification.rule) for card in call.view.notifications}
    return any(rule_id in prompted or (rule_id, verdict) in flagged for rule_id, verdict in filing.fired.items())


def _rule_of(reference: str) -> str:
    """The id out of rule@version."""
    return reference.partition("@")[0]


def _result(call: CallFacts) -> str:
    said = [offer for offer in call.offers if offer.is_said]
    ended_badly = call.feelings is not None and call.feelings.end.label in UNPLEASANT
    if call.cause in _BROKEN_OFF:
        return "broken-off"
    if any(is_agent(line) and "transfer" in line.acts for line in call.lines[-4:]):
        return "transferred"
    if any(offer.result == "sold" or (offer.reaction == "accepted" and offer.result is None) for offer in said):
        return "sold"
    if call.promises:
        return "promised"
    if ended_badly:
        return "unresolved"
    if said and not any(done.deed == "result" for done in call.deeds):
        return "declined"
    return "resolved" if call.deeds or _ends_content(call.lines) else "unresolved"


def _ends_content(lines: Sequence[Line]) -> bool:
    """Whether the customer's last words take leave or thank."""
    last = next((line for line in reversed(lines) if not is_agent(line) or line.party == "mixed"), None)
    return last is not None and bool(_CONTENT.intersection(last.intents))
