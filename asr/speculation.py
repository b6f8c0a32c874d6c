"""Decodes of utterances that may just have ended, made while the silence that proves it still goes on.

Once a pause is longer than the post-roll, the samples of the final are known in case no more speech comes. Decoding
them is then the final's own first decode, only earlier: same samples, same effort, same text. If speech goes on, it was
a partial. It waits as a partial does, so no final ever waits for it to start, and its lane's final supersedes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from asr.listener import HeardSegment
from asr.partials import PartialWriter
from asr.recogniser import Recogniser
from asr.speech import Hypothesis
from asr.timeline import Stretch
from assist.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class SpeculationSettings:
    """How long decoding ahead is worth anything."""

    deadline_s: float = 0.5
    """One that has not started by then is shed: by then the pause has been judged, one way or the other."""


class Speculation:
    """The first decode of a segment, asked for before its end is certain."""

    def __init__(
        self,
        recogniser: Recogniser,
        heard: HeardSegment,
        lane: Hashable,
        settings: SpeculationSettings,
        group: asyncio.TaskGroup,
        on_heard: Callable[[Hypothesis], None],
    ) -> None:
        self.segment = heard.segment
        self._recogniser = recogniser
        self._deadline_s = asyncio.get_running_loop().time() + settings.deadline_s
        self._on_heard = on_heard
        self._is_started = False
        self._task = group.create_task(self._decode(heard, lane), name="speculation")

    async def hypothesis(self) -> Hypothesis | None:
        """What the final's first decode gives; None, at once, if no worker has taken it or the recogniser failed."""
        if not self._is_started:
            self._task.cancel()
            return None
        if hypothesis := await self._task:
            self._recogniser.speculations.used += 1
        return hypothesis

    def drop_unless_started(self) -> None:
        """Speech goes on. What a worker has taken may still be shown."""
        if not self._is_started:
            self._task.cancel()

    def drop(self) -> None:
        """Nobody will look at it."""
        self._task.cancel()

    async def _decode(self, heard: HeardSegment, lane: Hashable) -> Hypothesis | None:
        try:
            hypothesis = await self._recogniser.first_decode(
                heard.samples, lane=lane, deadline_s=self._deadline_s, on_start=self._started
            )
        except UnavailableError:
            # Shed, superseded or failed: the final asks again.
            return None
        self._on_heard(hypothesis)
        return hypothesis

    def _started(self) -> None:
        self._is_started = True
        self._recogniser.speculations.started += 1


class Speculator:
    """Speculates once in every pause of one live lane; at most one at a time."""

    def __init__(
        self,
        recogniser: Recogniser,
        settings: SpeculationSettings,
        lane: Hashable,
        group: asyncio.TaskGroup,
        partials: PartialWriter,
    ) -> None:
        self._recogniser = recogniser
        self._settings = settings
        self._lane = lane
        self._group = group
        self._partials = partials
        self._current: Speculation | None = None

    def advance(self, stretch: Stretch) -> None:
        """More of the open utterance was heard: speculate if it seems to have ended."""
        current, speech_end = self._current, stretch.listener.open_speech_end
        if speech_end is None or (current is not None and current.segment.speech_end == speech_end):
            return
        if current is not None:
            current.drop_unless_started()
        heard = stretch.listener.foresee()
        if heard is None or not self._recogniser.is_worth_decoding(heard.samples, heard.acoustics):
            return
        if current is not None:
            current.drop()
        show = self._partials.replace(speech_end, stretch.position_ms(heard.segment.end))
        self._current = Speculation(self._recogniser, heard, self._lane, self._settings, self._group, show)

    def take(self, heard: HeardSegment) -> Speculation | None:
        """The utterance is over: what was decoded ahead of exactly this segment, if anything."""
        current, self._current = self._current, None
        if current is None:
            return None
        if (current.segment.start, current.segment.end) == (heard.segment.start, heard.segment.end):
            return current
        current.drop()
        return None
