"""Cards of prompts, one event further."""

from __future__ import annotations

from assist.messages import (
    Prompt,
    PromptOutcome,
    PromptUpdated,
)
from assist.view.shapes import PromptCard


def with_prompt(cards: tuple[PromptCard, ...], prompt: Prompt) -> tuple[PromptCard, ...]:
    """An early prompt that its final confirms keeps its place and what became of it; a withdrawn one comes anew."""
    standing = ("active", "accepted", "dismissed")
    if any(card.prompt.prompt_id == prompt.prompt_id and card.state in standing for card in cards):
        return tuple(
            card.model_copy(update={"prompt": prompt}) if card.prompt.prompt_id == prompt.prompt_id else card
            for card in cards
        )
    others = (card for card in cards if card.prompt.prompt_id != prompt.prompt_id)
    return (*others, PromptCard(prompt=prompt, state="active"))


def updated_card(card: PromptCard, event: PromptUpdated) -> PromptCard:
    if card.prompt.prompt_id != event.prompt_id or card.state != "active":
        return card
    return card.model_copy(update={"state": event.state})


def with_outcome(card: PromptCard, event: PromptOutcome) -> PromptCard:
    if card.prompt.prompt_id != event.prompt_id:
        return card
    match event.outcome:
        case "shown":
            if card.shown_after_ms is not None:
                return card
            return card.model_copy(update={"shown_after_ms": event.shown_after_ms})
        case "accepted" | "dismissed":
            return card.model_copy(update={"state": event.outcome, "acted_by": event.by})
        case _:
            return card
