"""A stored call as its rules saw it: what was decided with the signals found then, and what the rules said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from assist.errors import InputError
from assist.messages import (
    ActSignal,
    AgentHour,
    Assignment,
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CallUpdated,
    CustomerHistory,
    CustomerLookedUp,
    EmotionSignal,
    EntitySignal,
    Envelope,
    ExperimentsAssigned,
    Flag,
    IntentSignal,
    Judgement,
    MeaningSignal,
    Notification,
    Prompt,
    PromptUpdated,
    Result,
    Signal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)
from assist.playbook import CallEnded, Fact, Listen, Told, facts_of

Spoken = Prompt | PromptUpdated | Flag | Notification
"""What rules say to people, here and elsewhere."""

REPLAYED = frozenset(
    (
        "call-opened",
        "call-updated",
        "call-degraded",
        "call-closed",
        "experiments-assigned",
        "customer-looked-up",
        "customer-history",
        "agent-hour",
        "result",
        "speech-started",
        "utterance",
        "utterance-dropped",
        "intent-signal",
        "emotion-signal",
        "act-signal",
        "entity-signal",
        "meaning-signal",
        "judgement",
        "audio-gap",
        "prompt",
        "prompt-updated",
        "flag",
        "notification",
    )
)
"""Types of the events that a call is read from; all others may be left out."""

UNFINISHED = ("internal-error", "server-restarted")
"""Causes of calls that broke before their rules were told of the end."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call of the record."""

    call_id: str
    opened_at: datetime
    source: str
    """The door and version of protocol that it came through."""
    agent_id: str | None
    playbook: str
    """name@version it ran under."""
    meanings: frozenset[str]
    """Labels of the sets of sentences that its utterances were compared with."""
    assignments: tuple[Assignment, ...]
    """What its experiments gave it."""
    told: tuple[tuple[Told, tuple[Signal, ...]], ...]
    """In the order of the log, each utterance with its signals except phrases."""
    end: CallEnded | None
    """None: the call broke, and its rules were never told."""
    said: tuple[Spoken, ...]
    """In the order of the log."""
    is_impaired: bool
    """The rules, or the search for their phrases, gave up during the call: what was said is not all."""
    judged: frozenset[str] = frozenset()
    """Labels of the questions that a model was asked about it."""

    def facts(self, listen: Listen) -> Iterator[Fact]:
        """What the rules of a playbook are told; its phrases are looked for again, all else is as it was found."""
        heard = (
            (event, (*listen(event), *signals) if isinstance(event, Utterance) else signals)
            for event, signals in self.told
        )
        return facts_of(heard, self.end, opened_at=self.opened_at)


def read_call(log: Sequence[Envelope], *, is_whole: bool | None = None) -> RecordedCall:
    """A call from its log in ``seq`` order.

    ``is_whole``: what is known of a log of which only events of types ``REPLAYED`` are given; None: all are given, and
    their ``seq`` have to prove it. Raises InputError "log-incomplete" where envelopes are missing, and "call-open" for
    a call that goes on.
    """
    if is_whole is None:
        is_whole = all(one.seq == seq for seq, one in enumerate(log, start=1))
    opened = log[0].event if log else None
    if not isinstance(opened, CallOpened) or not is_whole:
        raise InputError("Events of the call are missing.", code="log-incomplete")
    events = [envelope.event for envelope in log]
    closed = next((event for event in events if isinstance(event, CallClosed)), None)
    if closed is None:
        raise InputError("The call has not ended.", code="call-open")
    agents = [event.agent for event in events if isinstance(event, CallOpened | CallUpdated) and event.agent]
    return RecordedCall(
        call_id=log[0].call_id,
        opened_at=log[0].at,
        source=opened.source,
        agent_id=agents[-1].agent_id if agents else None,
        playbook=opened.playbook,
        meanings=frozenset(opened.meanings),
        assignments=next((one.assignments for one in events if isinstance(one, ExperimentsAssigned)), ()),
        told=_told(events),
        end=None if closed.cause in UNFINISHED else CallEnded(closed.at_ms, closed.cause),
        said=tuple(event for event in events if isinstance(event, Spoken)),
        is_impaired=any(isinstance(event, CallDegraded) and _cost_rules(event) for event in events),
        judged=frozenset(event.label for event in events if isinstance(event, Judgement)),
    )


def _told(events: Sequence[object]) -> tuple[tuple[Told, tuple[Signal, ...]], ...]:
    """Up to the end of the call: early signals do not count, and phrases are looked for again."""
    told: list[Told] = []
    signals: dict[str, list[Signal]] = {}
    for event in takewhile(lambda event: not isinstance(event, CallClosed), events):
        match event:
            case ActSignal() | IntentSignal() | EmotionSignal() | EntitySignal() | MeaningSignal():
                if event.from_partial:
                    continue
                signals.setdefault(event.utterance_id, []).append(event)
            case SpeechStarted() | Utterance() | UtteranceDropped():
                told.append(event)
            case CallOpened() | CallUpdated() | CustomerLookedUp() | CustomerHistory() | AgentHour() | Result():
                told.append(event)
            case Judgement() | AudioGap():
                told.append(event)
            case _:
                pass
    return tuple(
        (event, tuple(signals.get(event.utterance_id, ())) if isinstance(event, Utterance) else ()) for event in told
    )


def _cost_rules(event: CallDegraded) -> bool:
    return event.part == "playbook" or event.code == "phrases-failed"
