"""The edge between a source and a lane: two seconds in memory, the rest waits on disk, nothing is lost silently."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from assist.messages import AudioFrame, AudioGap, Party
from assist.notice import Notice
from assist.spool import SAMPLE_BYTES, LegRecording

BACKFILL_MS = 200
"""Length of the frames that are read back from disk."""


@dataclass(slots=True)
class _OnDisk:
    """Audio that a full feed left on disk: bytes [offset, end) of the recording, starting at ``start_ms``."""

    recording: LegRecording
    start_ms: int
    offset_bytes: int
    end_bytes: int


class LegFeed:
    """Carries one leg's sound from ``push`` to ``receive`` in order; implements AudioSource.

    Positions are given by samples plus declared gaps: ``end_ms``. Memory is bounded by ``limit_ms``; beyond it frames
    stay on disk and are read back when the lane has caught up. Without a recording the oldest audio in memory is
    declared as an AudioGap "shed".
    """

    def __init__(self, party: Party, rate_hz: int, recording: LegRecording | None, *, limit_ms: int = 2_000) -> None:
        self._party: Party = party
        self._rate_hz = rate_hz
        self._recording = recording
        self._limit_bytes = limit_ms * rate_hz // 1000 * SAMPLE_BYTES
        self._items: deque[AudioFrame | AudioGap | _OnDisk] = deque()
        self._held_bytes = 0
        self._samples = 0
        self._gaps_ms = 0
        self._received_ms = 0
        """Position after the last piece received."""
        self._ends_in_sound = False
        """Whether sound was pushed last, not a gap."""
        self.is_interrupted = False
        """Whether the lane ended what it was hearing at a break that no gap declares yet."""
        self._closed = False
        self._changed = Notice()
        self.spooled_ms = 0
        """Audio that went through the disk because the lane was behind."""
        self.shed_ms = 0

    @property
    def end_ms(self) -> int:
        """Position after the last piece pushed."""
        return self._gaps_ms + self._samples * 1000 // self._rate_hz

    @property
    def waiting_ms(self) -> int:
        """Audio that the lane has not received yet, on disk or in memory."""
        return max(0, self.end_ms - self._received_ms)

    @property
    def is_full(self) -> bool:
        return self._held_bytes >= self._limit_bytes

    @property
    def is_behind(self) -> bool:
        """Whether the newest audio waits on disk because the lane is busy with older."""
        return bool(self._items) and isinstance(self._items[-1], _OnDisk)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def lose_disk(self) -> None:
        """The recording can no longer be written: from here on a full feed sheds its oldest audio."""
        self._recording = None

    def push(self, item: AudioFrame | AudioGap) -> AudioGap | None:
        """Take the next piece; never waits. Returns the gap if older audio had to be shed for it.

        Raises OSError when the disk refuses; then call ``lose_disk`` and push the piece again.
        """
        if self._closed:
            return None
        shed = None
        self._ends_in_sound = isinstance(item, AudioFrame)
        self.is_interrupted = False
        if isinstance(item, AudioGap):
            self._gaps_ms += item.end_ms - item.start_ms
            self._items.append(item)
        elif self._recording is None:
            self._hold(item)
            shed = self._shed_oldest()
        else:
            self._recording.append(item.start_ms, item.pcm)
            self._hold_or_leave_on_disk(item, self._recording)
        self._changed.notify()
        return shed

    def interrupt(self) -> None:
        """No sound comes for now: the lane decides what it has heard, as at a gap whose length is not known yet."""
        if not self._closed:
            self.is_interrupted = self._ends_in_sound
            self._items.append(AudioGap(party=self._party, start_ms=self.end_ms, end_ms=self.end_ms, cause="lost"))
            self._changed.notify()

    def _hold(self, frame: AudioFrame) -> None:
        self._samples += len(frame.pcm) // SAMPLE_BYTES
        self._items.append(frame)
        self._held_bytes += len(frame.pcm)

    def _hold_or_leave_on_disk(self, frame: AudioFrame, recording: LegRecording) -> None:
        last = self._items[-1] if self._items else None
        if not self.is_full and not isinstance(last, _OnDisk):
            self._hold(frame)
            return
        self._samples += len(frame.pcm) // SAMPLE_BYTES
        self.spooled_ms += self._ms(len(frame.pcm))
        offset = recording.end_bytes - len(frame.pcm)
        if isinstance(last, _OnDisk) and last.end_bytes == offset:
            last.end_bytes = recording.end_bytes
        else:
            self._items.append(_OnDisk(recording, frame.start_ms, offset, recording.end_bytes))

    def _shed_oldest(self) -> AudioGap | None:
        """Give up the oldest frame in memory if there is too much; its place is taken by a gap."""
        if not self.is_full:
            return None
        index, frame = next((i, f) for i, f in enumerate(self._items) if isinstance(f, AudioFrame))
        end_ms = frame.start_ms + self._ms(len(frame.pcm))
        shed = AudioGap(party=self._party, start_ms=frame.start_ms, end_ms=end_ms, cause="shed")
        before = self._items[index - 1] if index else None
        if isinstance(before, AudioGap) and before.cause == "shed" and before.end_ms == shed.start_ms:
            self._items[index - 1] = before.model_copy(update={"end_ms": end_ms})
            del self._items[index]
        else:
            self._items[index] = shed
        self._held_bytes -= len(frame.pcm)
        self.shed_ms += end_ms - frame.start_ms
        return shed

    async def room(self) -> None:
        """Wait until memory has room: how a replay pushes back."""
        while self.is_full and not self._closed:
            await self._changed.wait()

    async def receive(self) -> AudioFrame | AudioGap | None:
        """The next piece in order; None once closed and drained."""
        while not self._items:
            if self._closed:
                return None
            await self._changed.wait()
        item = self._items.popleft()
        if isinstance(item, AudioGap):
            self._received_ms = item.end_ms
            return item
        if isinstance(item, _OnDisk):
            frame = self._read_back(item)
        else:
            frame = item
            self._held_bytes -= len(frame.pcm)
            self._changed.notify()
        self._received_ms = frame.start_ms + self._ms(len(frame.pcm))
        return frame

    def _read_back(self, part: _OnDisk) -> AudioFrame:
        """The first ``BACKFILL_MS`` of what was left on disk; the rest goes back to the head of the queue."""
        step = BACKFILL_MS * self._rate_hz // 1000 * SAMPLE_BYTES
        size = min(step, part.end_bytes - part.offset_bytes)
        frame = AudioFrame(self._party, part.start_ms, self._rate_hz, part.recording.read(part.offset_bytes, size))
        if part.offset_bytes + size < part.end_bytes:
            start_ms = part.start_ms + self._ms(size)
            self._items.appendleft(replace(part, start_ms=start_ms, offset_bytes=part.offset_bytes + size))
        return frame

    def close(self) -> None:
        """The leg has ended. Idempotent."""
        self._closed = True
        self._changed.notify()

    def _ms(self, size_bytes: int) -> int:
        return size_bytes // SAMPLE_BYTES * 1000 // self._rate_hz
