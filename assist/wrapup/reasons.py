"""Why a customer called: the first of their wishes and what they came to beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assist.messages import CallReason
from assist.view import Line
from assist.wrapup.codes import REASON_OF_INTENT
from assist.wrapup.lines import is_agent, is_customer, quote_of
from assist.wrapup.words import REASONS

MAX_REASONS = 3

_ASKS_FOR_MORE = re.compile(r"还有(?:什么|其他|其它|别的|啥)|别的(?:需要|事)")


def reasons_of(lines: Sequence[Line]) -> tuple[CallReason, ...]:
    """The main reason first: what was wanted earliest; then wishes that are filed elsewhere.

    What is asked in answer to an offer is about the offer, and questions (``query_…``) on the way are about the matter
    in hand, unless the agent had asked for more.
    """
    found: dict[str, CallReason] = {}
    is_offered = is_asked_for_more = False
    for line in lines:
        if is_agent(line) and line.acts:
            is_offered = "offer" in line.acts
            is_asked_for_more = is_asked_for_more or bool(_ASKS_FOR_MORE.search(line.text))
        label = line.intents[0] if line.intents else ""
        if not is_customer(line) or is_offered or label not in REASONS:
            continue
        is_aside = bool(found) and label.startswith("query_") and not is_asked_for_more
        group = REASON_OF_INTENT[label]
        if not is_aside and group not in found:
            found[group] = CallReason(intent=label, quote=quote_of(line), utterance_id=line.utterance_id)
    return tuple(found.values())[:MAX_REASONS]
