"""The sound of a whole call as ``gateway.client`` sends it: a sound file's, or a capture's with its gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from asr.audio.files import Recording
from assist.errors import AudioFormatError
from assist.messages import AudioFrame, AudioGap, Party
from gateway.sources.native_messages import SAMPLE_BYTES, Framing, Gap, Media
from gateway.sources.rtp.recording import is_capture_file
from gateway.sources.rtp.streams import Choice
from gateway.tracks import open_track

_NOTHING: Final[Mapping[Party, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Portion:
    """What goes over the wire at once: sound, or a gap."""

    wire: bytes | str
    audio_bytes: int
    """Sound in it; 0: a gap."""
    due_s: float
    """Where on the call's clock it is said: sound where it begins, a gap where it is over."""
    end_s: float
    """Where on the call's clock it ends."""
    sound_s: float
    """Length of the longest channel's sound, this included."""


class CallSound(Protocol):
    """A call's sound in the order in which it is sent, which is the same each time."""

    @property
    def media(self) -> Media: ...

    @property
    def framing(self) -> Framing: ...

    def portions(
        self, chunk_ms: int, received_bytes: int = 0, gaps_ms: Mapping[Party, int] = _NOTHING
    ) -> Iterator[Portion]:
        """What is still to be sent when the server has taken so much sound, and of each party so long gaps."""
        ...


@dataclass(frozen=True, slots=True)
class CallAudio:
    """Sound of all channels, interleaved."""

    media: Media
    data: bytes

    @property
    def framing(self) -> Framing:
        return "interleaved"

    @property
    def bytes_per_s(self) -> int:
        return self.media.rate_hz * self.media.frame_bytes

    def portions(
        self, chunk_ms: int, received_bytes: int = 0, gaps_ms: Mapping[Party, int] = _NOTHING
    ) -> Iterator[Portion]:
        del gaps_ms  # there are none
        chunk_bytes = max(1, self.media.rate_hz * chunk_ms // 1000) * self.media.frame_bytes
        for offset in range(received_bytes, len(self.data), chunk_bytes):
            chunk = self.data[offset : offset + chunk_bytes]
            end_s = (offset + len(chunk)) / self.bytes_per_s
            yield Portion(chunk, len(chunk), due_s=offset / self.bytes_per_s, end_s=end_s, sound_s=end_s)


@dataclass(frozen=True, slots=True)
class CapturedAudio:
    """Sound and gaps of each channel by itself."""

    media: Media
    """16-bit."""
    channels: tuple[Sequence[AudioFrame | AudioGap], ...]
    """In position order each."""

    @property
    def framing(self) -> Framing:
        return "by-channel"

    def portions(
        self, chunk_ms: int, received_bytes: int = 0, gaps_ms: Mapping[Party, int] = _NOTHING
    ) -> Iterator[Portion]:
        numbers = {party: number for number, party in enumerate(self.media.channels)}
        sound_bytes, declared_ms = Counter[Party](), Counter[Party]()
        bytes_per_s = self.media.rate_hz * SAMPLE_BYTES[self.media.encoding]
        chunks = (_chunks(items, chunk_ms) for items in self.channels)
        for item in merge(*chunks, key=_due_ms):
            if isinstance(item, AudioGap):
                duration_ms = item.end_ms - item.start_ms
                declared_ms[item.party] += duration_ms
                duration_ms = min(duration_ms, declared_ms[item.party] - gaps_ms.get(item.party, 0))
                if duration_ms <= 0:
                    continue
                cause = "lost" if item.cause == "lost" else "paused"
                wire = Gap(duration_ms=duration_ms, cause=cause, channel=item.party).model_dump_json()
                size, end_s = 0, item.end_ms / 1000
            else:
                sound_bytes[item.party] += len(item.pcm)
                size = min(len(item.pcm), sound_bytes.total() - received_bytes)
                if size <= 0:
                    continue
                wire = bytes([numbers[item.party]]) + item.pcm[-size:]
                end_s = item.start_ms / 1000 + len(item.pcm) / bytes_per_s
            longest_s = max(sound_bytes.values(), default=0) / bytes_per_s
            yield Portion(wire, size, due_s=_due_ms(item) / 1000, end_s=end_s, sound_s=longest_s)


def _due_ms(item: AudioFrame | AudioGap) -> int:
    return item.end_ms if isinstance(item, AudioGap) else item.start_ms


def _chunks(items: Sequence[AudioFrame | AudioGap], chunk_ms: int) -> Iterator[AudioFrame | AudioGap]:
    for item in items:
        if isinstance(item, AudioGap):
            yield item
            continue
        chunk_samples = max(1, item.rate_hz * chunk_ms // 1000)
        for start in range(0, len(item.pcm) // 2, chunk_samples):
            pcm = item.pcm[2 * start : 2 * (start + chunk_samples)]
            yield AudioFrame(item.party, item.start_ms + start * 1000 // item.rate_hz, item.rate_hz, pcm)


def read_call_audio(path: Path, channels: tuple[Party, ...] | None = None) -> CallAudio:
    """A sound file. By default stereo is (agent, customer) and mono is (mixed,).

    Raises AudioFormatError, also when ``channels`` does not fit the recording.
    """
    with Recording(path) as recording:
        layout = channels or (("agent", "customer") if recording.channels == 2 else ("mixed",))
        if len(layout) != recording.channels:
            message = f"{path.name} has {recording.channels} channels, not {len(layout)}."
            raise AudioFormatError(message, code="unsupported-audio-file")
        media = Media(encoding="pcm_s16le", rate_hz=recording.rate_hz, channels=layout)
        data = b"".join(block.astype("<i2").tobytes() for block in recording.blocks())
    return CallAudio(media, data)


def read_call_sound(path: Path, choice: Choice) -> CallSound:
    """A sound file, or a capture, in which ``choice`` says whose stream is whose. Raises AudioFormatError."""
    if not is_capture_file(path):
        return read_call_audio(path)
    with open_track(path, choice) as track:
        items = [item for piece in track.items for item in piece]
        parties: tuple[Party, ...] = tuple(leg.party for leg in track.legs)
        media = Media(encoding="pcm_s16le", rate_hz=track.legs[0].rate_hz, channels=parties)
    return CapturedAudio(media, tuple([item for item in items if item.party == party] for party in parties))
