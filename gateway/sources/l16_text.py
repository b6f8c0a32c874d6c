"""The texts of platforms that send L16: what they say of the call, and who is therefore heard on which channel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from assist.messages import Party
from gateway.sources.codec import Remark
from gateway.sources.metadata import Card, read_fields

MAX_OBJECTS: Final = 64
"""Of one text."""

REMARKS: Final[Mapping[str, str]] = {
    "text-unreadable": "A text is neither a JSON object nor call=…&role=…; what it says is ignored.",
    "text-flood": "More texts came in a second than any call has; some were left out.",
    "unknown-event": "A text of a kind that is not known was ignored.",
    "late-metadata": "Key, roles, rate and playbook count in the first text alone; other ones came too late.",
    "channels-mismatch": "What is said of roles does not fit the number of channels that the platform sends.",
    "content-type": "The first text has no content-type such as audio/l16;rate=8000; the rate of the settings counts.",
    "call-refused": "The call could not be joined; it is tried again while its connection stands.",
    "call-failed": "The call takes no more sound.",
    "no-sound": "The call was joined and no sound comes.",
    "odd-byte-count": "The sound ended inside a sample: check the number of channels.",
    "sound-after-end": "Sound came after the end of its call.",
}
"""What may be remarked of these connections, beside what the metadata is remarked for; in docs/connect."""


def remark(code: str) -> Remark:
    return Remark(code, REMARKS[code])


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection begins with."""

    card: Card
    parties: tuple[Party, ...]
    """Who speaks on each channel, in the order in which samples are interleaved."""
    rate_hz: int


def objects_of(text: str) -> tuple[list[Mapping[str, object]], bool]:
    """The JSON objects that follow one another in a text, or its pairs; and whether that is all that it holds."""
    if not text.lstrip().startswith("{"):
        fields = read_fields(text)
        return ([fields], True) if fields is not None else ([], False)
    decoder, objects, place = json.JSONDecoder(), list[Mapping[str, object]](), 0
    while True:
        while place < len(text) and text[place] in " \t\r\n\x00":
            place += 1
        if place == len(text):
            return objects, True
        try:
            value, place = cast("tuple[object, int]", decoder.raw_decode(text, place))
        except (ValueError, RecursionError):
            return objects, False
        if not isinstance(value, dict) or len(objects) == MAX_OBJECTS:
            return objects, False
        objects.append(cast("Mapping[str, object]", value))


def opening_of(card: Card, mix: str | None, *, channels: tuple[Party, ...], rate_hz: int) -> Opening:
    """What a connection begins with, by its card and the settings; ``mix`` is how the platform says legs were mixed.

    The mix tells how many channels the wire holds; whoever speaks on them, the card or the settings tell.
    """
    parties = card.parties(channels)
    fitting = parties
    match mix:
        case "mixed":
            fitting = ("mixed",)
        case "mono":
            fitting = parties[:1]
        case "stereo" if len(parties) != 2:
            fitting = channels if len(channels) == 2 else ("customer", "agent")
        case _:
            pass
    if fitting != parties and (card.channels or card.role):
        card = replace(card, remarks=(*card.remarks, remark("channels-mismatch")))
    return Opening(card, fitting, card.rate_hz or rate_hz)


def mix_of(*objects: Mapping[str, object]) -> str | None:
    """How legs were mixed, by the first object that says so: mono, mixed or stereo."""
    for fields in objects:
        for name in ("mixType", "mix"):
            value = fields.get(name)
            if isinstance(value, str) and value.lower() in ("mono", "mixed", "stereo"):
                return value.lower()
    return None
