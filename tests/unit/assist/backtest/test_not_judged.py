"""Rules that ask for meanings nobody looked for in a stored call are told, and count nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

from assist.backtest import Backtest, RecordedCall, Ruleset
from assist.messages import MeaningSignal
from assist.playbook import CallEnded, Playbook
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
        call_id="c", opened_at=datetime(2026, 3, 1, tzinfo=UTC), agent_id=None, playbook="test@1", meanings=meanings,
        assignments=(), told=((words, signals),), end=CallEnded(5_000, "hangup"), said=(), is_impaired=False,
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
