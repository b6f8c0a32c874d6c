"""What is left of a live log without early prompts, which no recording has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from assist.messages import Prompt, PromptUpdated

E = TypeVar("E")


def without_early(events: Iterable[E]) -> list[E]:
    """Without prompts that were shown while the words went on, and what became of them where no final said them."""
    early, lasting = set[str](), list[E]()
    for event in events:
        match event:
            case Prompt(from_partial=True):
                early.add(event.prompt_id)
            case PromptUpdated() if event.prompt_id in early:
                early.remove(event.prompt_id)
            case _:
                if isinstance(event, Prompt):
                    early.discard(event.prompt_id)
                lasting.append(event)
    return lasting
