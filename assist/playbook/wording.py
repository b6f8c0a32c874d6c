"""What the engine itself says to people, and the filling of an author's reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assist.messages import Evidence, Lack
from assist.playbook.model import Language

PLACEHOLDERS = frozenset(("quote", "seconds", "count"))
"""What a reason may hold in braces: the first words quoted, the longest span in seconds, the number of pieces."""

MAX_QUOTE_CHARS = 24

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences of the engine in one language."""

    met: str
    expired: str
    replaced: str
    call_ended: str
    not_said: str
    """Of an early prompt that the whole utterance does not call for."""
    not_for_them: str
    """Of what sells, when the customer turns out to be one to whom nothing is sold."""
    left_out: Mapping[Lack, str]
    """Of a prompt that found no room."""


WORDINGS: dict[Language, Wording] = {
    "zh-CN": Wording(
        met="已按要求做到",
        expired="已过时效",
        replaced="有更要紧的提示",
        call_ended="通话已结束",
        not_said="听完整句，不再适用",
        not_for_them="该客户不宜推荐",
        left_out={
            "overtalk": "坐席正抢着说话，不打扰",
            "budget": "提示已经够多，不再打扰",
            "gap": "刚出过提示，不接着打扰",
            "places": "有更要紧的提示开着",
        },
    ),
    "en": Wording(
        met="Done as required",
        expired="No longer useful",
        replaced="Something more urgent came up",
        call_ended="The call has ended",
        not_said="The whole sentence does not call for it",
        not_for_them="Nothing is sold to this customer",
        left_out={
            "overtalk": "The agent is talking over the customer",
            "budget": "The agent has been prompted enough",
            "gap": "Another prompt has just come",
            "places": "More urgent prompts are open",
        },
    ),
}


def placeholders_in(reason: str) -> set[str]:
    """Names in braces."""
    return set(_PLACEHOLDER.findall(reason))


def explain(reason: str, evidence: Sequence[Evidence]) -> str:
    """Fill an author's reason from the evidence."""
    quote = next((piece.quote for piece in evidence if piece.quote), "")
    if len(quote) > MAX_QUOTE_CHARS:
        quote = quote[: MAX_QUOTE_CHARS - 1] + "…"
    longest_ms = max((piece.end_ms - piece.start_ms for piece in evidence), default=0)
    values = {"quote": quote, "seconds": str(round(longest_ms / 1_000)), "count": str(len(evidence))}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), reason)
