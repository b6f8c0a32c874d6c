"""What a session says of its call: who speaks on which channel, who calls, in which language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from assist.messages import Customer, Leg, Party
from gateway.source_settings import ToldResults
from gateway.sources.audiohook.messages import CHANNEL_NAMES, RATE_HZ, Opening, Selection
from gateway.sources.audiohook.remarks import remark
from gateway.sources.codec import Introduction, Remark
from gateway.sources.metadata import Card, read_card

SOURCE: Final = "audiohook/2"
LANGUAGES: Final = ("zh-CN", "cmn-CN")
"""What is recognised, as Genesys Cloud names it; compared without case."""
RESULTS: Final[tuple[ToldResults, ...]] = ("off", "utterances", "all")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings and the address say of a session."""

    channels: tuple[Party, ...] = ("customer", "agent")
    """Who speaks on ``external`` and on ``internal``."""
    results: ToldResults = "off"
    card: Card = field(default_factory=Card)


@dataclass(frozen=True, slots=True)
class Introduced:
    """A session's call, and what goes back to the platform."""

    call: Introduction
    results: ToldResults
    remarks: tuple[Remark, ...]

    @property
    def parties(self) -> tuple[Party, ...]:
        """In the order in which samples are interleaved."""
        return tuple(leg.party for leg in self.call.legs)


def introduce(opening: Opening, selection: Selection, preferences: Preferences) -> Introduced:
    """The operator's customConfig goes before the address, the address before the settings."""
    card = read_card(opening.config).over(preferences.card)
    parties, odd = _parties(selection, card, preferences.channels)
    results, strange = _results(opening.config.get("results"), preferences.results)
    call = Introduction(
        source=SOURCE,
        legs=tuple(Leg(party=party, codec="mulaw", rate_hz=RATE_HZ) for party in parties),
        key=card.key or opening.conversation_id,
        agent=card.agent,
        customer=_customer(opening, card),
        direction=card.direction or "inbound",
        playbook=card.playbook,
    )
    return Introduced(call, results, (*card.remarks, *odd, *strange, *foreign(opening.language)))


def spoken(language: str | None) -> str:
    """The language that lines are marked with."""
    return language if language is not None and _is_ours(language) else LANGUAGES[0]


def foreign(language: str | None) -> Sequence[Remark]:
    """A remark where the language is not recognised."""
    return () if language is None or _is_ours(language) else (remark("other-language"),)


def _is_ours(language: str) -> bool:
    return language.lower() in {ours.lower() for ours in LANGUAGES}


def _parties(
    selection: Selection, card: Card, otherwise: tuple[Party, ...]
) -> tuple[tuple[Party, ...], Sequence[Remark]]:
    """Who speaks on each accepted channel: by the channels' names, whatever their order."""
    wanted = card.parties(otherwise)
    if len(wanted) == 1 and len(selection.channels) == 1:
        return wanted, ()
    fits = len(wanted) == len(CHANNEL_NAMES)
    by_name = dict(zip(CHANNEL_NAMES, wanted if fits else otherwise, strict=True))
    return tuple(by_name[name] for name in selection.channels), () if fits else (remark("metadata-channels"),)


def _results(asked: object, otherwise: ToldResults) -> tuple[ToldResults, Sequence[Remark]]:
    """What goes back, as ``results`` of the customConfig says."""
    if asked is None:
        return otherwise, ()
    named: ToldResults | None = next((one for one in RESULTS if one == asked), None)
    return (otherwise, (remark("metadata-results"),)) if named is None else (named, ())


def _customer(opening: Opening, card: Card) -> Customer | None:
    """Who calls: as the operator's metadata names them, else by the number."""
    called = {} if opening.called is None else {"dnis": opening.called}
    if card.customer is not None:
        return card.customer.model_copy(update={"attributes": called | card.customer.attributes})
    if opening.caller is None:
        return None
    return Customer(customer_id=opening.caller, name=opening.caller_name or "", attributes=called)
