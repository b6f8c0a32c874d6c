"""Where a session is in its stream: samples received plus what the platform says is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from assist.messages import Party
from gateway.sources.audiohook.messages import RATE_HZ
from gateway.sources.audiohook.remarks import remark
from gateway.sources.codec import Action, Missing
from gateway.sources.wire_sound import WireSound

DRIFT_US: Final = 1_000_000
"""More than what is on its way between a ping and the sound around it."""


class Timeline:
    """Of the accepted channels; nothing here looks at a clock."""

    def __init__(self, parties: Sequence[Party]) -> None:
        """``parties``: who speaks on each channel, in the order in which samples are interleaved."""
        self._sound = WireSound("mulaw", parties)
        self._samples = 0
        self._missing_us = 0
        self._declared_ms = 0
        self._has_drifted = False

    @property
    def position_us(self) -> int:
        return self._samples * 1_000_000 // RATE_HZ + self._missing_us

    def push(self, payload: bytes) -> Sequence[Action]:
        """The sound of each party."""
        sounds = self._sound.push(payload)
        if sounds:
            self._samples += len(sounds[0].pcm) // 2
        return sounds

    def miss(self, length_us: int, cause: Literal["lost", "paused"]) -> Sequence[Action]:
        """Sound that will never come; parts of a millisecond are carried to the next."""
        self._missing_us += length_us
        length_ms = round(self._missing_us / 1000) - self._declared_ms
        self._declared_ms += length_ms
        return (Missing(None, length_ms, cause),) if length_ms > 0 else ()

    def drift(self, position_us: int | None) -> Sequence[Action]:
        """A remark, once, where the platform believes itself elsewhere."""
        if position_us is None or self._has_drifted or abs(position_us - self.position_us) <= DRIFT_US:
            return ()
        self._has_drifted = True
        return (remark("position-drift"),)

    def finish(self) -> Sequence[Action]:
        """A remark where the last sample is not whole."""
        return (remark("unfinished-sample"),) if self._sound.rest_bytes else ()
