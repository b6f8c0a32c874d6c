"""Having a model answer the questions of a playbook when a call is over; off unless settings say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assist.messages import CloseCause, Judgement
from assist.playbook import Question
from assist.view import CallView

NOT_ASKED_AFTER: tuple[CloseCause, ...] = ("server-stopped", "superseded")
"""Causes after which nobody may wait for a model."""


class Judge(Protocol):
    """Somebody who reads a whole call."""

    async def judge(self, view: CallView, questions: Sequence[Question]) -> Sequence[Judgement]:
        """One judgement for each question, in their order, in bounded time; it says there why one has no answer."""
        ...


def questions_for(call_id: str, questions: Sequence[Question], cause: CloseCause) -> Sequence[Question]:
    """What is asked about a call that ends so."""
    return () if cause in NOT_ASKED_AFTER else tuple(one for one in questions if one.is_drawn(call_id))
