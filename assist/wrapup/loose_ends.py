"""What a call left open: unanswered questions, feelings not mended, offers to come back to, promises without a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assist.messages import EmotionSummary, OfferMade, Promise
from assist.view import Line
from assist.wrapup.lines import is_agent, is_customer, quote_of
from assist.wrapup.words import FEELINGS

UNPLEASANT = frozenset(["angry", "anxious", "disappointed"])
_WANTS = frozenset(["ask", "request"])


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """Something that somebody should come back to."""

    zh: str
    en: str
    utterance_id: str


def loose_ends(
    lines: Sequence[Line], promises: Sequence[Promise], offers: Sequence[OfferMade], feelings: EmotionSummary | None
) -> Iterator[LooseEnd]:
    """In the order of importance."""
    wish = _unanswered(lines)
    if wish is not None:
        said = quote_of(wish)
        zh, en = f"客户最后的问题没有得到回应：“{said}”", f"The last wish was not answered: “{said}”"
        yield LooseEnd(zh, en, wish.utterance_id)
    if feelings is not None and feelings.end.label in UNPLEASANT:
        felt = FEELINGS[feelings.end.label]
        zh, en = f"通话结束时客户仍{felt.zh}。", f"The customer was still {felt.en} at the end."
        yield LooseEnd(zh, en, feelings.end.utterance_id)
    for promise in promises:
        if promise.due_at is None:
            zh, en = f"承诺没有说明时限：“{promise.quote}”", f"Promised without a time: “{promise.quote}”"
            yield LooseEnd(zh, en, promise.utterance_id)
    for offer in offers:
        if offer.reaction == "hesitant":
            zh, en = f"客户还在考虑“{offer.title}”，可以再跟进。", f"Still thinking about “{offer.title}”."
            yield LooseEnd(zh, en, offer.utterance_ids[-1])


def _unanswered(lines: Sequence[Line]) -> Line | None:
    """The customer's last line if it wants something and the agent said nothing more."""
    for line in reversed(lines):
        if is_agent(line):
            return None
        if is_customer(line) and _WANTS.intersection(line.acts):
            return line
    return None
