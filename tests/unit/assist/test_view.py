"""What a desk shows: folding is idempotent, ordered by speech, and never goes back from a final to a partial."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assist.messages import (
    ActSignal,
    Because,
    CallClosed,
    CallDegraded,
    EmotionSignal,
    EntitySignal,
    Envelope,
    Event,
    Evidence,
    Flag,
    IntentSignal,
    PartialTranscript,
    Prompt,
    PromptOutcome,
    PromptUpdated,
    SpeechStarted,
    UtteranceDropped,
)
from assist.view import FEELINGS_KEPT, CallView, fold, fold_all
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


def said(label: str, *, number: int = 1, early: bool = False) -> dict[str, Any]:
    return {
        "utterance_id": f"customer-{number}",
        "party": "customer",
        "label": label,
        "score": 0.9,
        "start_ms": 0,
        "end_ms": 900,
        "source": "s@1",
        "from_partial": early,
    }


def intent(label: str, *, is_primary: bool = True, early: bool = False) -> IntentSignal:
    return IntentSignal(**said(label, early=early), is_primary=is_primary)


def entity(start: int, end: int, value: str) -> EntitySignal:
    return EntitySignal(**said("amount"), span=(start, end), value=value)


FINAL = utterance("customer", 1, "查流量", 0, 900)


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


def test_causes_of_one_part_are_told_apart() -> None:
    behind = CallDegraded(at_ms=0, part="recognition", code="recognition-behind", reason="r", party="agent")
    standby = behind.model_copy(update={"code": "recogniser-fallback"})
    after = view(behind, standby, behind.model_copy(update={"restored": True}))
    assert [one.code for one in after.degraded] == ["recogniser-fallback"]


def test_meaning_is_on_its_line_with_the_primary_intent_first() -> None:
    act = ActSignal(**said("ask"))
    after = view(FINAL, intent("query_plan", is_primary=False), intent("query_usage"), act, act)
    assert after.lines[0].intents == ("query_usage", "query_plan")
    assert after.lines[0].acts == ("ask",)


def test_entities_are_in_text_order_and_the_newer_of_two_that_overlap_stays() -> None:
    after = view(FINAL, entity(2, 3, "c"), entity(0, 1, "a"), entity(0, 2, "b"))
    assert [(found.span, found.value) for found in after.lines[0].entities] == [((0, 2), "b"), ((2, 3), "c")]


def test_entity_without_a_place_in_the_text_is_not_marked() -> None:
    assert view(FINAL, EntitySignal(**said("amount"), value="1")).lines[0].entities == ()


def test_early_intent_stays_while_the_line_runs_and_goes_with_the_final() -> None:
    running = (partial(1, "查"), intent("query_bill", early=True), partial(2, "查流"))
    assert view(*running).lines[0].intents == ("query_bill",)
    assert view(*running, intent("query_usage", early=True)).lines[0].intents == ("query_usage",)
    assert view(*running, FINAL).lines[0].intents == ()
    assert view(*running, FINAL, intent("query_bill", early=True)).lines[0].intents == ()
    assert view(*running, FINAL, intent("query_usage")).lines[0].intents == ("query_usage",)


def test_early_act_takes_the_place_of_the_one_before() -> None:
    early, later = ActSignal(**said("inform", early=True)), ActSignal(**said("ask", early=True))
    assert view(partial(1, "查"), early, later).lines[0].acts == ("ask",)
    assert view(partial(1, "查"), early, FINAL).lines[0].acts == ()


def test_each_utterance_leaves_one_feeling_and_an_early_one_goes_with_the_final() -> None:
    early = EmotionSignal(**said("angry", early=True), intensity=1, valence=-0.5)
    felt = EmotionSignal(**said("anxious"), intensity=2, valence=-0.3)
    assert [feeling.label for feeling in view(partial(1, "查"), early).feelings] == ["angry"]
    assert view(partial(1, "查"), early, FINAL).feelings == ()
    assert view(partial(1, "查"), FINAL, early).feelings == ()
    assert view(partial(1, "查"), early, CallClosed(at_ms=900, cause="hangup", ledger=())).feelings == ()
    after = view(partial(1, "查"), early, FINAL, early, felt, felt)
    assert [(feeling.label, feeling.at_ms, feeling.intensity) for feeling in after.feelings] == [("anxious", 0, 2)]


def test_signal_of_a_line_that_is_gone_changes_nothing() -> None:
    after = view(intent("query_usage"), entity(0, 1, "a"), EmotionSignal(**said("angry")))
    assert after == CallView(call_id="c1", seq=3)


def test_the_earliest_feelings_are_forgotten_beyond_the_bound() -> None:
    one = view(FINAL, EmotionSignal(**said("angry")))
    felt = [one.feelings[0].model_copy(update={"utterance_id": f"earlier-{number}"}) for number in range(FEELINGS_KEPT)]
    full = one.model_copy(update={"feelings": tuple(felt)})
    after = fold(full, Envelope(call_id="c1", seq=3, at=AT, event=EmotionSignal(**said("happy"))))
    assert len(after.feelings) == FEELINGS_KEPT
    assert (after.feelings[0].utterance_id, after.feelings[-1].label) == ("earlier-1", "happy")


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
        intent("query_bill", early=True),
        FINAL,
        intent("query_usage"),
        prompt("b"),
        partial(1, "好", number=2),
    )
    whole = fold_all("c1", events)
    resumed = fold_all("c1", events[:cut])
    for envelope in events[max(0, cut - repeat) :]:
        resumed = fold(resumed, envelope)
    assert resumed == whole
