"""Asterisk AudioSocket: the codec of its connections, as the settings want it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from assist.errors import NotFoundError
from gateway.expected_calls import Announcement, Claim, ExpectedCalls
from gateway.source_settings import AudioSocketSettings
from gateway.sources.audiosocket.codec import AudioSocketCodec, AudioSocketLimits


def audiosocket_codecs(settings: AudioSocketSettings, expected: ExpectedCalls) -> Callable[[], AudioSocketCodec]:
    """Makes the codec of each connection."""
    limits = AudioSocketLimits(first_frame_s=settings.first_frame_s)
    claim = claim_of_strangers(expected) if settings.unsigned else expected.claim
    return lambda: AudioSocketCodec(claim, limits)


def claim_of_strangers(expected: ExpectedCalls) -> Callable[[UUID], Claim]:
    """For development: a UUID that nobody announced is a call of its own, of which both parties are heard at once."""

    def claim(ticket: UUID) -> Claim:
        try:
            return expected.claim(ticket)
        except NotFoundError:
            return Claim("mixed", Announcement(key=str(ticket), roles=("mixed",)))

    return claim
