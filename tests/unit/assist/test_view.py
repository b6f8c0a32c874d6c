"""What a desk shows: folding is idempotent, ordered by speech, and never goes back from a final to a partial."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from assist.messages import (
    Because,
    CallClosed,
    CallDegraded,
    Envelope,
    Event,
    Evidence,
    Flag,
    PartialTranscript,
    Prompt,
    PromptOutcome,
    PromptUpdated,
    SpeechStarted,
    UtteranceDropped,
)
from assist.view import CallView, fold, fold_all
from tests.support.fakes import utterance

AT = datetime(2026, 1, 1, tzinfo=UTC)
WHY = Because(rule="r@1", reason="因为", evidence=(Evidence(kind="silence", start_ms=0, end_ms=1),))


def log(*events: Event) -> list[Envelope]:
    return [Envelope(call_id="c1", seq=seq, at=AT, event=event) for seq, event in enumerate(events, start=1)]


def view(*events: Event) -> CallView:
    return fold_all("c1", log(*events))


def partial(revision: int, text: str, *, number: int = 1, start_ms: int = 0) -> PartialTranscript:
    return PartialTranscript(
        utterance_id=f"customer-{number}",
        party="customer",
        revision=revision,
        text=text,
        stable_chars=0,
        start_ms=start_ms,
        end_ms=start_ms + 500,
    )


def prompt(prompt_id: str = "p") -> Prompt:
    return Prompt(prompt_id=prompt_id, kind="offer", title="t", body="b", because=WHY, at_ms=1, said_ms=0, expires_ms=9)


def test_partial_is_replaced_in_place_and_final_wins() -> None:
    after = view(partial(1, "查"), partial(3, "查流"), partial(2, "擦"), utterance("customer", 1, "查流量", 0, 900))
    assert [(line.text, line.final) for line in after.lines] == [("查流量", True)]
    late = fold(after, Envelope(call_id="c1", seq=9, at=AT, event=partial(9, "查流浪")))
    assert [line.text for line in late.lines] == ["查流量"]


def test_lines_are_in_the_order_in_which_people_began_to_speak() -> None:
    after = view(utterance("customer", 2, "后", 2000, 2500), utterance("agent", 1, "先", 1000, 3000))
    assert [line.text for line in after.lines] == ["先", "后"]


def test_dropped_utterance_takes_its_partial_back() -> None:
    started = SpeechStarted(utterance_id="customer-1", party="customer", start_ms=0, decided_ms=100)
    dropped = UtteranceDropped(
        utterance_id="customer-1", party="customer", start_ms=0, end_ms=500, decided_ms=900, reason="no-speech"
    )
    assert view(started, partial(1, "谢谢观看")).speaking == ("customer",)
    after = view(started, partial(1, "谢谢观看"), dropped)
    assert after.lines == ()
    assert after.speaking == ()


def test_prompt_is_active_until_decided_and_a_decision_is_final() -> None:
    accepted = PromptOutcome(prompt_id="p", at_ms=2, outcome="accepted", by="u1")
    expired = PromptUpdated(prompt_id="p", at_ms=9, state="expired")
    assert view(prompt()).prompts[0].state == "active"
    assert view(prompt(), expired).prompts[0].state == "expired"
    assert view(prompt(), accepted, expired).prompts[0].state == "accepted"


def test_held_out_prompt_is_not_shown() -> None:
    assert view(prompt().model_copy(update={"arm": "held-out"})).prompts == ()


def test_flag_with_the_same_id_replaces_its_verdict() -> None:
    flag = Flag(flag_id="f", rule="r@1", title="缺开场白", severity="minor", verdict="at_risk", because=WHY, at_ms=1)
    after = view(flag, flag.model_copy(update={"verdict": "breach"}))
    assert [f.verdict for f in after.flags] == ["breach"]


def test_degraded_part_disappears_when_restored() -> None:
    bad = CallDegraded(at_ms=0, part="store", code="store-unavailable", reason="r")
    assert len(view(bad, bad).degraded) == 1
    assert view(bad, bad.model_copy(update={"restored": True})).degraded == ()


def test_closing_keeps_only_final_lines() -> None:
    after = view(
        utterance("agent", 1, "您好", 0, 500), partial(1, "查"), CallClosed(at_ms=900, cause="hangup", ledger=())
    )
    assert [line.text for line in after.lines] == ["您好"]
    assert after.status == "closed"


@given(cut=st.integers(0, 5), repeat=st.integers(0, 5))
def test_folding_from_any_snapshot_with_repeated_events_gives_the_same_view(cut: int, repeat: int) -> None:
    events = log(
        partial(1, "查"),
        prompt("a"),
        utterance("customer", 1, "查流量", 0, 900),
        prompt("b"),
        partial(1, "好", number=2),
    )
    whole = fold_all("c1", events)
    resumed = fold_all("c1", events[:cut])
    for envelope in events[max(0, cut - repeat) :]:
        resumed = fold(resumed, envelope)
    assert resumed == whole
