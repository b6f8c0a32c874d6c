"""How much the agent has on their hands beside this call, and what follows from it for prompts."""

from __future__ import annotations

from typing import Literal

from assist.messages.common import Message


class AgentHour(Message):
    """What the sixty minutes before this call were for its agent, by the calls that were stored by then."""

    type: Literal["agent-hour"] = "agent-hour"
    at_ms: int
    agent_id: str
    calls: int
    """Live calls that they had in that time, as far as it is known; recordings taken in are none."""
    prompts: int
    """Shown in those calls: of one that began earlier all of them."""
    talk_ms: int
    """Of that time, spent in calls."""
    took_ms: int
    """Wall-clock milliseconds from the question to the answer."""


class PromptLimit(Message):
    """An allowance of the playbook that holds because of what is known of the call."""

    because: str
    """For people, in the playbook's language."""
    facts: dict[str, str]
    """What is known of the facts that it asks for, by path."""


class PromptsLimited(Message):
    """Which allowances hold from now on that others' calls do not have; all earlier ones are replaced."""

    type: Literal["prompts-limited"] = "prompts-limited"
    at_ms: int
    limits: tuple[PromptLimit, ...]
    """In the order of the playbook."""
