"""What a language model answered about a whole call."""

from __future__ import annotations

from typing import Literal

from assist.messages.advice import Evidence
from assist.messages.common import Message


class Judgement(Message):
    """A model's answer, at the end of a call, to a question of the playbook; told before the rules learn of the end."""

    type: Literal["judgement"] = "judgement"
    at_ms: int
    label: str
    """The question, as name@content."""
    question: str
    """As it was asked."""
    answer: str | None = None
    """One of the question's answers; None: there is none that can be used."""
    evidence: tuple[Evidence, ...] = ()
    """Utterances that the answer rests on by the model's word; none where it rests on what was not said."""
    code: str = ""
    """Why there is no answer: ``unclear`` (the model could not tell), or a stable error code."""
    source: str
    """endpoint:MODEL"""
