"""What the session tells the playbook, in the order of decision on the call clock."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages import CloseCause, Signal, SpeechStarted, Utterance, UtteranceDropped


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


Fact = Turn | SpeechStarted | UtteranceDropped | Tick | CallEnded
