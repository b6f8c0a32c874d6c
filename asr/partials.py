"""Running transcripts of the open utterance: when to ask for one, and what of it is stable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from asr.audio.samples import Float32Array
from asr.recogniser import Recogniser
from asr.segmenter import Onset
from asr.speech import Hypothesis
from asr.stable import StableText
from asr.timeline import Stretch
from assist.errors import UnavailableError
from assist.messages import PartialTranscript, Party
from assist.ports import LaneSink

OVERLOAD_CODES = frozenset({"shed-late", "overloaded"})


@dataclass(frozen=True, slots=True)
class PartialSettings:
    """When partials are asked for; they are never worth waiting for."""

    first_after_ms: int = 500
    """Speech heard before the first one."""
    min_interval_ms: int = 600
    """New audio between two of them while the engine keeps up."""
    retry_interval_ms: int = 300
    """The same where not even the first words could be shown, because they looped or echoed."""
    max_interval_ms: int = 1_000
    """The same after a shed or slow one."""
    max_pause_ms: int = 96
    """In a longer one the next partial waits for more speech, since a speculation is about to tell."""
    window_ms: int = 10_000
    """Audio of one partial at most: the latest."""
    deadline_s: float = 1.5
    """One that has not started by then is shed."""
    missed_limit: int = 3
    """Partials that load takes away in a row before the agent is told."""


@dataclass(slots=True)
class _Running:
    """The utterance that is open."""

    utterance_id: str
    start_ms: int
    next_due_ms: int
    text: StableText = field(default_factory=StableText)
    revision: int = 0
    heard_speech_end: int = 0
    """In samples; a partial without new speech would say nothing new."""


class PartialWriter:
    """At most one partial of a lane waits or runs; the audio of the next is cut when its time comes."""

    def __init__(
        self,
        recogniser: Recogniser,
        party: Party,
        settings: PartialSettings,
        lane: Hashable,
        group: asyncio.TaskGroup,
        sink: LaneSink,
    ) -> None:
        self._recogniser = recogniser
        self._party: Party = party
        self._settings = settings
        self._lane = lane
        self._group = group
        self._sink = sink
        self._interval_ms = settings.min_interval_ms
        self._running: _Running | None = None
        self._task: asyncio.Task[None] | None = None
        self._missed = 0
        """Partials in a row that load took away."""

    def begin(self, utterance_id: str, stretch: Stretch, onset: Onset) -> None:
        """An utterance has opened."""
        start_ms = stretch.position_ms(onset.speech_start)
        self._running = _Running(utterance_id, start_ms, start_ms + self._settings.first_after_ms)

    def end(self) -> None:
        """The utterance is over: nothing more is published about it."""
        self._running = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def advance(self, stretch: Stretch) -> None:
        """More of the open utterance was heard: ask for a partial if one is due."""
        running = self._running
        speech_end = stretch.listener.open_speech_end
        if running is None or speech_end is None or (self._task and not self._task.done()):
            return
        if stretch.judged_ms < running.next_due_ms or speech_end <= running.heard_speech_end:
            return
        if stretch.judged_ms - stretch.position_ms(speech_end) > self._settings.max_pause_ms:
            return
        running.heard_speech_end = speech_end
        samples, is_window = stretch.listener.open_audio(self._settings.window_ms)
        ask = self._ask(running, samples, stretch.judged_ms, is_window=is_window)
        self._task = self._group.create_task(ask, name=f"partial {running.utterance_id}")

    def replace(self, speech_end: int, end_ms: int) -> Callable[[Hypothesis], None]:
        """The speech up to there is being decoded by other means: what shows its result as the next partial."""
        running = self._running
        if running is None:
            raise ValueError("no utterance is open")
        running.heard_speech_end = speech_end
        running.next_due_ms = max(running.next_due_ms, end_ms + self._settings.min_interval_ms)
        return lambda heard: self._show(running, self._recogniser.preview(heard), end_ms, is_window=False)

    async def _ask(self, running: _Running, samples: Float32Array, end_ms: int, *, is_window: bool) -> None:
        loop = asyncio.get_running_loop()
        asked_s = loop.time()
        try:
            heard = await self._recogniser.partial(
                samples, lane=self._lane, deadline_s=asked_s + self._settings.deadline_s
            )
        except UnavailableError as error:
            # Shed, superseded or failed: the next partial or the final will tell.
            self._schedule(running, end_ms, self._settings.max_interval_ms)
            if error.code in OVERLOAD_CODES:
                self._miss()
            return
        self._recover()
        if heard or running.revision:
            self._schedule(running, end_ms, round((loop.time() - asked_s) * 1500))
        else:
            running.next_due_ms = end_ms + self._settings.retry_interval_ms
        self._show(running, heard, end_ms, is_window=is_window)

    def _miss(self) -> None:
        self._missed += 1
        if self._missed == self._settings.missed_limit:
            reason = "The recogniser is busy: words appear when a sentence is finished."
            self._sink.degraded("partials-thinned", reason, part="partials")

    def _recover(self) -> None:
        if self._missed >= self._settings.missed_limit:
            reason = "Words appear while they are spoken again."
            self._sink.degraded("partials-thinned", reason, part="partials", restored=True)
        self._missed = 0

    def _show(self, running: _Running, heard: str | None, end_ms: int, *, is_window: bool) -> None:
        if running is not self._running or not heard or not running.text.update(heard, is_window=is_window):
            return
        running.revision += 1
        self._sink.partial(
            PartialTranscript(
                utterance_id=running.utterance_id,
                party=self._party,
                revision=running.revision,
                text=running.text.text,
                stable_chars=running.text.stable_chars,
                start_ms=running.start_ms,
                end_ms=end_ms,
            )
        )

    def _schedule(self, running: _Running, end_ms: int, interval_ms: int) -> None:
        """One and a half times as long as the last one took, within bounds: the engine stays free for finals."""
        interval_ms = max(self._settings.min_interval_ms, min(self._settings.max_interval_ms, interval_ms))
        running.next_due_ms = end_ms + interval_ms
