"""What the session tells the playbook, in the order of decision on the call clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assist.messages import (
    AgentHour,
    AudioGap,
    CallOpened,
    CallUpdated,
    CloseCause,
    CustomerHistory,
    CustomerLookedUp,
    Judgement,
    Result,
    Signal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)

Telling = CallOpened | CallUpdated | CustomerLookedUp | CustomerHistory | AgentHour | Result | Judgement | AudioGap
"""Events that tell something beside the words."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something is known of the call beside its words; paths that are not told keep their values."""

    facts: Mapping[str, str]
    """By path: ``customer.plan``, ``agent.id``, ``call.source``."""
    opened_at: datetime | None = None
    """When the call was opened, told with its opening."""
    history: CustomerHistory | None = None
    """Earlier calls; what they are to the rules depends on the hotline's clock."""

    hour: AgentHour | None = None
    """What the last hour was for the agent."""
    result: Result | None = None
    """How an offer ended, as somebody reported it."""
    judgement: Judgement | None = None
    """What a model answered to a question of the playbook."""
    gap: AudioGap | None = None
    """Sound that is missing."""

    @classmethod
    def of(cls, event: Telling, opened_at: datetime | None = None) -> Known:
        """What an event tells; ``opened_at`` is the wall time at which the opening was logged."""
        facts: dict[str, str] = {}
        if isinstance(event, Result):
            return cls(facts={}, result=event)
        if isinstance(event, Judgement):
            return cls(facts={}, judgement=event)
        if isinstance(event, AudioGap):
            return cls(facts={}, gap=event)
        if isinstance(event, AgentHour):
            return cls(facts={}, hour=event)
        if isinstance(event, CustomerHistory):
            return cls(facts={"customer.id": event.customer_id}, history=event)
        if isinstance(event, CustomerLookedUp):
            facts |= {"customer.id": event.customer_id}
            facts |= {"customer.name": event.name} if event.name else {}
            return cls(facts | {f"customer.{field.name}": field.value for field in event.fields})
        if isinstance(event, CallOpened):
            facts |= {"call.source": event.source, "call.direction": event.direction}
            facts |= {"call.external_id": event.external_id} if event.external_id else {}
        if event.agent is not None:
            facts |= {"agent.id": event.agent.agent_id}
            facts |= {"agent.name": event.agent.name} if event.agent.name else {}
            facts |= {f"agent.{name}": value for name, value in event.agent.attributes.items()}
        if event.customer is not None:
            facts |= {"customer.id": event.customer.customer_id}
            facts |= {"customer.name": event.customer.name} if event.customer.name else {}
            facts |= {f"customer.{name}": value for name, value in event.customer.attributes.items()}
        return cls(facts, opened_at if isinstance(event, CallOpened) else None)


@dataclass(frozen=True, slots=True)
class Turn:
    """A final utterance with what the analysers found in it."""

    utterance: Utterance
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A second of the call clock has passed; delivered before facts of a later position."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over: obligations that are still open are decided. The last fact of a call."""

    at_ms: int
    cause: CloseCause


Fact = Known | Turn | SpeechStarted | UtteranceDropped | Tick | CallEnded
