"""What utterances that still go on seem to mean: early signals, which hold until the final or the drop.

They never reach flags, and a recording, which has no partials, has none; prompts of rules that may be early rest on
them until the final decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
    Word,
)
from assist.notice import Notice
from assist.ports import CallAnalyser, Sureness

log = logging.getLogger(__name__)

NEW_CHARS = 4
"""Stable characters that must have come since an utterance was last looked at."""
APART_MS = 300
"""Sound that must have come since."""
WORDS = "phrases"
"""The kind of analyser that finds single words: it is enough that these are certain, whatever stands around them."""

EarlySignal = PhraseSignal | IntentSignal | EmotionSignal | ActSignal | EntitySignal
_Slot = tuple[str, str, tuple[int, int] | None]


@dataclass(slots=True)
class _Open:
    """One running utterance as it was last looked at."""

    utterance_id: str
    partial: PartialTranscript | None = None
    heard: Utterance | None = None
    """What is advised on: all that is shown of it, or what is stable until words were looked for."""
    found: dict[str, list[EarlySignal]] = field(default_factory=dict[str, list[EarlySignal]])
    """What each kind of analyser found in it last."""

    def is_news(self, partial: PartialTranscript) -> bool:
        last = self.partial
        if last is None:
            return partial.stable_chars >= NEW_CHARS
        return partial.stable_chars - last.stable_chars >= NEW_CHARS and partial.end_ms - last.end_ms >= APART_MS


@dataclass(slots=True)
class _Reader:
    """One analyser, and what it has yet to look at: of each party the latest words."""

    kind: str
    analyser: CallAnalyser
    waiting: dict[Party, Utterance] = field(default_factory=dict[Party, Utterance])
    changed: Notice = field(default_factory=Notice)


class Foresight:
    """Looks at the newest stable words of each party, best effort: each analyser at its own pace, the latest words win.

    What rules listen for is found at once, and never waits for a model that is busy.
    """

    def __init__(
        self,
        journal: Journal,
        analysers: Mapping[str, CallAnalyser],
        advise: Callable[[Utterance, Sequence[Signal]], None],
    ) -> None:
        """``analysers`` by kind; those taken out of it are not asked any more.

        ``advise`` hears what all of them have given so far, each time that one has looked.
        """
        self._journal = journal
        self._advise = advise
        self._analysers = analysers
        self._readers = [_Reader(kind, analyser) for kind, analyser in analysers.items()]
        self._open: dict[Party, _Open] = {}
        self._closed = False

    def hear(self, partial: PartialTranscript, sureness: Sureness = ()) -> None:
        """A new revision; words are looked for in all of it, what they mean once enough of it is new and stable.

        ``sureness``: of each character of its text, as far as it is known.
        """
        last = self._open.get(partial.party)
        if last is None or last.utterance_id != partial.utterance_id:
            last = self._open[partial.party] = _Open(partial.utterance_id)
        has_more = last.is_news(partial)
        if has_more:
            last.partial = partial
        for reader in self._readers:
            if reader.kind == WORDS:
                reader.waiting[partial.party] = _shown_part(partial, sureness)
            elif has_more:
                reader.waiting[partial.party] = _stable_part(partial)
            else:
                continue
            reader.changed.notify()

    def forget(self, utterance_id: str) -> None:
        """The utterance is decided: early signals of it would come late."""
        for party, last in tuple(self._open.items()):
            if last.utterance_id == utterance_id:
                del self._open[party]
                for reader in self._readers:
                    reader.waiting.pop(party, None)

    def close(self) -> None:
        """Nothing will be heard any more; ``run`` returns."""
        self._closed = True
        for reader in self._readers:
            reader.changed.notify()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for reader in self._readers:
                group.create_task(self._read(reader), name=f"foresight {reader.kind}")

    async def _read(self, reader: _Reader) -> None:
        while not self._closed and reader.kind in self._analysers:
            if not reader.waiting:
                await reader.changed.wait()
                continue
            heard = reader.waiting.pop(next(iter(reader.waiting)))
            looked_at = self._open[heard.party]
            if looked_at.utterance_id != heard.utterance_id:
                continue
            try:
                found = await reader.analyser.foresee(heard)
            except LivecueError:
                log.debug("early signals left out", extra={"kind": reader.kind})
                continue
            except Exception:  # bulkhead: the final will show whether the analyser is of use
                log.exception("early analysis failed", extra={"kind": reader.kind})
                return
            if not self._closed and self._open.get(heard.party) is looked_at:
                self._take(reader.kind, looked_at, heard, found)

    def _take(self, kind: str, looked_at: _Open, heard: Utterance, found: Iterable[Signal]) -> None:
        """Tell what is new in what an analyser found, and let it be advised on."""
        told = frozenset(map(_slot, looked_at.found.get(kind, ())))
        early = [one.model_copy(update={"from_partial": True}) for one in found if isinstance(one, EarlySignal)]
        for signal in early:
            if _slot(signal) not in told and not isinstance(signal, PhraseSignal):
                self._journal.append(signal)
        looked_at.found[kind] = early
        if kind == WORDS or looked_at.heard is None:
            looked_at.heard = heard
        self._advise(looked_at.heard, [one for kind in looked_at.found for one in looked_at.found[kind]])


def _stable_part(partial: PartialTranscript) -> Utterance:
    return _running(partial, partial.text[: partial.stable_chars], ())


def _shown_part(partial: PartialTranscript, sureness: Sureness) -> Utterance:
    """All that is shown, every character as a word, so that rules see which ones are in doubt."""
    stable = partial.stable_chars
    known = (*sureness, *(None for _ in partial.text[len(sureness) :]))
    confidence = [1.0 if at < stable else sure or 0.0 for at, sure in enumerate(known)]
    words = (
        Word(text=char, start_ms=partial.start_ms, end_ms=partial.end_ms, confidence=sure)
        for char, sure in zip(partial.text, confidence, strict=True)
    )
    return _running(partial, partial.text, tuple(words))


def _running(partial: PartialTranscript, text: str, words: tuple[Word, ...]) -> Utterance:
    return Utterance(
        utterance_id=partial.utterance_id,
        party=partial.party,
        text=text,
        words=words,
        start_ms=partial.start_ms,
        end_ms=partial.end_ms,
        decided_ms=partial.end_ms,
        confidence=1.0,
        model="",
    )


def _slot(signal: EarlySignal) -> _Slot:
    return type(signal).__name__, signal.label, signal.span
