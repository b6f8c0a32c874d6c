"""Why a customer called: the first of their wishes and what they came to beside it."""

from __future__ import annotations

from collections.abc import Sequence

from assist.messages import CallReason
from assist.view import Line
from assist.wrapup.lines import is_agent, is_customer, quote_of
from assist.wrapup.words import REASONS

MAX_REASONS = 3


def reasons_of(lines: Sequence[Line]) -> tuple[CallReason, ...]:
    """The main reason first: what was wanted earliest.

    What is asked in answer to an offer is about the offer, and no reason to call.
    """
    found: dict[str, CallReason] = {}
    is_offered = False
    for line in lines:
        if is_agent(line) and line.acts:
            is_offered = "offer" in line.acts
        if not is_customer(line) or is_offered:
            continue
        for label in line.intents[:1]:
            if label in REASONS and label not in found:
                found[label] = CallReason(intent=label, quote=quote_of(line), utterance_id=line.utterance_id)
    return tuple(found.values())[:MAX_REASONS]
