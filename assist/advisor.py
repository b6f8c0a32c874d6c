"""From what was said to what the agent is told: analysis and rules over the ordered log of one call.

The rules see utterances with their signals, speech onsets and one tick per second of the call clock, in an order that
depends only on the sound, and what is told beside them in the order of the log; so a recording gives the same prompts
and flags as the live call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from assist.conversation import Conversation
from assist.early import EarlyPrompts
from assist.errors import LivecueError
from assist.journal import Journal
from assist.messages import (
    Assignment,
    CloseCause,
    ConversationMeasures,
    Decided,
    DegradedPart,
    Signal,
    Utterance,
)
from assist.playbook import CallClock, CallEnded, Fact, Known, Playbook, Telling, advise, begin, fact_of
from assist.ports import CallAnalyser

log = logging.getLogger(__name__)

Degrade = Callable[[DegradedPart, str, str], None]


class Advisor:
    """Runs the analyser, the measures and the playbook of one call and logs what they find.

    A failing analyser or playbook is reported once through ``degrade`` and left out from then on: the transcript and
    the others go on without it.
    """

    def __init__(
        self,
        journal: Journal,
        analysers: dict[str, CallAnalyser],
        playbook: Playbook,
        degrade: Degrade,
        assignments: Iterable[Assignment] = (),
    ) -> None:
        """``analysers`` by kind; one that fails is taken out. ``assignments``: what experiments give the call."""
        self._journal = journal
        self._analysers = analysers
        self._playbook = playbook
        self._state = begin(playbook, assignments)
        self._early = EarlyPrompts(playbook)
        self._conversation = Conversation()
        self._rules_work = True
        self._degrade = degrade
        self._clock = CallClock()
        self._pending: list[Known] = []
        """What was told beside the words since the last decided event."""

    @property
    def rules_work(self) -> bool:
        """Whether the rules still see the call; they give up where one of them breaks."""
        return self._rules_work

    @property
    def next_tick_ms(self) -> int:
        """The call-clock position at which the rules want to look again."""
        return self._clock.next_tick_ms

    def know(self, event: Telling, *, opened_at: datetime | None = None) -> None:
        """What an event tells beside the words; rules know it from the next decided event on.

        ``opened_at``: the wall time at which the opening of the call was logged.
        """
        known = Known.of(event, opened_at)
        if known.gap is not None:  # it has a position of its own
            self._apply(known)
        else:
            self._pending.append(known)

    async def take(self, event: Decided) -> Sequence[Signal]:
        """Log a decided event and what follows from it; ticks up to its position come first.

        Returns what the analysers found in it.
        """
        self.reach(event.decided_ms)
        self._learn()
        self._journal.append(event)
        self._conversation, news = self._conversation.after(event)
        for signal in news:
            self._journal.append(signal)
        signals = await self._signals(event) if isinstance(event, Utterance) else ()
        for signal in signals:
            self._journal.append(signal)
        self._apply(fact_of(event, signals))
        return signals

    def foresee(self, heard: Utterance, signals: Sequence[Signal]) -> None:
        """Log what the certain words of an utterance that goes on call for, as far as rules may be early."""
        if not self._rules_work:
            return
        try:
            changes = self._early.look(self._state, heard, signals)
        except Exception:  # bulkhead: without rules the transcript still helps
            log.exception("playbook failed", extra={"playbook": self._playbook.reference})
            self._give_up_rules()
            return
        for change in changes:
            self._journal.append(change)

    def reach(self, position_ms: int) -> None:
        """Let the call clock advance: everything decided before ``position_ms`` has been taken."""
        for tick in self._clock.reach(position_ms):
            self._apply(tick)

    def end(self, at_ms: int, cause: CloseCause) -> None:
        """The call is over."""
        self.reach(at_ms)
        self._learn()
        self._apply(CallEnded(at_ms, cause))

    def measured(self, end_ms: int) -> ConversationMeasures:
        """How the conversation went, as far as it was taken, if it ends at that position."""
        return self._conversation.report(end_ms)

    async def _signals(self, utterance: Utterance) -> Sequence[Signal]:
        found: list[Signal] = []
        for kind, analyser in tuple(self._analysers.items()):
            try:
                found += await analyser.analyse(utterance)
            except Exception as error:  # bulkhead: without one analysis the others and the transcript still help
                is_known = isinstance(error, LivecueError)
                log.warning("analysis failed", extra={"kind": kind}, exc_info=None if is_known else error)
                del self._analysers[kind]
                self._degrade("analysis", f"{kind}-failed", f"No more {kind} in this call.")
        return found

    def _learn(self) -> None:
        for known in self._pending:
            self._apply(known)
        self._pending.clear()

    def _apply(self, fact: Fact) -> None:
        if not self._rules_work:
            return
        try:
            self._state, changes = advise(self._playbook, self._state, fact)
            settled = self._early.settle(self._state, fact, changes)
        except Exception:  # bulkhead: without rules the transcript still helps
            log.exception("playbook failed", extra={"playbook": self._playbook.reference})
            self._give_up_rules()
            return
        for change in (*settled, *changes):
            self._journal.append(change)

    def _give_up_rules(self) -> None:
        self._rules_work = False
        self._degrade("playbook", "playbook-failed", "No more prompts and flags in this call.")
