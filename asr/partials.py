"""Running transcripts of the open utterance: when to ask for one, of which sound, and what of it is stable.

Work is saved where it tells nothing: no partial without new speech, and none in a pause, where the final's own first
decode is about to tell. Once that decode has told what was said up to a pause, partials hear only what comes after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.pressure import Pressure, Relief
from asr.recogniser import Recogniser
from asr.segmenter import Onset
from asr.speech import Hypothesis
from asr.stable import Draft, StableSettings, StableText
from asr.timeline import Stretch
from asr.writing.writer import Writer
from assist.errors import UnavailableError
from assist.messages import PartialTranscript, Party
from assist.ports import LaneSink

OVERLOAD_CODES = frozenset({"shed-late", "overloaded"})
_NO_WINDOW_MS = 3_600_000
"""Longer than any segment."""


@dataclass(frozen=True, slots=True)
class PartialSettings:
    """When partials are asked for; they are never worth waiting for. How often: ``PressureSettings``."""

    first_after_ms: int = 500
    """Speech heard before the first one, and after a pause from which on the sound is heard anew."""
    retry_interval_ms: int = 300
    """New audio between two where not even the first words could be shown, because they looped or echoed."""
    max_pause_ms: int = 96
    """In a longer one the next partial waits for more speech, since a speculation is about to tell."""
    window_ms: int = 10_000
    """Audio of one partial at most: the latest."""
    anchor_after_ms: int = 2_000
    """So much speech before a pause is not heard again after it."""
    anchor_inside_ms: int = 100
    """Where within the pause the sound is heard anew."""
    deadline_s: float = 1.5
    """One that has not started by then is shed."""
    missed_limit: int = 3
    """Partials that load takes away in a row before the agent is told."""
    stable: StableSettings = field(default_factory=StableSettings)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A pause up to which an utterance has been written down."""

    sample: int
    """Within the pause."""
    draft: Draft
    """What was said before it."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The sound of one partial."""

    samples: Float32Array
    before: Draft
    """What was said before it, in the utterance."""
    is_window: bool
    """It begins somewhere within what was shown."""
    end_ms: int


@dataclass(slots=True)
class OpenText:
    """The running transcript of one open utterance."""

    utterance_id: str
    start_ms: int
    next_due_ms: int
    text: StableText
    revision: int = 0
    shown_end_ms: int = 0
    """Position up to which the text tells."""
    heard_speech_end: int = 0
    """In samples; a partial without new speech would say nothing new."""
    anchor: Anchor | None = None

    def is_due(self, stretch: Stretch, settings: PartialSettings) -> bool:
        """Whether there is enough new speech for another partial."""
        speech_end = stretch.listener.open_speech_end
        if speech_end is None or speech_end <= self.heard_speech_end or stretch.judged_ms < self.next_due_ms:
            return False
        return stretch.judged_ms - stretch.position_ms(speech_end) <= settings.max_pause_ms

    def excerpt(self, stretch: Stretch, settings: PartialSettings, *, is_streaming: bool) -> Excerpt:
        """The sound of the next partial: since the anchor, or the latest of it; all for who hears only what is new."""
        listener = stretch.listener
        self.heard_speech_end = listener.open_speech_end or 0
        if is_streaming:
            samples, _ = listener.open_audio(_NO_WINDOW_MS)
            return Excerpt(samples, Draft(""), is_window=False, end_ms=stretch.judged_ms)
        since = self.anchor.sample if self.anchor else None
        samples, is_window = listener.open_audio(settings.window_ms, since=since)
        return Excerpt(samples, self.anchor.draft if self.anchor else Draft(""), is_window, stretch.judged_ms)

    def read(self, excerpt: Excerpt, heard: Draft) -> bool:
        """Take what was heard of the excerpt; whether there is something new to show."""
        whole = heard if excerpt.is_window else excerpt.before + heard
        return self._take(whole, excerpt.end_ms, is_window=excerpt.is_window)

    def read_all(self, heard: Draft, end_ms: int) -> bool:
        """Take the whole text up to there, decoded with a final's care; whether there is something new to show."""
        return self._take(heard, end_ms, is_window=False, is_careful=True)

    def _take(self, heard: Draft, end_ms: int, *, is_window: bool, is_careful: bool = False) -> bool:
        if end_ms < self.shown_end_ms or not self.text.update(heard, is_window=is_window, is_careful=is_careful):
            return False
        self.shown_end_ms = end_ms
        self.revision += 1
        return True


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
        pressure: Pressure,
        *,
        writer: Writer | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._party: Party = party
        self._settings = settings
        self._lane = lane
        self._group = group
        self._sink = sink
        self._pressure = pressure
        self._writer = writer
        self._open: OpenText | None = None
        self._task: asyncio.Task[None] | None = None
        self._missed = 0
        """Partials in a row that load took away."""
        self._is_thinned = False
        """The agent was told."""

    def begin(self, utterance_id: str, stretch: Stretch, onset: Onset) -> None:
        """An utterance has opened."""
        start_ms = stretch.position_ms(onset.speech_start)
        self._pressure.speak(self._lane, is_speaking=True)
        relief = self._relief()
        first_after_ms = relief.partial_interval_ms // 2 if relief.thins_partials else self._settings.first_after_ms
        self._open = OpenText(utterance_id, start_ms, start_ms + first_after_ms, StableText(self._settings.stable))

    def end(self) -> None:
        """The utterance is over: nothing more is published about it."""
        self._pressure.speak(self._lane, is_speaking=False)
        self._open = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def advance(self, stretch: Stretch) -> None:
        """More of the open utterance was heard: ask for a partial if one is due."""
        running = self._open
        if running is None:
            self._tell_recovered()
            return
        if (self._task and not self._task.done()) or not running.is_due(stretch, self._settings):
            return
        self._tell_thinned()
        is_streaming = self._recogniser.capabilities.kind == "streaming"
        excerpt = running.excerpt(stretch, self._settings, is_streaming=is_streaming)
        self._task = self._group.create_task(self._ask(running, excerpt), name=f"partial {running.utterance_id}")

    def replace(self, speech_end: int, end_ms: int) -> Callable[[Hypothesis], None]:
        """The speech up to there is being decoded by other means: what shows its result as the next partial."""
        running = self._open
        if running is None:
            raise ValueError("no utterance is open")
        running.heard_speech_end = speech_end
        running.next_due_ms = max(running.next_due_ms, end_ms + self._interval_ms())
        return lambda heard: self._go_on_from(running, self._draft(heard), speech_end, end_ms)

    async def _ask(self, running: OpenText, excerpt: Excerpt) -> None:
        deadline_s = asyncio.get_running_loop().time() + self._settings.deadline_s
        running.next_due_ms = excerpt.end_ms + self._interval_ms()
        try:
            heard = await self._recogniser.partial(excerpt.samples, lane=self._lane, deadline_s=deadline_s)
        except UnavailableError as error:
            # Shed, superseded or failed: the next partial or the final will tell.
            self._missed += error.code in OVERLOAD_CODES
            return
        self._missed = 0
        draft = self._draft(heard)
        if draft and running is self._open and running.read(excerpt, draft):
            self._show(running)
        elif not running.revision:
            running.next_due_ms = min(running.next_due_ms, excerpt.end_ms + self._settings.retry_interval_ms)

    def _go_on_from(self, running: OpenText, draft: Draft | None, speech_end: int, end_ms: int) -> None:
        """All up to a pause was decoded with a final's care."""
        if draft is None:
            return
        if end_ms - running.start_ms >= self._settings.anchor_after_ms:
            inside = self._settings.anchor_inside_ms * RECOGNITION_RATE_HZ // 1000
            running.anchor = Anchor(speech_end + inside, draft)
        if running is self._open and running.read_all(draft, end_ms):
            self._show(running)

    def _draft(self, heard: Hypothesis) -> Draft | None:
        """What was heard, for display; None if there is nothing to show."""
        text = self._recogniser.preview(heard, self._writer)
        return Draft.of(text, heard.characters if heard.is_scored else ()) if text else None

    def _show(self, running: OpenText) -> None:
        self._sink.partial(
            PartialTranscript(
                utterance_id=running.utterance_id,
                party=self._party,
                revision=running.revision,
                text=running.text.text,
                stable_chars=running.text.stable_chars,
                start_ms=running.start_ms,
                end_ms=running.shown_end_ms,
            ),
            running.text.sureness,
        )

    def _tell_thinned(self) -> None:
        """Tell the agent when load makes words come less often than usual, and when it does so no longer."""
        is_thinned = self._missed >= self._settings.missed_limit or self._relief().thins_partials
        if is_thinned != self._is_thinned:
            self._is_thinned = is_thinned
            reason = "The recogniser is busy: words come less often." if is_thinned else "Words come often again."
            self._sink.degraded("partials-thinned", reason, part="partials", restored=not is_thinned)

    def _tell_recovered(self) -> None:
        """Nobody speaks: what was told is taken back as soon as the load is gone."""
        if self._is_thinned and not self._relief().thins_partials:
            self._missed = 0
            self._tell_thinned()

    def _interval_ms(self) -> int:
        return self._relief().partial_interval_ms

    def _relief(self) -> Relief:
        return self._pressure.relief(asyncio.get_running_loop().time())
