"""The sound of a native ingest connection: wire bytes in, positioned frames and gaps of each party out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from asr.audio.codecs import Deinterleaver
from assist.errors import ProtocolError
from assist.messages import AudioFrame, AudioGap, Party
from gateway.sources.native_messages import Media


class AudioTrack:
    """Wire bytes to positioned frames per party; starts anew after a resume, at a whole sample of every channel."""

    def __init__(
        self,
        media: Media,
        *,
        piece_ms: int,
        max_position_ms: int,
        received_bytes: int = 0,
        positions_ms: Sequence[int] | None = None,
    ) -> None:
        """``piece_ms`` bounds the frames handed on, ``max_position_ms`` the call clock."""
        self._media = media
        self._max_position_ms = max_position_ms
        self._piece_bytes = max(1, piece_ms * media.rate_hz // 1000) * media.frame_bytes
        self._deinterleaver = Deinterleaver(media.encoding, len(media.channels))
        self._samples = received_bytes // media.frame_bytes
        positions = positions_ms or [0] * len(media.channels)
        self._gaps_ms: dict[Party, int] = {
            party: position_ms - self._samples_ms for party, position_ms in zip(media.channels, positions, strict=True)
        }

    @property
    def received_bytes(self) -> int:
        """Whole sample frames taken so far, over all sockets."""
        return self._samples * self._media.frame_bytes

    @property
    def unfinished_bytes(self) -> int:
        """Bytes taken that do not fill a sample of every channel yet."""
        return self._deinterleaver.carried_bytes

    def sound_s(self, more_bytes: int = 0) -> float:
        """Length of the sound taken so far over all sockets, were ``more_bytes`` taken as well."""
        return (
            (self.received_bytes + self.unfinished_bytes + more_bytes) / self._media.frame_bytes / self._media.rate_hz
        )

    @property
    def _samples_ms(self) -> int:
        return self._samples * 1000 // self._media.rate_hz

    def push(self, payload: bytes) -> tuple[tuple[AudioFrame | AudioGap, ...], int]:
        """Frames of all parties and the whole wire bytes they came from. Raises ProtocolError "call-too-long"."""
        self._check_length(len(payload) // self._media.frame_bytes * 1000 // self._media.rate_hz)
        before = self.received_bytes
        frames: list[AudioFrame | AudioGap] = []
        for offset in range(0, len(payload), self._piece_bytes):
            frames += self._piece(payload[offset : offset + self._piece_bytes])
        return tuple(frames), self.received_bytes - before

    def _piece(self, payload: bytes) -> list[AudioFrame]:
        samples = self._deinterleaver.push(payload)
        if not len(samples[0]):
            return []
        frames = [
            AudioFrame(party, self._gaps_ms[party] + self._samples_ms, self._media.rate_hz, pcm.astype("<i2").tobytes())
            for party, pcm in zip(self._media.channels, samples, strict=True)
        ]
        self._samples += len(samples[0])
        return frames

    def skip(
        self, duration_ms: int, cause: Literal["lost", "paused"], channel: Party | None
    ) -> tuple[AudioFrame | AudioGap, ...]:
        """Declare sound that will never come. Raises ProtocolError "bad-message" or "call-too-long"."""
        if channel is not None and channel not in self._media.channels:
            raise ProtocolError(f"gap: channel: this call has no party {channel}")
        self._check_length(duration_ms)
        gaps: list[AudioFrame | AudioGap] = []
        for party in self._media.channels if channel is None else (channel,):
            start_ms = self._gaps_ms[party] + self._samples_ms
            self._gaps_ms[party] += duration_ms
            gaps.append(AudioGap(party=party, start_ms=start_ms, end_ms=start_ms + duration_ms, cause=cause))
        return tuple(gaps)

    def _check_length(self, more_ms: int) -> None:
        if max(self._gaps_ms.values()) + self._samples_ms + more_ms > self._max_position_ms:
            hours = self._max_position_ms / 3_600_000
            raise ProtocolError(f"A call may last {hours:g} h of sound and gaps.", code="call-too-long")
