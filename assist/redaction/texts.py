"""Where an event has words, and the event with other words there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from assist.messages import (
    Agent,
    Disposition,
    FilingCode,
    ItemScore,
    Judgement,
    PastCall,
    PitchReason,
    PrivateKind,
    ProfileField,
    RiskReason,
)
from assist.messages.common import Message

E = TypeVar("E", bound=Message)

NO_WORDS = frozenset(
    (
        *("agent_id", "call_id", "customer_id", "external_id", "flag_id", "last_call_id", "need_id", "note_id"),
        *("channel", "notification_id"),
        *("calibration_id", "case_id", "draw_id", "flag_ids", "item_id", "item_ids", "review_id", "reviewer_id"),
        *("reviewer_name", "scorecard", "section_id"),
        *("offer_id", "order_id", "promise_id", "prompt_id", "tag_id", "utterance_id", "utterance_ids", "wording_id"),
        *("by", "by_name", "code", "experiment", "guards", "intent", "key", "label", "meanings", "model", "playbook"),
        *("recogniser", "rule", "shares", "source", "variant"),
    )
)
"""Fields that name something: ids, codes, versions, people at work. By them logs are found again: none is masked."""
_NO_WORDS_OF: Mapping[type[Message], frozenset[str]] = {
    Agent: frozenset(["name", "attributes"]),
    Disposition: frozenset(["reason", "result"]),
    FilingCode: frozenset(["zh", "en"]),
    ItemScore: frozenset(["title"]),
    Judgement: frozenset(["question", "answer"]),
    PastCall: frozenset(["reasons", "result"]),
    PitchReason: frozenset(["name"]),
    ProfileField: frozenset(["name"]),
    RiskReason: frozenset(["title"]),
}
"""More of them: of agents, who are known by name to everybody at work, and of playbooks."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words that are masked in one text of an event."""

    path: str
    """Fields, places and keys as a JSON pointer (RFC 6901): ``/text``, ``/words/3/text``."""
    start: int
    """Characters [start, end) of that text."""
    end: int
    kind: PrivateKind
    original: str


def texts_of(event: Message) -> Iterator[tuple[str, str]]:
    """Every text with words in it and its path, in the order of the fields."""
    return _texts(event, "")


def replaced(event: E, texts: Mapping[str, str]) -> E:
    """The event with other texts at these paths."""
    if not texts:
        return event
    values: Any = event.model_dump(mode="json")
    for path, text in texts.items():
        place = values
        *way, last = (step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/"))
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = text
    return type(event).model_validate(values)


def restored(event: E, hidden: Iterable[Hidden]) -> E:
    """The event as it was before these words were masked."""
    texts = dict(texts_of(event))
    put_back: dict[str, str] = {}
    for words in hidden:
        text = put_back.get(words.path, texts[words.path])
        put_back[words.path] = text[: words.start] + words.original + text[words.end :]
    return replaced(event, put_back)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case Message():
            for name in _fields(type(value)):
                yield from _texts(getattr(value, name), f"{path}/{name}")
        case tuple():
            for place, item in enumerate(cast("tuple[object, ...]", value)):
                yield from _texts(item, f"{path}/{place}")
        case dict():
            for key, item in cast("dict[str, object]", value).items():
                yield from _texts(item, f"{path}/{_escaped(key)}")
        case _:
            pass


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


@lru_cache(maxsize=256)
def _fields(kind: type[Message]) -> tuple[str, ...]:
    """Those of a message that hold words, itself or deeper."""
    left_out = NO_WORDS | _NO_WORDS_OF.get(kind, frozenset())
    return tuple(
        name for name, field in kind.model_fields.items() if name not in left_out and _has_words(field.annotation)
    )


def _has_words(annotation: object) -> bool:
    if get_origin(annotation) is Literal:
        return False
    if arguments := get_args(annotation):
        return any(_has_words(argument) for argument in arguments)
    return isinstance(annotation, type) and (annotation is str or issubclass(annotation, Message))
