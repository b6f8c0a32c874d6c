"""What is handed to recognisers and never enters the log."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages.common import Party, TermSource


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Sound of one party; never enters the log.

    ``pcm`` is signed 16-bit little-endian mono at ``rate_hz``; ``start_ms`` is the call-clock position of its first
    sample.
    """

    party: Party
    start_ms: int
    rate_hz: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Term:
    """A name the recogniser should know: a plan or product of the playbook, or a person or plan of the call."""

    text: str
    """As it is to be written."""
    source: TermSource
    heard_as: tuple[str, ...] = ()
    """What recognisers are known to make of it: replaced wherever it stands."""
