"""What an agent promised: sentences that commit the company to something after the call, and by when it is due.

A sentence is a promise if it says what will be done (a call back, a visit, a refund …) and either names a time to come
or stands in a turn whose act is ``commit``. What is done on the spot (马上给您取消) is none, unless the answer to the
customer's next question says that it takes until later. The same promise said twice is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from assist.messages import Agent, Customer, Promise, PromiseKind
from assist.view import Line, LineEntity
from assist.wrapup.due import due_at
from assist.wrapup.lines import Sentence, is_agent, is_customer, sentences
from assist.wrapup.promise_words import (
    ASKS_CONSENT,
    ASKS_WHEN,
    DEPENDS,
    KINDS,
    LASTS,
    LATER,
    ON_THE_SPOT,
    TO_COME,
)

TIMES = ("deadline", "time", "date", "period", "duration")
"""Entities that say when, the most telling first."""
MAX_FOUND = 20
"""As many promises of one call are kept."""
_ANSWERS_WITHIN = 3
"""Lines after a promise in which its time may still be told."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of a call a promise depends on beside its words."""

    opened_at: datetime
    """Aware."""
    zone: tzinfo
    """In which the hotline tells the time."""
    agent: Agent | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    promise: Promise
    is_certain: bool
    """False: as it was said it is done within the call; a later time makes a promise of it."""
    place: int
    """Of its line."""


def promises_of(lines: Sequence[Line], call: Circumstances) -> tuple[Promise, ...]:
    """The promises of a call in the order in which they were made."""
    found: list[_Found] = []
    asked_at = -_ANSWERS_WITHIN
    for place, line in enumerate(lines):
        if is_customer(line) and ASKS_WHEN.search(line.text):
            asked_at = place
        if not is_agent(line) or len(found) >= MAX_FOUND:
            continue
        new = list(_promised_in(line, place, call))
        if not new and place - asked_at < _ANSWERS_WITHIN:
            _tell_time(found, line, place, call)
        for one in new:
            _merge(found, one)
    return tuple(one.promise for one in found if one.is_certain)


def _promised_in(line: Line, place: int, call: Circumstances) -> Iterator[_Found]:
    commits = "commit" in line.acts
    said_at = _said_at(line, call)
    for number, sentence in enumerate(sentences(line)):
        text = ASKS_CONSENT.sub("", sentence.text)
        when = _time_of(sentence, said_at)
        kind = _kind_of(text) or ("other" if commits and when else None)
        if kind is None or DEPENDS.search(text):
            continue
        if not commits and (when is None or not TO_COME.search(text)):
            continue
        is_later = bool(LASTS.search(text)) or (kind in LATER and not ON_THE_SPOT.search(text))
        promise = Promise(
            promise_id=f"{line.utterance_id}-{number}",
            kind=kind,
            quote=sentence.quote,
            utterance_id=line.utterance_id,
            by=call.agent,
            customer_id=call.customer.customer_id if call.customer else None,
            made_at=said_at.astimezone(UTC),
            due_said=when[0] if when else "",
            due_at=when[1] if when else None,
        )
        yield _Found(promise, is_certain=when is not None or is_later, place=place)


def _kind_of(text: str) -> PromiseKind | None:
    return next((kind for kind, pattern in KINDS if pattern.search(text)), None)


def _said_at(line: Line, call: Circumstances) -> datetime:
    return (call.opened_at + timedelta(milliseconds=line.end_ms)).astimezone(call.zone)


def _time_of(sentence: Sentence, said_at: datetime) -> tuple[str, datetime] | None:
    """The words that say when, and when that is; of several of one kind the latest."""
    for label in TIMES:
        times = [
            (_words(sentence, entity), moment.astimezone(UTC))
            for entity in sentence.entities
            if entity.label == label and (moment := due_at(entity.value, said_at)) is not None
        ]
        if times:
            return max(times, key=lambda one: one[1])
    return None


def _words(sentence: Sentence, entity: LineEntity) -> str:
    start = entity.span[0] - sentence.start
    return sentence.text[start : start + entity.span[1] - entity.span[0]]


def _tell_time(found: list[_Found], line: Line, place: int, call: Circumstances) -> None:
    """A time that answers "when?" belongs to what was said just before, if that has none yet."""
    open_at = next((at for at in range(len(found) - 1, -1, -1) if found[at].promise.due_at is None), None)
    if open_at is None or place - found[open_at].place > _ANSWERS_WITHIN:
        return
    for sentence in sentences(line):
        when = _time_of(sentence, _said_at(line, call))
        if when is not None:
            timed = found[open_at].promise.model_copy(update={"due_said": when[0], "due_at": when[1]})
            found[open_at] = replace(found[open_at], promise=timed, is_certain=True)
            return


def _merge(found: list[_Found], new: _Found) -> None:
    """Add a promise, or tell an earlier one of its kind what the new words add."""
    for at, old in enumerate(found):
        if old.promise.kind != new.promise.kind:
            continue
        if new.promise.due_at is None or new.promise.due_said == old.promise.due_said:
            found[at] = replace(old, is_certain=old.is_certain or new.is_certain)
            return
        if old.promise.due_at is None:
            found[at] = new
            return
    found.append(new)
