"""Which parties may speak on the channels of a connection, and in which order."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from assist.messages import Party

CHANNEL_LAYOUTS: frozenset[tuple[Party, ...]] = frozenset(
    {("agent", "customer"), ("customer", "agent"), ("customer",), ("agent",), ("mixed",)}
)


def _known_layout(channels: tuple[Party, ...]) -> tuple[Party, ...]:
    if channels not in CHANNEL_LAYOUTS:
        raise ValueError("channels must be agent and customer, one of them, or mixed")
    return channels


Channels = Annotated[tuple[Party, ...], AfterValidator(_known_layout)]
"""Who speaks on each channel, in the order of the channels."""
