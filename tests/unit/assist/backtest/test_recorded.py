"""What of a stored log the rules are told again."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.backtest import REPLAYED, read_call
from assist.errors import InputError
from assist.messages import (
    ActSignal,
    Agent,
    CallDegraded,
    CallUpdated,
    Customer,
    PhraseSignal,
    Utterance,
    envelope_adapter,
)
from assist.playbook import CallEnded, Known, Tick, Turn
from tests.support.envelopes import closed, dropped, flag, log, opened, partial, prompt, silence, utterance

LOGS = Path(__file__).parents[3] / "fixtures" / "logs"


def act(utterance_id: str, *, from_partial: bool = False) -> ActSignal:
    return ActSignal(
        utterance_id=utterance_id, party="customer", label="ask", score=0.9, start_ms=0, end_ms=900,
        from_partial=from_partial, source="model@3",
    )  # fmt: skip


def phrase(utterance_id: str, label: str = "五口人") -> PhraseSignal:
    return PhraseSignal(
        utterance_id=utterance_id, party="customer", label=label, score=1.0, start_ms=0, end_ms=900,
        source="phrases@1", match="exact",
    )  # fmt: skip


def nothing(utterance: Utterance) -> tuple[PhraseSignal, ...]:
    return ()


def test_signals_are_those_of_the_final_as_stored() -> None:
    events = (opened(), partial("u1", 1), act("u1", from_partial=True), utterance("u1"), act("u1"), closed(at_ms=900))
    turns = [fact for fact in read_call(log("c1", *events)).facts(nothing) if isinstance(fact, Turn)]
    assert turns == [Turn(utterance("u1"), (act("u1"),))]


def test_phrases_are_looked_for_again_and_come_first() -> None:
    call = read_call(log("c1", opened(), utterance("u1"), phrase("u1", "旧词"), act("u1"), closed(at_ms=900)))
    (turn,) = [fact for fact in call.facts(lambda _: (phrase("u1", "新词"),)) if isinstance(fact, Turn)]
    assert turn.signals == (phrase("u1", "新词"), act("u1"))


def test_ticks_stand_between_what_was_decided() -> None:
    events = (opened(), dropped("u1"), silence(), utterance("u2", 1_500), closed(at_ms=3_000))
    facts = [fact for fact in read_call(log("c1", *events)).facts(nothing) if not isinstance(fact, Known)]
    assert facts == [
        Tick(1_000), dropped("u1"), Tick(2_000), Turn(utterance("u2", 1_500)), Tick(3_000), CallEnded(3_000, "hangup"),
    ]  # fmt: skip


def test_what_was_told_beside_the_words_counts_from_the_next_decided_event_on() -> None:
    update = CallUpdated(at_ms=5, customer=Customer(customer_id="7", attributes={"level": "金卡"}))
    facts = list(read_call(log("c1", opened(), update, utterance("u1", 1_500), closed(at_ms=1_900))).facts(nothing))
    known = [fact for fact in facts if isinstance(fact, Known)]
    assert known[-1] == Known({"customer.id": "7", "customer.level": "金卡"})
    assert facts.index(Tick(1_000)) < facts.index(known[-1]) < facts.index(Turn(utterance("u1", 1_500)))


def test_what_was_said_is_kept_in_order() -> None:
    call = read_call(log("c1", opened(), prompt("p"), flag("f", "at_risk"), flag("f", "met"), closed()))
    assert call.said == (prompt("p"), flag("f", "at_risk"), flag("f", "met"))


def test_the_agent_is_the_one_who_was_told_last() -> None:
    update = CallUpdated(at_ms=5, agent=Agent(agent_id="9"))
    assert read_call(log("c1", opened(), update, closed())).agent_id == "9"


@pytest.mark.parametrize("cause", ["internal-error", "server-restarted"])
def test_rules_of_a_broken_call_were_never_told_of_its_end(cause: str) -> None:
    call = read_call(log("c1", opened(), closed(cause)))  # pyright: ignore[reportArgumentType]
    assert call.end is None
    assert list(call.facts(nothing)) == []


@pytest.mark.parametrize(("part", "code"), [("playbook", "playbook-failed"), ("analysis", "phrases-failed")])
def test_a_call_whose_rules_gave_up_is_impaired(part: str, code: str) -> None:
    degraded = CallDegraded(at_ms=5, part=part, code=code, reason="…")  # pyright: ignore[reportArgumentType]
    assert read_call(log("c1", opened(), degraded, closed())).is_impaired
    assert not read_call(log("c1", opened(), closed())).is_impaired


def test_a_log_with_a_hole_is_refused() -> None:
    whole = log("c1", opened(), utterance("u1"), closed())
    for broken in (whole[1:], [whole[0], whole[2]], []):
        with pytest.raises(InputError) as raised:
            read_call(broken)
        assert raised.value.code == "log-incomplete"


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_events_of_other_types_change_nothing(path: Path) -> None:
    whole = [envelope_adapter.validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
    some = [one for one in whole if one.event.type in REPLAYED]
    assert read_call(some, is_whole=True) == read_call(whole)
    with pytest.raises(InputError, match="missing"):
        read_call(some, is_whole=False)


def test_a_call_that_goes_on_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        read_call(log("c1", opened(), utterance("u1")))
    assert raised.value.code == "call-open"
