"""What chance gave a call: which prompts are held out of it, and in which wording it gets the others."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assist.messages.common import Message

Arm = Literal["shown", "held-out"]


class Assignment(Message):
    """One experiment in one call; the same salt, call id and shares always give the same."""

    experiment: str
    """Id within the playbook."""
    arm: Arm
    variant: str = ""
    """Id of the wording, also of a held-out call; empty where the experiment has only one."""
    hold_out: float
    """Share of the calls that get no prompt, 0 to 1."""
    shares: dict[str, float] = Field(default_factory=dict)
    """How the others are shared out among the variants, as it was when the call was opened."""
    is_muted: bool = False
    """No call gets the prompt for now: this one was not drawn, and counts for no comparison."""


class ExperimentsAssigned(Message):
    """Drawn when the call was opened, for every experiment of its playbook, and fixed from then on."""

    type: Literal["experiments-assigned"] = "experiments-assigned"
    at_ms: int
    assignments: tuple[Assignment, ...]
    """In the order of the playbook."""
