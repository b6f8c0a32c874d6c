"""A closed call as a trial of the experiments of its playbook: a pure projection of its log."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from assist.closed_call import is_practice
from assist.history.recall import COMPLAINTS
from assist.history.record import REMEMBERED, record_of
from assist.messages import (
    Assignment,
    CallClosed,
    CallOpened,
    CueHeard,
    CustomerReaction,
    Envelope,
    Event,
    ExperimentsAssigned,
    IntentSignal,
    Prompt,
    PromptLeftOut,
    PromptOutcome,
    PromptsLimited,
    Reaction,
    Result,
)
from assist.messages.experiments import Arm
from assist.playbook.memory import HOUR_PATHS

TRIAL_EVENTS = REMEMBERED | {
    "experiments-assigned",
    "intent-signal",
    "prompt",
    "prompt-left-out",
    "prompt-outcome",
    "prompts-limited",
    "cue-heard",
    "reaction",
    "result",
}
"""Types of the events that a trial is made of; all others may be left out."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The first prompt of an experiment in a call, shown or held out, and what came of the call from there on."""

    experiment: str
    source: str
    """Rule or offer whose prompt it is."""
    version: str
    """Of the playbook."""
    prompt_id: str
    variant: str
    arm: Arm
    at_ms: int
    is_muted: bool
    """It was not drawn, and counts for no comparison."""
    is_limited: bool = False
    """What other calls had shown the agent left fewer places when it came: no comparison of calls that know nothing of
    one another."""
    is_seen: bool = False
    """A desk has shown it."""
    is_taken_up: bool = False
    """The agent clicked on it."""
    is_said: bool = False
    """The agent was heard to say it."""
    reaction: CustomerReaction | None = None
    """How the customer took the offer, made by the prompt or without it; None: none was heard of."""
    is_sold: bool = False
    has_complained: bool = False
    """After it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A closed call that drew for experiments."""

    call_id: str
    playbook: str
    """Name, without version."""
    opened_at: datetime
    customer_id: str | None
    reason: str
    """Intent that the customer called about; empty where none is known, or where we called them."""
    handling_ms: int
    exposures: tuple[Exposure, ...]
    """At most one of each experiment."""
    left_out: tuple[str, ...] = ()
    """Experiments whose prompts all found no room: the call got them neither shown nor held out."""


def trial_of(log: Sequence[Envelope]) -> Trial | None:
    """The trial of a call from its log in ``seq`` order; None while it is open, of practice, or drew for nothing."""
    events = [envelope.event for envelope in log]
    opened = log[0].event if log else None
    drawn = next((event.assignments for event in events if isinstance(event, ExperimentsAssigned)), None)
    closed = next((event for event in events if isinstance(event, CallClosed)), None)
    if not isinstance(opened, CallOpened) or is_practice(opened.source) or drawn is None or closed is None:
        return None
    record = record_of(log)
    is_inbound = record is not None and record.call.direction == "inbound"
    assignments = {one.experiment: one for one in drawn}
    exposures = _exposures(events, assignments)
    return Trial(
        call_id=log[0].call_id,
        playbook=opened.playbook.partition("@")[0],
        opened_at=log[0].at,
        customer_id=record.customer_id if record is not None else None,
        reason=next(iter(record.call.reasons), "") if record is not None and is_inbound else "",
        handling_ms=closed.at_ms,
        exposures=tuple(exposures),
        left_out=_left_out(events, assignments, {one.experiment for one in exposures}),
    )


def _exposures(events: Sequence[Event], drawn: dict[str, Assignment]) -> list[Exposure]:
    """Early prompts are none: only those of them count that a whole utterance called for."""
    first: dict[str, tuple[Prompt, bool]] = {}
    is_limited = False
    for event in events:
        if isinstance(event, PromptsLimited):
            is_limited = any(path in HOUR_PATHS for limit in event.limits for path in limit.facts)
        if isinstance(event, Prompt) and event.experiment in drawn and not event.from_partial:
            first.setdefault(event.experiment, (event, is_limited))
    return [
        replace(_exposure(prompt, drawn[experiment], events), is_limited=was_limited)
        for experiment, (prompt, was_limited) in first.items()
    ]


def _left_out(events: Sequence[Event], drawn: dict[str, Assignment], exposed: Set[str]) -> tuple[str, ...]:
    """A muted prompt would not have been shown anyway."""
    named = {event.experiment: None for event in events if isinstance(event, PromptLeftOut)}
    return tuple(one for one in named if one in drawn and one not in exposed and not drawn[one].is_muted)


def _exposure(prompt: Prompt, drawn: Assignment, events: Sequence[Event]) -> Exposure:
    source, _, version = prompt.because.rule.partition("@")
    outcomes = {one.outcome for one in events if isinstance(one, PromptOutcome) and one.prompt_id == prompt.prompt_id}
    heard = [one for one in events if isinstance(one, CueHeard) and one.prompt_id == prompt.prompt_id]
    return Exposure(
        experiment=drawn.experiment,
        source=source,
        version=version,
        prompt_id=prompt.prompt_id,
        variant=drawn.variant,
        arm=drawn.arm,
        at_ms=prompt.at_ms,
        is_muted=drawn.is_muted,
        is_seen="shown" in outcomes,
        is_taken_up="accepted" in outcomes,
        is_said=bool(heard) and heard[-1].said,
        reaction=_reaction(prompt, events),
        is_sold=_is_sold(prompt, events),
        has_complained=any(_is_complaint(event) and event.end_ms > prompt.at_ms for event in _intents(events)),
    )


def _reaction(prompt: Prompt, events: Sequence[Event]) -> CustomerReaction | None:
    """To the prompt, or to its offer however it came up: held-out calls have no other."""
    reactions = [
        event
        for event in events
        if isinstance(event, Reaction)
        and event.at_ms >= prompt.at_ms
        and (event.prompt_id == prompt.prompt_id or (prompt.offer_id and event.offer_id == prompt.offer_id))
    ]
    return reactions[-1].reaction if reactions else None


def _is_sold(prompt: Prompt, events: Sequence[Event]) -> bool:
    """By the last report on the prompt, on its offer or on the whole call; a later one of a subject replaces it."""
    standing: dict[tuple[str | None, str | None], Result] = {}
    for event in events:
        if isinstance(event, Result) and _is_about(event, prompt):
            standing[event.prompt_id, event.offer_id] = event
    return any(result.result == "sold" for result in standing.values())


def _is_about(result: Result, prompt: Prompt) -> bool:
    if result.prompt_id is not None:
        return result.prompt_id == prompt.prompt_id
    return result.offer_id is None or result.offer_id == prompt.offer_id


def _intents(events: Sequence[Event]) -> list[IntentSignal]:
    return [event for event in events if isinstance(event, IntentSignal)]


def _is_complaint(event: IntentSignal) -> bool:
    return not event.from_partial and event.party != "agent" and event.label.startswith(COMPLAINTS)
