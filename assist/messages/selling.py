"""The beginning of a sale: what the customer was heard to need. What follows are prompts with an ``offer_id``."""

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
