"""An offer as the agent may make it: what its card holds, and why it is this one."""

from __future__ import annotations

from typing import Literal

from assist.messages.common import Message


class PitchReason(Message):
    """One thing that speaks for an offer."""

    kind: Literal["need", "tag", "fact", "propensity"]
    name: str
    """Title of the need or tag, path of the fact; empty for a propensity that the offer has with everybody."""
    value: str = ""
    """Of the fact."""
    points: float = 0.0
    """What it adds to the score; 0 where it only makes the offer fit."""


class Objection(Message):
    """What a customer may have against an offer, and the answer to it."""

    reaction: str
    """confused, worried, hesitant, price, rival, distrust, or one of the playbook's own"""
    title: str
    answer: str


class RankedOffer(Message):
    """Another offer that would have fitted."""

    offer_id: str
    title: str
    score: float


class Pitch(Message):
    """The offer that a prompt makes or defends."""

    title: str
    product: str
    """Kind of product."""
    price: str
    """For people; empty where the offer has none."""
    selling_points: tuple[str, ...]
    objections: tuple[Objection, ...]
    terms: tuple[str, ...]
    """What has to be told before the customer agrees."""
    reasons: tuple[PitchReason, ...]
    """Why it is offered, what counts most first."""
    score: float
    """Sum of the points of the reasons."""
    next_best: tuple[RankedOffer, ...] = ()
    """What came after it, best first."""
