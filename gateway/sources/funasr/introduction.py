"""Whose call a connection brings: by its URL, else by the client's texts, else by the ending of ``wav_name``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from assist.messages import Leg, Party
from assist.ports import Pace
from gateway.sources.codec import Introduction, Remark
from gateway.sources.funasr.messages import Configuration
from gateway.sources.funasr.remarks import remark
from gateway.sources.metadata import PARTIES, Card

SOURCE: Final = "funasr/1"

_OTHERS: Final[Mapping[Party, tuple[Party, ...]]] = {"agent": ("customer",), "customer": ("agent",), "mixed": ()}
_WITH_ENDING = re.compile(r"(.*[^-_.:/@#])[-_.:/@#]+(agent|customer)", re.IGNORECASE)
"""``call-1-agent``, ``call-1_customer``."""
_ANYBODYS: Final = frozenset({"", "microphone", "demo", "h5", "record", "wav-default-id", "wav_name"})
"""Names that clients give where nobody chose one: they join nothing."""


def introduce(
    configuration: Configuration, url: Card, default: Party, pace: Pace
) -> tuple[Introduction, tuple[Remark, ...]]:
    """The call as the driver is to open or join it; ``default``: who speaks where nobody says.

    ``wav_name`` is the call's key only together with a role: several clients may use one name for different calls.
    """
    card = url.over(configuration.card)
    ending = _WITH_ENDING.fullmatch(configuration.wav_name)
    told = card.parties((PARTIES[ending[2].lower()],) if ending else (default,))
    party = told[0] if len(told) == 1 else default
    named = ending[1] if ending else configuration.wav_name
    key = card.key or (named if party != "mixed" and named.lower() not in _ANYBODYS else None)
    others = _OTHERS[party] if key else ()
    introduction = Introduction(
        source=SOURCE,
        legs=(_leg(party, configuration),),
        key=key,
        others=tuple(_leg(other, configuration) for other in others),
        agent=card.agent,
        customer=card.customer,
        direction=card.direction or "inbound",
        playbook=card.playbook,
        terms=configuration.terms,
        pace=pace,
    )
    return introduction, (remark("mono-only"),) if len(told) > 1 else ()


def _leg(party: Party, configuration: Configuration) -> Leg:
    return Leg(party=party, codec="pcm_s16le", rate_hz=configuration.rate_hz)
