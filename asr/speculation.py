"""First decodes of utterances that may just have ended, made while the silence that proves it still goes on.

Once a pause is longer than the post-roll, the samples of the final are known in case no more speech comes. Decoding
them is then the final's own first decode, only earlier: same samples, same effort, same text. A live lane begins it
ahead, behind all finals, so that its words are there when the pause is long enough to ask whether the sentence is
finished; where they are not, they are asked for as a final's. If speech goes on, it was a partial.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from asr.listener import HeardSegment
from asr.partials import PartialWriter
from asr.pressure import Pressure
from asr.recogniser import Recogniser
from asr.segmenter import Segment
from asr.speech import Hypothesis
from asr.timeline import Stretch
from assist.errors import UnavailableError
from models.engine import Priority


@dataclass(frozen=True, slots=True)
class SpeculationSettings:
    """When decoding ahead is worth anything."""

    after_ms: int = 200
    """Silence before it begins; no less than the segmenter's post-roll."""
    pressed_after_ms: int = 320
    """The same while partials are thinned: half as many decodes are for nothing, and the verdict is still in time for
    most utterances."""
    deadline_s: float = 0.5
    """One that has not started by then is shed: by then the pause has been judged, one way or the other."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """How a first decode queues."""

    priority: Priority
    deadline_s: float | None
    """``loop.time()``; None: no hurry."""


class FirstDecode:
    """The first decode of a segment, asked for before its end is certain."""

    def __init__(
        self,
        recogniser: Recogniser,
        heard: HeardSegment,
        urgency: Urgency,
        lane: Hashable,
        group: asyncio.TaskGroup,
        on_heard: Callable[[Hypothesis], None] | None,
    ) -> None:
        self.segment = heard.segment
        self._recogniser = recogniser
        self._urgency = urgency
        self._on_heard = on_heard
        self._is_started = False
        self._task = group.create_task(self._decode(heard, lane), name="first decode")

    @property
    def will_be_answered(self) -> bool:
        """Whether nothing takes its place any more."""
        return self._is_started or not self._urgency.priority.is_preview

    def is_of(self, segment: Segment) -> bool:
        """Whether these are the segment's very samples."""
        return (self.segment.start, self.segment.end) == (segment.start, segment.end)

    async def hypothesis(self) -> Hypothesis | None:
        """What the final's first decode gives; None if the recogniser failed."""
        await asyncio.wait({self._task})
        answer = None if self._task.cancelled() else self._task.result()
        return answer if isinstance(answer, Hypothesis) else None

    async def use(self) -> Hypothesis | None:
        """The same for the final; None where it is to ask again, because this was not its own attempt.

        Raises UnavailableError where it was, and the recogniser failed.
        """
        hypothesis = await self.hypothesis()
        if not self._urgency.priority.is_preview:
            if isinstance(error := self._task.result(), UnavailableError):
                raise error
        elif hypothesis is not None:
            self._recogniser.speculations.used += 1
        return hypothesis

    def drop_unless_started(self) -> None:
        """Speech goes on. What a worker has taken may still be shown."""
        if not self.will_be_answered:
            self._task.cancel()

    async def _decode(self, heard: HeardSegment, lane: Hashable) -> Hypothesis | UnavailableError:
        try:
            hypothesis = await self._recogniser.first_decode(
                heard.samples,
                lane=lane,
                priority=self._urgency.priority,
                deadline_s=self._urgency.deadline_s,
                on_start=self._started,
            )
        except UnavailableError as error:
            return error
        if self._on_heard is not None:
            self._on_heard(hypothesis)
        return hypothesis

    def _started(self) -> None:
        self._is_started = True
        if self._urgency.priority.is_preview:
            self._recogniser.speculations.started += 1


class FirstDecodes:
    """Of one lane: one per pause at most, ahead of the question whether it is the end, or with it."""

    def __init__(
        self,
        recogniser: Recogniser,
        settings: SpeculationSettings,
        lane: Hashable,
        group: asyncio.TaskGroup,
        *,
        final_deadline_s: float | None,
    ) -> None:
        """``final_deadline_s`` is how soon a final wants to be started; None: no hurry."""
        self._recogniser = recogniser
        self._settings = settings
        self._lane = lane
        self._group = group
        self._final_deadline_s = final_deadline_s
        self._current: FirstDecode | None = None
        self._worthless: int | None = None
        """End of the speech that is not worth decoding: a pause is judged once."""

    def speculate(self, stretch: Stretch, partials: PartialWriter, pressure: Pressure) -> None:
        """More of the open utterance was heard: decode it ahead if it seems to have ended."""
        current, speech_end = self._current, stretch.listener.open_speech_end
        if speech_end is None or speech_end == self._worthless:
            return
        if current is not None and current.segment.speech_end == speech_end:
            return
        if current is not None:
            current.drop_unless_started()
        now_s = asyncio.get_running_loop().time()
        relief = pressure.relief(now_s)
        after_ms = self._settings.pressed_after_ms if relief.thins_partials else self._settings.after_ms
        if relief.endpoint_waits or stretch.judged_ms - stretch.position_ms(speech_end) < after_ms:
            return
        heard = stretch.listener.foresee()
        if heard is None:
            return
        if not self._recogniser.is_worth_decoding(heard.samples, heard.acoustics):
            self._worthless = speech_end
            return
        show = partials.replace(speech_end, stretch.position_ms(heard.segment.end))
        self._current = self._begin(heard, Urgency(Priority.SPECULATION, now_s + self._settings.deadline_s), show)

    def ask(self, heard: HeardSegment) -> FirstDecode | None:
        """The words are wanted now; None if such a segment is never decoded."""
        current = self._current
        if current is not None and current.is_of(heard.segment) and current.will_be_answered:
            return current
        if not self._recogniser.is_worth_decoding(heard.samples, heard.acoustics):
            return None
        if current is not None:
            current.drop_unless_started()
        deadline_s = self._final_deadline_s
        if deadline_s is not None:
            deadline_s += asyncio.get_running_loop().time()
        self._current = self._begin(heard, Urgency(Priority.FINAL, deadline_s), None)
        return self._current

    def take(self, segment: Segment) -> FirstDecode | None:
        """The utterance is over: what was decoded of exactly this segment, if it was begun."""
        current, self._current = self._current, None
        if current is None:
            return None
        if current.is_of(segment) and current.will_be_answered:
            return current
        current.drop_unless_started()
        return None

    def clear(self) -> None:
        """The utterance is over, and its final has what it needs."""
        self._current = None

    def _begin(
        self, heard: HeardSegment, urgency: Urgency, on_heard: Callable[[Hypothesis], None] | None
    ) -> FirstDecode:
        return FirstDecode(self._recogniser, heard, urgency, self._lane, self._group, on_heard)
