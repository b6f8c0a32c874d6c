"""Rules that ask for meanings nobody looked for in a stored call are told, and count nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assist.backtest import Backtest, RecordedCall, Ruleset, with_meanings
from assist.messages import IntentSignal, MeaningSignal, Signal, TextSignal, Utterance
from assist.playbook import CallEnded, Playbook
from nlp.signals import said
from tests.support.dialogue import playbook_of, utterance_of

SETS = "meanings: {think: {examples: [我想想, 考虑考虑, 再说吧]}}"
RULE = "  - {id: r, title: 试, means: think, because: 因为, emit: {flag: {}}}\n"


def call(meanings: frozenset[str], *found: str) -> RecordedCall:
    words = utterance_of(1, "customer", "让我琢磨琢磨", 0, 1_200, 0.9)
    signals = tuple(
        MeaningSignal(
            utterance_id="u1", party="customer", label=label, score=0.9, start_ms=0, end_ms=1_200, source="test@1"
        )
        for label in found
    )
    return RecordedCall(
        call_id="c", opened_at=datetime(2026, 3, 1, tzinfo=UTC), source="test/1", agent_id=None, playbook="test@1",
        meanings=meanings, assignments=(), told=((words, signals),), end=CallEnded(5_000, "hangup"), said=(),
        is_impaired=False,
    )  # fmt: skip


def replayed(playbook: Playbook, stored: RecordedCall) -> tuple[int, dict[str, int]]:
    backtest = Backtest(Ruleset(playbook, lambda _: ()))
    return len(backtest.take(stored)), dict(backtest.report.not_judged)


def test_what_was_found_then_counts() -> None:
    playbook = playbook_of(RULE, more=SETS)
    label = playbook.meanings[0].label
    assert replayed(playbook, call(frozenset((label,)), label)) == (1, {})


def test_what_nobody_looked_for_is_not_judged() -> None:
    playbook = playbook_of(RULE, more=SETS)
    assert replayed(playbook, call(frozenset())) == (0, {"r": 1})


class Reader:
    """Finds every set of a playbook in whatever is said, and something that only the live call may tell."""

    name, kind = "reader@1", "understanding"

    def __init__(self) -> None:
        self.read: list[str] = []

    def open_call(self, playbook: Playbook) -> CallReader:
        return CallReader(self, [meaning.label for meaning in playbook.meanings])


@dataclass
class CallReader:
    reader: Reader
    labels: list[str]

    async def analyse(self, utterance: Utterance) -> list[Signal]:
        self.reader.read.append(utterance.text)
        intent = IntentSignal(**said(utterance, "hesitate", 0.9, "reader@1"))
        return [intent, *(MeaningSignal(**said(utterance, label, 0.9, "reader@1")) for label in self.labels)]

    async def foresee(self, heard: Utterance) -> list[Signal]:
        raise NotImplementedError


async def test_what_is_looked_for_anew_is_judged_and_all_else_stays() -> None:
    playbook = playbook_of(RULE, more=SETS)
    stored = call(frozenset(("other@1",)), "other@1")
    found = await with_meanings(stored, playbook, Reader())
    assert replayed(playbook, found) == (1, {})
    ((_, signals),) = found.told
    assert [signal.label for signal in signals if isinstance(signal, TextSignal)] == [
        "other@1",
        playbook.meanings[0].label,
    ]


async def test_a_call_that_was_compared_with_all_sets_is_not_read_again() -> None:
    playbook, reader = playbook_of(RULE, more=SETS), Reader()
    stored = call(frozenset((playbook.meanings[0].label,)))
    assert await with_meanings(stored, playbook, reader) is stored
    assert reader.read == []
