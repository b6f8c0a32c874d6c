"""Asks whose voice the utterances of a mixed leg are, and gives that up first when there is too much to do."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from asr.listener import HeardSegment
from asr.pressure import Pressure
from asr.recogniser import Recogniser
from asr.speakers.model import MIN_SPEECH_MS, Voiceprint
from asr.speakers.voices import TwoVoices
from assist.errors import LivecueError
from assist.messages import SpeakerReading
from assist.ports import LaneSink

log = logging.getLogger(__name__)

VOICES_SHED = "voices-shed"
_REASONS = {
    False: "Voices cannot be told apart now: who speaks is guessed from the words alone.",
    True: "Voices are told apart again.",
}


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """How long a live call's words wait for whose they are."""

    answer_within_s: float = 1.0
    """After the utterance was decided."""


class SpeakerHearing:
    """Of one leg with both parties on it."""

    def __init__(
        self, recogniser: Recogniser, settings: HearingSettings, sink: LaneSink, pressure: Pressure | None
    ) -> None:
        """``pressure`` of a live lane; None: a recording, which has all the time in the world."""
        self._recogniser = recogniser
        self._sink = sink
        self._pressure = pressure
        self._limit_s = None if pressure is None else settings.answer_within_s
        self._voices = TwoVoices()
        self._is_shed = False

    async def prepare(self) -> None:
        """Get ready before the first utterance ends."""
        try:
            await self._recogniser.prepare_voiceprints()
        except LivecueError as error:
            log.warning("voices are not told apart", extra={"code": error.code, "reason": error.message})

    async def listen(self, heard: HeardSegment) -> Voiceprint | None:
        """What its voice is like; None where that cannot be told, or not now. Never raises."""
        if heard.acoustics.speech_ms < MIN_SPEECH_MS:
            return None
        if self._pressure is not None and self._pressure.relief(asyncio.get_running_loop().time()).thins_partials:
            self._report(is_shed=True)
            return None
        start = heard.segment.start
        samples = heard.samples[heard.segment.speech_start - start : heard.segment.speech_end - start]
        try:
            async with asyncio.timeout(self._limit_s):
                found = await self._recogniser.voiceprint(samples)
        except (LivecueError, TimeoutError, ValueError) as error:
            log.debug("no voice was heard", extra={"reason": type(error).__name__})
            self._report(is_shed=True)
            return None
        self._report(is_shed=False)
        return found

    def place(self, utterance_id: str, found: Voiceprint | None, speech_ms: int) -> SpeakerReading:
        """Whose utterance it is; asked in the order in which they are delivered."""
        return self._voices.hear(utterance_id, found, speech_ms)

    def _report(self, *, is_shed: bool) -> None:
        if is_shed != self._is_shed:
            self._is_shed = is_shed
            restored = not is_shed
            self._sink.degraded(VOICES_SHED, _REASONS[restored], part="legs", restored=restored)
