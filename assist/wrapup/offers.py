"""What was offered in a call and how the customer took it: by the closed loop, else by acts; and prompts not said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assist.messages import OfferMade, OfferReaction
from assist.view import Line, PromptCard
from assist.wrapup.lines import clipped, is_agent, is_customer, quote_of

LISTENS_FOR = 4
"""Customer lines after an offer in which a reaction is sought."""
SAID_WITHIN_MS = 60_000
"""How long after a prompt the agent's offer is put down to it."""
MAX_OFFERS = 10

_NAMES = ("product", "plan", "device")
_REACTIONS: dict[str, OfferReaction] = {"accept": "accepted", "reject": "refused", "object": "hesitant"}
_WORDS: dict[str, OfferReaction] = {
    "agree": "accepted",
    "refuse": "refused",
    "hesitate": "hesitant",
    "price_objection": "hesitant",
    "compare_rival": "hesitant",
}
"""Intents that tell it where no act does."""


def offers_of(lines: Sequence[Line], cards: Sequence[PromptCard]) -> tuple[OfferMade, ...]:
    """Each thing that the agent offered, once, in the order of the call; then offers shown and not said.

    What the closed loop heard of a prompt, and what was reported of it, holds; acts and intents tell the rest: offers
    without a prompt, and logs of calls that nobody listened to in that way.
    """
    offers = [card for card in cards if card.prompt.kind == "offer"]
    made = {card.prompt.title: _heard(card, lines) for card in offers if _is_made(card)}
    shown = [card for card in offers if _is_made(card) or card.state != "withdrawn"]
    for place, line in enumerate(lines):
        if not is_agent(line) or "offer" not in line.acts:
            continue
        card = _card_behind(line, shown)
        if card is not None and _is_made(card):
            continue
        if card is not None and card.heard is not None:
            card = None
        title = card.prompt.title if card else _named(line)
        heard = _reaction(lines[place + 1 :])
        earlier = made.get(title)
        said = (line.utterance_id, *([heard[1].utterance_id] if heard else []))
        made[title] = OfferMade(
            title=title,
            prompt_id=card.prompt.prompt_id if card else None,
            reaction=heard[0] if heard else (earlier.reaction if earlier else None) or "ignored",
            utterance_ids=tuple(dict.fromkeys((*(earlier.utterance_ids if earlier else ()), *said))),
        )
    places = {line.utterance_id: place for place, line in enumerate(lines)}
    told = sorted(made.values(), key=lambda offer: places.get(offer.utterance_ids[0], len(lines)))
    known = {offer.prompt_id for offer in told}
    return (*told, *_unsaid([card for card in shown if card.prompt.prompt_id not in known]))[:MAX_OFFERS]


def _is_made(card: PromptCard) -> bool:
    """Whether the closed loop heard the offer, or somebody reported that it was sold."""
    is_said = card.heard is not None and card.heard.said
    return is_said or card.reaction is not None or (card.result is not None and card.result.result == "sold")


def _heard(card: PromptCard, lines: Sequence[Line]) -> OfferMade:
    said = [one.utterance_id for one in card.heard.evidence] if card.heard and card.heard.said else []
    answered = [one.utterance_id for one in card.reaction.evidence] if card.reaction else []
    rests_on = dict.fromkeys(utterance_id for utterance_id in (*said, *answered) if utterance_id)
    return OfferMade(
        title=card.prompt.title,
        prompt_id=card.prompt.prompt_id,
        reaction=_taken(card, lines),
        result=card.result.result if card.result else None,
        utterance_ids=tuple(rests_on or _called_for_by(card)),
    )


def _taken(card: PromptCard, lines: Sequence[Line]) -> OfferReaction | None:
    """As the closed loop heard it; where it has told nothing yet, as the acts after the prompt tell."""
    if card.reaction is not None:
        return None if card.reaction.reaction == "unknown" else card.reaction.reaction
    heard = _reaction([line for line in lines if line.start_ms >= card.prompt.at_ms])
    return heard[0] if heard else "ignored"


def _called_for_by(card: PromptCard) -> Sequence[str]:
    """The utterances for which the prompt was shown."""
    return list(dict.fromkeys(one.utterance_id for one in card.prompt.because.evidence if one.utterance_id))


def _unsaid(cards: Sequence[PromptCard]) -> Iterator[OfferMade]:
    for card in cards:
        yield OfferMade(
            title=card.prompt.title,
            prompt_id=card.prompt.prompt_id,
            is_said=False,
            utterance_ids=tuple(_called_for_by(card)),
        )


def _card_behind(line: Line, cards: Sequence[PromptCard]) -> PromptCard | None:
    """The latest offer that was on screen when the agent began to speak."""
    behind = (card for card in cards if 0 <= line.start_ms - card.prompt.at_ms <= SAID_WITHIN_MS)
    return max(behind, key=lambda card: card.prompt.at_ms, default=None)


def _named(line: Line) -> str:
    """What the agent called it, or the whole sentence."""
    names = [line.text[slice(*entity.span)] for entity in line.entities if entity.label in _NAMES]
    return clipped(names[0] if names else quote_of(line))


def _reaction(following: Sequence[Line]) -> tuple[OfferReaction, Line] | None:
    """The last clear one before the next offer: who hesitated may accept in the end."""
    found: tuple[OfferReaction, Line] | None = None
    heard = 0
    for line in following:
        if is_agent(line) and "offer" in line.acts:
            break
        if not is_customer(line):
            continue
        heard += 1
        reaction = _told_by(line)
        if reaction is not None:
            found = (reaction, line)
        if heard == LISTENS_FOR:
            break
    return found


def _told_by(line: Line) -> OfferReaction | None:
    for act in line.acts:
        if act in _REACTIONS:
            return _REACTIONS[act]
    return _WORDS.get(line.intents[0]) if line.intents else None
