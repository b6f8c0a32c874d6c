"""Asking what the words of a pausing utterance say about its end.

The words are the final's own first decode, which the final waits for anyway: when it has them, so has the verdict.
In a live call that decode may come too late, or the engine may have none to spare: then no words are waited for, the
sentence counts as unfinished, a longer silence ends it, and the agent is told ("endpoint-waits"). Only then can a
recording of the call be cut otherwise.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from asr.endpoint import judge
from asr.pressure import Pressure
from asr.recogniser import Recogniser
from asr.segmenter import Ending
from asr.speculation import FirstDecode
from assist.ports import LaneSink

ENDPOINT_WAITS = "endpoint-waits"
_REASONS = {
    False: "The recogniser is busy: a longer silence ends a sentence.",
    True: "Sentences end with their last word again.",
}


@dataclass(frozen=True, slots=True)
class VerdictSettings:
    """How long a live verdict is waited for."""

    answer_within_s: float = 1.5
    """After it was asked; well below the audio that a lane may leave waiting in its pipe."""
    doubtful_log_probability: float = -0.5
    """Words below this mean log-probability say nothing about an end; in noise half a sentence is heard worse."""


class Verdicts:
    """Of one lane."""

    def __init__(
        self,
        recogniser: Recogniser,
        settings: VerdictSettings,
        group: asyncio.TaskGroup,
        sink: LaneSink,
        pressure: Pressure | None,
    ) -> None:
        """``pressure`` of a live lane; None: a recording, which has all the time in the world."""
        self._recogniser = recogniser
        self._group = group
        self._sink = sink
        self._pressure = pressure
        self._limit_s = None if pressure is None else settings.answer_within_s
        self._doubtful_log_probability = settings.doubtful_log_probability
        self._is_waiting = False

    def may_ask(self) -> bool:
        """Whether the load allows a verdict; if not, the agent is told."""
        if self._pressure is None:
            return True
        waits = self._pressure.relief(asyncio.get_running_loop().time()).endpoint_waits
        if waits:
            self._report(is_waiting=True)
        return not waits

    def ask(self, decode: FirstDecode | None) -> asyncio.Task[Ending]:
        """The verdict on the words of that decode; without one no words are to be expected."""
        return self._group.create_task(self._answer(decode), name="verdict")

    async def _answer(self, decode: FirstDecode | None) -> Ending:
        if decode is None:
            return "unclear"
        try:
            async with asyncio.timeout(self._limit_s):
                hypothesis = await decode.hypothesis()
        except TimeoutError:
            self._report(is_waiting=True)
            return "unfinished"
        self._report(is_waiting=False)
        text = self._recogniser.preview(hypothesis) if hypothesis else None
        if hypothesis is None or not text:
            return "unclear"
        ending = judge(text)
        is_doubtful = hypothesis.log_probability < self._doubtful_log_probability
        return "unfinished" if ending == "unclear" and is_doubtful else ending

    def _report(self, *, is_waiting: bool) -> None:
        if is_waiting != self._is_waiting:
            self._is_waiting = is_waiting
            restored = not is_waiting
            self._sink.degraded(ENDPOINT_WAITS, _REASONS[restored], part="endpoint", restored=restored)
