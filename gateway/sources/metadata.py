"""What operators write into metadata texts, URL parameters and header objects about a call, read leniently.

Every door knows the same names: ``call`` (key of the call), ``role`` or ``channels`` (who speaks), ``rate``,
``agent_id``, ``agent_name``, ``customer_id``, ``customer_name``, ``direction``, ``playbook``; whatever else begins with
``agent_`` or ``customer_`` is an attribute of theirs. Names are compared without case, ``_`` and ``-``. What cannot be
used costs a remark, never the call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar, cast
from urllib.parse import parse_qsl

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ
from assist.messages import Agent, CallDirection, Customer, Party
from gateway.channels import CHANNEL_LAYOUTS
from gateway.sources.codec import Remark

MAX_ATTRIBUTES: Final = 64
MAX_FIELDS: Final = 256
"""Of one text or object; what comes after them is not looked at."""

PARTIES: Final[Mapping[str, Party]] = {"agent": "agent", "customer": "customer", "mixed": "mixed"}
DIRECTIONS: Final[Mapping[str, CallDirection]] = {"inbound": "inbound", "outbound": "outbound"}

_PLAIN = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
_RATE = re.compile(r"(\d{1,6})(?:\.0+)?\s*(k?)(?:hz)?", re.IGNORECASE)
_NOT_GIVEN = frozenset({"", "_undef_", "undefined", "null", "none"})
"""What switches and scripts write in place of a variable that is not set."""
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

T = TypeVar("T")
B = TypeVar("B", Agent, Customer)


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of a call; None: not said, or not usable."""

    key: str | None = None
    role: Party | None = None
    """Who speaks, where the connection has one channel."""
    channels: tuple[Party, ...] | None = None
    """Who speaks on each channel, in the order in which samples are interleaved."""
    rate_hz: int | None = None
    agent: Agent | None = None
    customer: Customer | None = None
    direction: CallDirection | None = None
    playbook: str | None = None
    remarks: tuple[Remark, ...] = ()

    def over(self, other: Card) -> Card:
        """This card, with what it does not say taken from the other."""
        says_who = self.role is not None or self.channels is not None
        return Card(
            key=self.key or other.key,
            role=self.role if says_who else other.role,
            channels=self.channels if says_who else other.channels,
            rate_hz=self.rate_hz or other.rate_hz,
            agent=self.agent or other.agent,
            customer=self.customer or other.customer,
            direction=self.direction or other.direction,
            playbook=self.playbook or other.playbook,
            remarks=self.remarks + other.remarks,
        )

    def parties(self, default: tuple[Party, ...]) -> tuple[Party, ...]:
        """Who speaks on each channel."""
        return self.channels or ((self.role,) if self.role else default)


def read_card(fields: Mapping[str, object], names: Mapping[str, str] = MappingProxyType({})) -> Card:
    """The card in an object, a query or headers; ``names`` gives a platform's own names for ours, which win."""
    given = _by_our_names(fields, names)
    remarks: list[Remark] = []

    def one(name: str, read: Callable[[object], T | None], hint: str) -> T | None:
        value = given.get(name)
        if _is_missing(value):
            return None
        found = read(value)
        if found is None:
            remarks.append(Remark(f"metadata-{name}", f"{name} in the metadata is not usable: {hint}"))
        return found

    return Card(
        key=one("call", text_of, "up to 200 printable characters, and no variable that was left as it is."),
        role=one("role", _role, "agent, customer or mixed."),
        channels=one("channels", _channels, "customer,agent or agent,customer, or one of agent, customer, mixed."),
        rate_hz=one("rate", _rate_hz, f"{MIN_RATE_HZ} to {MAX_RATE_HZ} Hz, such as 8000 or 16k."),
        agent=_person(Agent, "agent", given, fields, remarks),
        customer=_person(Customer, "customer", given, fields, remarks),
        direction=one("direction", _direction, "inbound or outbound."),
        playbook=one("playbook", text_of, "the name of a playbook."),
        remarks=tuple(remarks),
    )


def read_fields(text: str) -> Mapping[str, object] | None:
    """What a metadata text holds: a JSON object, or ``call=…&role=…``; None where it is neither."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return _pairs(text)
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else None


def text_of(value: object) -> str | None:
    """A short printable text, or a whole number as one; None for anything else, and for a variable left as it is."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if _PLAIN.fullmatch(text) and "${" not in text else None


def _pairs(text: str) -> Mapping[str, object] | None:
    if "=" not in text or text.lstrip()[:1] in ("{", "["):
        return None
    try:
        return dict(parse_qsl(text.replace(";", "&"), max_num_fields=MAX_FIELDS))
    except ValueError:
        return None


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_OURS: Final[Mapping[str, str]] = {
    _folded(name): name
    for name in (
        "call",
        "role",
        "channels",
        "rate",
        "agent_id",
        "agent_name",
        "customer_id",
        "customer_name",
        "direction",
        "playbook",
    )
}


def _by_our_names(fields: Mapping[str, object], names: Mapping[str, str]) -> Mapping[str, object]:
    theirs = {_folded(name): ours for name, ours in names.items()}
    given: dict[str, object] = {}
    for name, value in list(fields.items())[:MAX_FIELDS]:
        folded = _folded(name)
        if folded in _OURS and not _is_missing(value):
            given[_OURS[folded]] = value
        elif folded in theirs:
            given.setdefault(theirs[folded], value)
    return given


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _NOT_GIVEN)


def _role(value: object) -> Party | None:
    return PARTIES.get(value.strip().lower()) if isinstance(value, str) else None


def _direction(value: object) -> CallDirection | None:
    return DIRECTIONS.get(value.strip().lower()) if isinstance(value, str) else None


def _channels(value: object) -> tuple[Party, ...] | None:
    parts: Sequence[object]
    if isinstance(value, str):
        parts = re.split(r"[,+/|\s]+", value.strip()[:100])
    elif isinstance(value, list):
        parts = cast("list[object]", value)[:8]
    else:
        return None
    channels: tuple[Party, ...] = tuple(party for party in map(_role, parts) if party)
    return channels if len(channels) == len(parts) and channels in CHANNEL_LAYOUTS else None


def _rate_hz(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else (str(value) if abs(value) < 1e6 else "")
    found = _RATE.fullmatch(text)
    if found is None:
        return None
    rate_hz = int(found[1]) * (1000 if found[2] else 1)
    return rate_hz if MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ else None


def _person(
    kind: type[B], who: str, given: Mapping[str, object], fields: Mapping[str, object], remarks: list[Remark]
) -> B | None:
    person_id = given.get(f"{who}_id")
    name = given.get(f"{who}_name")
    if _is_missing(person_id):
        return None
    id_text, name_text = text_of(person_id), "" if _is_missing(name) else text_of(name)
    if id_text is None or name_text is None:
        message = f"{who}_id and {who}_name must be texts of up to 200 printable characters."
        remarks.append(Remark(f"metadata-{who}", message))
    if id_text is None:
        return None
    return kind.model_validate(
        {f"{who}_id": id_text, "name": name_text or "", "attributes": _attributes(who, fields)},
    )


def _attributes(who: str, fields: Mapping[str, object]) -> dict[str, str]:
    """What else is told of a party, by its name without the prefix."""
    found: dict[str, str] = {}
    for name, value in list(fields.items())[:MAX_FIELDS]:
        plain = _BOUNDARY.sub("_", name).lower().replace("-", "_")
        rest = plain.removeprefix(f"{who}_")
        if rest == plain or rest in ("id", "name") or not _PLAIN.fullmatch(rest) or _is_missing(value):
            continue
        text = text_of(value)
        if text is not None and len(found) < MAX_ATTRIBUTES:
            found[rest] = text
    return found
