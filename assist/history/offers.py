"""What was offered in a closed call and how it ended: from the wrap-up, and from what was heard and reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from assist.messages import Event, OfferMade, OfferReaction, PastOffer, Prompt, Reaction, Result


def past_offers(
    events: Iterable[Event], made: Iterable[OfferMade], *, call_id: str, at: datetime
) -> tuple[PastOffer, ...]:
    """Each offer that the agent made, once; what was heard of a prompt's offer holds against the wrap-up."""
    prompts: dict[str, Prompt] = {}
    heard: dict[str, OfferReaction | None] = {}
    sold: set[str] = set()
    for event in events:
        match event:
            case Prompt():
                prompts[event.prompt_id] = event
            case Reaction(prompt_id=str(prompt_id)):
                heard[prompt_id] = None if event.reaction == "unknown" else event.reaction
            case Result():
                about = {subject for subject in (event.prompt_id, event.offer_id) if subject}
                sold = sold | about if event.result == "sold" else sold - about
            case _:
                pass

    def past(title: str, prompt: Prompt | None, reaction: OfferReaction | None) -> PastOffer:
        offer_id = "" if prompt is None else prompt.offer_id or rule_of(prompt.because.rule)
        return PastOffer(
            offer_id=offer_id,
            title=title,
            reaction=reaction if prompt is None else heard.get(prompt.prompt_id, reaction),
            is_sold=bool(sold & {offer_id, prompt.prompt_id if prompt else ""} - {""}),
            call_id=call_id,
            at=at,
        )

    said = [offer for offer in made if offer.is_said]
    told = [past(offer.title, prompts.get(offer.prompt_id or ""), offer.reaction) for offer in said]
    known = {offer.prompt_id for offer in said}
    others = (prompts[prompt_id] for prompt_id in heard if prompt_id in prompts and prompt_id not in known)
    return (*told, *(past(prompt.title, prompt, None) for prompt in others))


def rule_of(reference: str) -> str:
    """The id out of rule@version."""
    return reference.partition("@")[0]
