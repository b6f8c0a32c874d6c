"""What every message has, and the words that several of them use."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Party = Literal["agent", "customer", "mixed"]
TermSource = Literal["playbook", "call"]


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
