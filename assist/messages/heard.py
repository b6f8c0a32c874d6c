"""What became of a cue by ear: whether the agent said it, how the customer took it, how it ended."""

from __future__ import annotations

from typing import Literal

from assist.messages.advice import Evidence
from assist.messages.common import Message

CustomerReaction = Literal["accepted", "hesitant", "refused", "ignored", "unknown"]
SaleOutcome = Literal["sold", "not-sold"]


class CueHeard(Message):
    """Whether the agent said a prompt's words, as of now; the same ``prompt_id`` again replaces it."""

    type: Literal["cue-heard"] = "cue-heard"
    prompt_id: str
    offer_id: str | None = None
    at_ms: int
    """Call-clock position of the decision."""
    said: bool
    manner: Literal["as-worded", "own-words"] | None = None
    """How, if it was said."""
    score: float
    """Adherence to the wording, 0 to 1."""
    missing: tuple[str, ...] = ()
    """Amounts, terms and names of the wording that were not said."""
    differing: tuple[str, ...] = ()
    """Amounts and terms that were said in their place."""
    evidence: tuple[Evidence, ...] = ()
    """The utterances that come closest, in order."""
    source: str
    """name@version of what judged it"""


class Reaction(Message):
    """How the customer took an offer, as of now; the same offer again replaces it."""

    type: Literal["reaction"] = "reaction"
    prompt_id: str | None
    """The prompt whose offer it is; None: the agent offered something unprompted."""
    offer_id: str | None = None
    rule: str = ""
    """rule id@playbook version of the prompt; empty without one"""
    offered_ms: int
    """Where the offer was made; tells unprompted offers apart."""
    at_ms: int
    """Call-clock position of the decision."""
    reaction: CustomerReaction
    """"unknown": there was one, in words that were badly heard."""
    basis: Literal["said", "shown", "own"]
    """The prompt's words were heard; an offer was heard while it was shown; the agent's own offer."""
    confidence: float
    """0 to 1"""
    evidence: tuple[Evidence, ...] = ()
    """The customer's words; none for "ignored" where nothing was said."""
    source: str
    """name@version of what judged it"""


class Result(Message):
    """How an offer ended, reported by a person or a system; the same subject again replaces it."""

    type: Literal["result"] = "result"
    prompt_id: str | None = None
    offer_id: str | None = None
    """Without prompt and offer: of the call."""
    at_ms: int
    """Position of the call when it was reported."""
    result: SaleOutcome
    by: str
    """User id of who reported it."""
    source: Literal["agent", "crm"]
    order_id: str = ""
    """Of the order, where a system reported it."""
