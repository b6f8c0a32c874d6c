"""What earlier calls are to the rules: facts of customer and agent, and the moment that shows a repeat call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from assist.messages import AgentHour, CallRepeated, CustomerHistory, IntentSignal, Signal, Utterance

REASON = "history.reason_7d."
REPEAT_OF, REPEAT_NUMBER = "call.repeat_of", "call.repeat_number"
DIRECTION = "call.direction"
AGAIN = "repeat_call"
"""The intent that says that somebody calls again, and not about what."""

Day = Callable[[datetime], str]
"""Writes a day as it is compared."""


def history_facts(history: CustomerHistory, utc_offset_min: int) -> Mapping[str, str]:
    """By path; days are those of the hotline's clock. What did not happen is not told, counts are."""

    def day(at: datetime) -> str:
        return (at + timedelta(minutes=utc_offset_min)).date().isoformat()

    return {
        "customer.id": history.customer_id,
        "history.calls_7d": str(history.calls_7d),
        "history.calls_30d": str(history.calls_30d),
        "history.complaints_30d": str(history.complaints_30d),
        "history.complaints_90d": str(history.complaints_90d),
        "history.open_promises": str(len(history.promises)),
        "history.overdue_promises": str(sum(standing.is_overdue for standing in history.promises)),
        **dict(_calls(history, day)),
        **dict(_offers(history, day)),
    }


def _calls(history: CustomerHistory, day: Day) -> Iterator[tuple[str, str]]:
    for call in history.calls[:1]:
        yield "history.last_call", day(call.opened_at)
    for reason in [call.reasons[0] for call in history.calls if call.reasons][:1]:
        yield "history.last_reason", reason
    for reason in history.reasons:
        yield REASON + reason.intent, str(reason.calls)


def _offers(history: CustomerHistory, day: Day) -> Iterator[tuple[str, str]]:
    for offer in history.offers[:1]:
        yield "history.last_offer", offer.offer_id or offer.title
        if offer.reaction is not None:
            yield "history.last_reaction", offer.reaction
    for offer in history.offers:
        if offer.offer_id and offer.is_sold:
            yield f"history.sold.{offer.offer_id}", day(offer.at)
        elif offer.offer_id and offer.reaction == "refused":
            yield f"history.refused.{offer.offer_id}", day(offer.at)
    if history.opted_out_at is not None:
        yield "history.opted_out", day(history.opted_out_at)


def repeated(facts: Mapping[str, str], utterance: Utterance, signals: Sequence[Signal]) -> CallRepeated | None:
    """Whether these words show a repeat call: they say what the customer called about in the last seven days, too.

    Once in a call, and never in one in which the hotline called the customer.
    """
    if REPEAT_OF in facts or utterance.party == "agent" or facts.get(DIRECTION) == "outbound":
        return None
    for intent in _what_about(signals):
        before = facts.get(REASON + intent, "")
        if before.isdecimal() and int(before) > 0:
            return CallRepeated(
                at_ms=utterance.decided_ms, intent=intent, utterance_id=utterance.utterance_id, number=int(before) + 1
            )
    return None


def _what_about(signals: Sequence[Signal]) -> Iterator[str]:
    """The main intent; beside one that only says that they call again, what they call again about."""
    intents = [signal for signal in signals if isinstance(signal, IntentSignal)]
    says_again = any(signal.is_primary and signal.label == AGAIN for signal in intents)
    return (signal.label for signal in intents if signal.is_primary or says_again)


def repeat_facts(repeat: CallRepeated) -> Mapping[str, str]:
    """What rules know of it, from the words on that showed it."""
    return {REPEAT_OF: repeat.intent, REPEAT_NUMBER: str(repeat.number)}


HOUR_PATHS = PROMPTS, CALLS, TALK = "agent.prompts_60m", "agent.calls_60m", "agent.talk_min_60m"
"""The facts that depend on what other calls of the agent were shown."""


def hour_facts(hour: AgentHour) -> Mapping[str, str]:
    """By path; the time in calls in whole minutes."""
    return {PROMPTS: str(hour.prompts), CALLS: str(hour.calls), TALK: str(hour.talk_ms // 60_000)}


def is_of_agent(path: str) -> bool:
    """Whether a fact is about who works the call."""
    return path.startswith("agent.")


def is_of_customer(path: str) -> bool:
    """Whether a fact is about who is calling, so that it goes when somebody else does."""
    return path.startswith(("customer.", "history.")) or path in (REPEAT_OF, REPEAT_NUMBER)
