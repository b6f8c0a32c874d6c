"""What the customer was heard to need, and why it is not offered. What is offered are prompts with an ``offer_id``."""

from __future__ import annotations

from typing import Literal

from assist.messages.advice import Because
from assist.messages.common import Message


class NeedHeard(Message):
    """The customer needs something that the playbook has offers for; told once for each need of a call."""

    type: Literal["need-heard"] = "need-heard"
    need_id: str
    title: str
    is_request: bool
    """They ask for just this: an offer is the answer, and need not wait until their problem is solved."""
    because: Because
    """Its ``rule`` is need.ID@playbook version."""
    at_ms: int


Hold = Literal["protected", "state", "refused", "most", "gap"]
"""What keeps an offer back: who the customer is, a state of the call, a refusal, as many offers as a call may bring, or
one that was made a short while ago."""


class OfferHeldBack(Message):
    """The best offer for what was heard is not shown now, and why.

    Told when that begins, when offer or cause is another one, which takes its place, and once more when it is over.
    """

    type: Literal["offer-held-back"] = "offer-held-back"
    offer_id: str
    title: str
    """Of the offer."""
    need_ids: tuple[str, ...]
    """What it answers of what was heard."""
    hold: Hold
    by: str = ""
    """Id of the tag or name of the state; empty for the others."""
    because: Because
    """What holds it back: a sentence, and the words; its ``rule`` is that of the offer."""
    at_ms: int
    is_lifted: bool = False
    """Nothing holds it back any more: it is shown when its moment comes."""
