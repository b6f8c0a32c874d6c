"""Cards of prompts, one event further."""

from __future__ import annotations

from assist.messages import (
    CueHeard,
    Prompt,
    PromptOutcome,
    PromptUpdated,
    Reaction,
    Result,
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
    return card.model_copy(update={"state": event.state, "gone_because": event.reason})


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
        case "copied":
            return card


def with_course(card: PromptCard, event: CueHeard | Reaction | Result) -> PromptCard:
    """What was heard or reported last takes the place of what was before; a result of an offer is on all its cards."""
    match event:
        case CueHeard() if event.prompt_id == card.prompt.prompt_id:
            return card.model_copy(update={"heard": event})
        case Reaction() if event.prompt_id == card.prompt.prompt_id:
            return card.model_copy(update={"reaction": event})
        case Result() if _is_of(event, card.prompt):
            return card.model_copy(update={"result": event})
        case _:
            return card


def _is_of(result: Result, prompt: Prompt) -> bool:
    if result.prompt_id is not None:
        return result.prompt_id == prompt.prompt_id
    return result.offer_id is not None and result.offer_id == prompt.offer_id
