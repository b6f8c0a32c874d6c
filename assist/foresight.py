"""What utterances that still go on seem to mean: early signals, which hold until the final or the drop.

They never reach flags, and a recording, which has no partials, has none; prompts of rules that may be early rest on
them until the final decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assist.errors import LivecueError
from assist.journal import Journal
from assist.messages import (
    ActSignal,
    EmotionSignal,
    EntitySignal,
    IntentSignal,
    PartialTranscript,
    Party,
    PhraseSignal,
    Signal,
    Utterance,
)
from assist.notice import Notice
from assist.ports import CallAnalyser

log = logging.getLogger(__name__)

NEW_CHARS = 4
"""Stable characters that must have come since an utterance was last looked at."""
APART_MS = 300
"""Sound that must have come since."""

EarlySignal = PhraseSignal | IntentSignal | EmotionSignal | ActSignal | EntitySignal
_Slot = tuple[str, str, tuple[int, int] | None]


@dataclass(slots=True)
class _Open:
    """One running utterance as it was last looked at."""

    utterance_id: str
    chars: int = 0
    heard_ms: int = -APART_MS
    told: frozenset[_Slot] = frozenset()
    """What the last look gave: kind, label and place of each signal."""


class Foresight:
    """Looks at the newest stable words of each party, best effort: one look at a time, the latest words win."""

    def __init__(
        self,
        journal: Journal,
        analysers: Mapping[str, CallAnalyser],
        advise: Callable[[Utterance, Sequence[Signal]], None],
    ) -> None:
        """``analysers`` by kind; those taken out of it are not asked any more; ``advise`` hears what each look gave."""
        self._journal = journal
        self._advise = advise
        self._analysers = analysers
        self._broken: set[str] = set()
        self._open: dict[Party, _Open] = {}
        self._waiting: dict[Party, PartialTranscript] = {}
        self._changed = Notice()
        self._closed = False

    def hear(self, partial: PartialTranscript) -> None:
        """A new revision; looked at if enough of it is new and stable."""
        last = self._open.get(partial.party)
        if last is None or last.utterance_id != partial.utterance_id:
            last = self._open[partial.party] = _Open(partial.utterance_id)
        if partial.stable_chars - last.chars >= NEW_CHARS and partial.end_ms - last.heard_ms >= APART_MS:
            self._waiting[partial.party] = partial
            self._changed.notify()

    def forget(self, utterance_id: str) -> None:
        """The utterance is decided: early signals of it would come late."""
        for party, last in tuple(self._open.items()):
            if last.utterance_id == utterance_id:
                del self._open[party]
                self._waiting.pop(party, None)

    def close(self) -> None:
        """Nothing will be heard any more; ``run`` returns."""
        self._closed = True
        self._changed.notify()

    async def run(self) -> None:
        while not self._closed:
            if not self._waiting:
                await self._changed.wait()
                continue
            await self._look(self._waiting.pop(next(iter(self._waiting))))

    async def _look(self, partial: PartialTranscript) -> None:
        looked_at = self._open[partial.party]
        looked_at.chars, looked_at.heard_ms = partial.stable_chars, partial.end_ms
        heard = _stable_part(partial)
        found = await self._found(heard)
        if self._closed or self._open.get(partial.party) is not looked_at:
            return
        for signal in found:
            if _slot(signal) not in looked_at.told:
                self._journal.append(signal)
        looked_at.told = frozenset(map(_slot, found))
        self._advise(heard, found)

    async def _found(self, heard: Utterance) -> list[EarlySignal]:
        found: list[Signal] = []
        for kind, analyser in tuple(self._analysers.items()):
            if kind in self._broken:
                continue
            try:
                found += await analyser.foresee(heard)
            except LivecueError:
                log.debug("early signals left out", extra={"kind": kind})
            except Exception:  # bulkhead: the final will show whether the analyser is of use
                log.exception("early analysis failed", extra={"kind": kind})
                self._broken.add(kind)
        return [one.model_copy(update={"from_partial": True}) for one in found if isinstance(one, EarlySignal)]


def _stable_part(partial: PartialTranscript) -> Utterance:
    return Utterance(
        utterance_id=partial.utterance_id,
        party=partial.party,
        text=partial.text[: partial.stable_chars],
        words=(),
        start_ms=partial.start_ms,
        end_ms=partial.end_ms,
        decided_ms=partial.end_ms,
        confidence=1.0,
        model="",
    )


def _slot(signal: EarlySignal) -> _Slot:
    return type(signal).__name__, signal.label, signal.span
