"""What the session tells the playbook, in the order of decision on the call clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assist.messages import (
    CallOpened,
    CallUpdated,
    CloseCause,
    Signal,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)


@dataclass(frozen=True, slots=True)
class Known:
    """Something is known of the call beside its words; paths that are not told keep their values."""

    facts: Mapping[str, str]
    """By path: ``customer.plan``, ``agent.id``, ``call.source``."""

    @classmethod
    def of(cls, event: CallOpened | CallUpdated) -> Known:
        """What the opening or an update of a call tells."""
        facts: dict[str, str] = {}
        if isinstance(event, CallOpened):
            facts |= {"call.source": event.source}
            facts |= {"call.external_id": event.external_id} if event.external_id else {}
        if event.agent is not None:
            facts |= {"agent.id": event.agent.agent_id}
            facts |= {"agent.name": event.agent.name} if event.agent.name else {}
        if event.customer is not None:
            facts |= {"customer.id": event.customer.customer_id}
            facts |= {"customer.name": event.customer.name} if event.customer.name else {}
            facts |= {f"customer.{name}": value for name, value in event.customer.attributes.items()}
        return cls(facts)


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
