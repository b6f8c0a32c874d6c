"""The sound of a native ingest connection: wire bytes in, positioned frames and gaps of each party out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from asr.audio.codecs import Deinterleaver
from assist.errors import ProtocolError
from assist.messages import AudioFrame, AudioGap, Party
from gateway.sources.native_messages import SAMPLE_BYTES, Framing, Media


class _Strand:
    """Channels whose samples come in turn: all of a call's, or one that comes by itself."""

    def __init__(self, media: Media, parties: tuple[Party, ...]) -> None:
        self.parties = parties
        self.deinterleaver = Deinterleaver(media.encoding, len(parties))
        self.frame_bytes = SAMPLE_BYTES[media.encoding] * len(parties)
        """Of one sample of every channel."""


class AudioTrack:
    """Wire bytes to positioned frames per party; starts anew after a resume, at a whole sample of every channel."""

    def __init__(
        self,
        media: Media,
        *,
        framing: Framing = "interleaved",
        piece_ms: int,
        max_position_ms: int,
        samples: Sequence[int] = (),
        positions_ms: Sequence[int] = (),
    ) -> None:
        """``piece_ms`` bounds the frames handed on, ``max_position_ms`` the call clock.

        After a resume, ``samples`` and ``positions_ms`` taken so far, in the order of the channels.
        """
        self._media = media
        self._has_numbers = framing == "by-channel"
        self._max_position_ms = max_position_ms
        self._piece_samples = max(1, piece_ms * media.rate_hz // 1000)
        self._strands = (
            tuple(_Strand(media, (party,)) for party in media.channels)
            if self._has_numbers
            else (_Strand(media, media.channels),)
        )
        nothing = [0] * len(media.channels)
        self._samples: dict[Party, int] = dict(zip(media.channels, samples or nothing, strict=True))
        self._gaps_ms: dict[Party, int] = {
            party: position_ms - self._samples_ms(party)
            for party, position_ms in zip(media.channels, positions_ms or nothing, strict=True)
        }

    @property
    def received_bytes(self) -> int:
        """Whole samples taken so far, over all sockets."""
        return sum(self._samples.values()) * SAMPLE_BYTES[self._media.encoding]

    @property
    def unfinished_bytes(self) -> int:
        """Bytes taken that do not fill a sample of every channel yet."""
        return sum(strand.deinterleaver.carried_bytes for strand in self._strands)

    def sound_s(self, frame: bytes) -> float:
        """Length of the longest channel's sound over all sockets, were the frame taken as well.

        Raises ProtocolError "bad-message" where the frame names no channel.
        """
        into, payload = self._read(frame)
        return max(self._strand_s(strand, len(payload) if strand is into else 0) for strand in self._strands)

    def _strand_s(self, strand: _Strand, more_bytes: int) -> float:
        whole = max(self._samples[party] for party in strand.parties) * strand.frame_bytes
        return (whole + strand.deinterleaver.carried_bytes + more_bytes) / strand.frame_bytes / self._media.rate_hz

    def _samples_ms(self, party: Party) -> int:
        return self._samples[party] * 1000 // self._media.rate_hz

    def _read(self, frame: bytes) -> tuple[_Strand, bytes]:
        """Whose sound it is, and the sound."""
        if not self._has_numbers:
            return self._strands[0], frame
        if not frame or frame[0] >= len(self._strands):
            raise ProtocolError("The first byte of a frame is the number of its channel.", code="bad-message")
        return self._strands[frame[0]], frame[1:]

    def push(self, frame: bytes) -> tuple[tuple[AudioFrame | AudioGap, ...], int]:
        """Frames of the parties and the whole wire bytes they came from.

        Raises ProtocolError "call-too-long", and "bad-message" where the frame names no channel.
        """
        strand, payload = self._read(frame)
        self._check_length(strand.parties, len(payload) // strand.frame_bytes * 1000 // self._media.rate_hz)
        before = self.received_bytes
        frames: list[AudioFrame | AudioGap] = []
        piece_bytes = self._piece_samples * strand.frame_bytes
        for offset in range(0, len(payload), piece_bytes):
            frames += self._piece(strand, payload[offset : offset + piece_bytes])
        return tuple(frames), self.received_bytes - before

    def _piece(self, strand: _Strand, payload: bytes) -> list[AudioFrame]:
        samples = strand.deinterleaver.push(payload)
        if not len(samples[0]):
            return []
        frames = [
            AudioFrame(party, self._position_ms(party), self._media.rate_hz, pcm.astype("<i2").tobytes())
            for party, pcm in zip(strand.parties, samples, strict=True)
        ]
        for party in strand.parties:
            self._samples[party] += len(samples[0])
        return frames

    def _position_ms(self, party: Party) -> int:
        return self._gaps_ms[party] + self._samples_ms(party)

    def skip(
        self, duration_ms: int, cause: Literal["lost", "paused"], channel: Party | None
    ) -> tuple[AudioFrame | AudioGap, ...]:
        """Declare sound that will never come. Raises ProtocolError "bad-message" or "call-too-long"."""
        if channel is not None and channel not in self._media.channels:
            raise ProtocolError(f"gap: channel: this call has no party {channel}")
        parties = self._media.channels if channel is None else (channel,)
        self._check_length(parties, duration_ms)
        gaps: list[AudioFrame | AudioGap] = []
        for party in parties:
            start_ms = self._position_ms(party)
            self._gaps_ms[party] += duration_ms
            gaps.append(AudioGap(party=party, start_ms=start_ms, end_ms=start_ms + duration_ms, cause=cause))
        return tuple(gaps)

    def _check_length(self, parties: Sequence[Party], more_ms: int) -> None:
        if max(self._position_ms(party) for party in parties) + more_ms > self._max_position_ms:
            hours = self._max_position_ms / 3_600_000
            raise ProtocolError(f"A call may last {hours:g} h of sound and gaps.", code="call-too-long")
