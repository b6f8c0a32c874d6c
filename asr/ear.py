"""Gives each utterance of a lane its id and passes on what was heard of it: to the screen, the verdict, the finals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from asr.finals import FinalWriter, Proviso
from asr.listener import Heard, HeardPause, HeardSegment, Resumption
from asr.partials import PartialWriter
from asr.pressure import Pressure
from asr.segmenter import Ending, Onset
from asr.speculation import FirstDecode, FirstDecodes
from asr.timeline import Stretch
from asr.verdict import Verdicts
from assist.messages import Party, SpeechStarted
from assist.ports import LaneSink

_ENDINGS: frozenset[Ending] = frozenset({"finished", "unclear", "unfinished"})


@dataclass(frozen=True, slots=True)
class Preview:
    """What a live lane does with an utterance before its end is certain."""

    partials: PartialWriter
    pressure: Pressure


@dataclass(slots=True)
class _Silence:
    """The pause that goes on."""

    decode: FirstDecode | None
    verdict: asyncio.Task[Ending]
    enough_for: set[Ending] = field(default_factory=set[Ending])


class Ear:
    """Of one lane."""

    def __init__(
        self,
        party: Party,
        finals: FinalWriter,
        decodes: FirstDecodes,
        verdicts: Verdicts,
        preview: Preview | None,
        sink: LaneSink,
    ) -> None:
        self._party: Party = party
        self._finals = finals
        self._decodes = decodes
        self._verdicts = verdicts
        self._preview = preview
        self._sink = sink
        self._onsets = 0
        self._silence: _Silence | None = None
        """None as well where no verdict is asked."""

    async def hear(self, stretch: Stretch, pcm: bytes, step_ms: int) -> None:
        """More sound, in steps between which other tasks run."""
        step_bytes = 2 * (stretch.rate_hz * step_ms // 1000)
        for start in range(0, len(pcm), step_bytes):
            samples = stretch.resample(pcm[start : start + step_bytes])
            await self._act(stretch, stretch.listener.hear(samples))
            # A decision at the end of the stretch may still carry the judged position itself.
            self._finals.promise(stretch.judged_ms - 1)
            if self._preview is not None:
                self._decodes.speculate(stretch, self._preview.partials, self._preview.pressure)
                self._preview.partials.advance(stretch)
            await asyncio.sleep(0)

    async def finish(self, stretch: Stretch) -> None:
        """The stretch is over: end what is open."""
        await self._act(stretch, stretch.finish())
        self._finals.promise(stretch.end_ms)

    async def _act(self, stretch: Stretch, decisions: Iterable[Heard]) -> None:
        for heard in decisions:
            match heard:
                case Onset():
                    self._begin(stretch, heard)
                case HeardPause():
                    await self._pause(stretch, heard)
                case Resumption():
                    await self._resume(stretch)
                case HeardSegment():
                    await self._end(stretch, heard)
                case _:
                    assert_never(heard)

    def _begin(self, stretch: Stretch, onset: Onset) -> None:
        self._onsets += 1
        self._sink.speech_started(
            SpeechStarted(
                utterance_id=self._utterance_id,
                party=self._party,
                start_ms=stretch.position_ms(onset.speech_start),
                decided_ms=stretch.position_ms(onset.decided),
            )
        )
        if self._preview is not None:
            self._preview.partials.begin(self._utterance_id, stretch, onset)

    async def _pause(self, stretch: Stretch, pause: HeardPause) -> None:
        """Silence enough for one more ending: if it is this one, the final is on its way."""
        if pause.ending == "finished" and self._verdicts.may_ask():
            decode = self._decodes.ask(pause.ended)
            self._silence = _Silence(decode, self._verdicts.ask(decode))
        if self._silence is None:
            return
        self._silence.enough_for.add(pause.ending)
        utterance_id = self._utterance_id
        proviso = Proviso(self._silence.verdict, frozenset({pause.ending}), lambda: self._hush(utterance_id))
        await self._finals.recognise(utterance_id, stretch, pause.ended, self._silence.decode, proviso)

    async def _resume(self, stretch: Stretch) -> None:
        silence, self._silence = self._silence, None
        if silence is not None and await silence.verdict in silence.enough_for:
            stretch.listener.conclude()
            self._decodes.clear()
            self._hush(self._utterance_id)

    async def _end(self, stretch: Stretch, heard: HeardSegment) -> None:
        """The end, unless the latest pause was."""
        silence, self._silence = self._silence, None
        decode = self._decodes.take(heard.segment)
        self._hush(self._utterance_id)
        proviso = Proviso(silence.verdict, _ENDINGS - silence.enough_for) if silence else None
        await self._finals.recognise(self._utterance_id, stretch, heard, decode, proviso)

    def _hush(self, utterance_id: str) -> None:
        """Nothing more is shown of the utterance before its final."""
        if self._preview is not None and utterance_id == self._utterance_id:
            self._preview.partials.end()

    @property
    def _utterance_id(self) -> str:
        """Of the open utterance, or the last one."""
        return f"{self._party}-{self._onsets}"
