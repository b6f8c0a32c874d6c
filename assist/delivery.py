"""A lane's way into its call: partials go straight to the log, decisions into the log's order."""

from __future__ import annotations

from collections.abc import Callable

from assist.foresight import Foresight
from assist.journal import Journal
from assist.messages import CallDegraded, PartialTranscript, Party, SpeechStarted, Utterance, UtteranceDropped
from assist.notice import Notice
from assist.order import DecidedOrder
from assist.ports import LanePart, Sureness


class LaneDelivery:
    """Implements LaneSink for one leg; remembers what a broken lane would leave open."""

    def __init__(
        self,
        party: Party,
        *,
        journal: Journal,
        foresight: Foresight,
        order: DecidedOrder,
        changed: Notice,
        end_ms: Callable[[], int],
        waiting_limit: int,
    ) -> None:
        """``waiting_limit``: decided events held before the lane has to wait."""
        self._party: Party = party
        self._journal = journal
        self._foresight = foresight
        self._order = order
        self._changed = changed
        self._end_ms = end_ms
        self._waiting_limit = waiting_limit
        self.progress_ms = -1
        self.transcribed_ms = 0
        self.unfinished: dict[str, int] = {}
        """Start of each utterance that was announced and not yet delivered, by id."""

    def speech_started(self, event: SpeechStarted) -> None:
        self.unfinished[event.utterance_id] = event.start_ms
        self._order.add(event)
        self._changed.notify()

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        self._journal.append(event)
        self._foresight.hear(event, sureness)

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        while self._order.waiting >= self._waiting_limit:
            await self._changed.wait()
        self.unfinished.pop(event.utterance_id, None)
        self._foresight.forget(event.utterance_id)
        if isinstance(event, Utterance):
            self.transcribed_ms += event.end_ms - event.start_ms
        self._order.add(event)
        self._changed.notify()

    def progress(self, position_ms: int) -> None:
        self.progress_ms = position_ms
        self._order.progress(self._party, position_ms)
        self._changed.notify()

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        self._journal.append(
            CallDegraded(
                at_ms=self._end_ms(),
                part=part,
                code=code,
                reason=reason,
                party=self._party,
                restored=restored,
            )
        )
