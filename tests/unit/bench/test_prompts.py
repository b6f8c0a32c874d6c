"""When prompts reach the desk is told from the true end of the words, early ones once their final stood by them."""

from __future__ import annotations

from datetime import UTC, datetime

from assist.messages import Because, Envelope, Event, Evidence, Prompt, PromptUpdated
from bench.prompts import early_sources, prompt_report, time_prompts
from bench.timing import Arrival
from bench.truth import Turn
from tests.support.catalogue import shop

TURNS = [
    Turn("agent", 0, 2_000, "您好"),
    Turn("customer", 3_000, 9_000, "我的流量不够用了，怎么办"),
    Turn("customer", 12_000, 14_000, "不要了"),
]
AT = datetime(2026, 3, 2, tzinfo=UTC)


def prompt(said_ms: int, *, rule: str = "usage", number: int = 1, early: bool = False) -> Prompt:
    why = Because(rule=f"{rule}@1", reason="因为", evidence=(Evidence(kind="utterance", start_ms=0, end_ms=1),))
    return Prompt(
        prompt_id=f"{rule}-{number}",
        kind="answer",
        title="流量",
        body="我帮您查",
        because=why,
        at_ms=said_ms,
        said_ms=said_ms,
        expires_ms=said_ms + 30_000,
        from_partial=early,
    )


def arrivals(*events: tuple[float, Event]) -> list[Arrival]:
    return [
        Arrival(at_ms, Envelope(call_id="c", seq=seq, at=AT, event=event))
        for seq, (at_ms, event) in enumerate(events, start=1)
    ]


def test_a_prompt_is_timed_from_the_true_end_of_the_turn() -> None:
    found = time_prompts(TURNS, arrivals((9_700, prompt(9_080))))
    assert [(one.rule_id, one.after_ms, one.was_early) for one in found.timed] == [("usage", 700, False)]


def test_an_early_prompt_that_its_final_confirms_counts_from_when_it_was_shown() -> None:
    found = time_prompts(TURNS, arrivals((6_000, prompt(5_000, early=True)), (9_700, prompt(9_000))))
    assert [(one.after_ms, one.was_early) for one in found.timed] == [(-3_000, True)]


def test_an_early_prompt_that_is_withdrawn_is_counted_as_such() -> None:
    gone = PromptUpdated(prompt_id="usage-1", at_ms=9_000, state="withdrawn")
    found = time_prompts(TURNS, arrivals((6_000, prompt(5_000, early=True)), (9_700, gone)))
    assert (found.timed, found.early_withdrawn) == ([], 1)


def test_words_that_end_at_a_pause_within_a_turn_count_from_there() -> None:
    found = time_prompts(TURNS, arrivals((6_900, prompt(6_200))))
    assert [one.after_ms for one in found.timed] == [700]


def test_prompts_after_the_agents_words_are_left_out() -> None:
    found = time_prompts(TURNS, arrivals((2_700, prompt(2_000)), (11_000, prompt(10_500, number=2))))
    assert (found.timed, found.elsewhere) == ([], 2)


def test_the_report_tells_rules_that_may_be_early_from_the_others() -> None:
    found = time_prompts(
        TURNS,
        arrivals((6_000, prompt(5_000, early=True)), (9_700, prompt(9_000)), (15_000, prompt(14_000, rule="late"))),
    )
    report = prompt_report(found, frozenset(["usage"]))
    assert (report["prompts"], report["shown_early"], report["reasons"]) == (2, 1, ["prompt-late"])
    assert prompt_report(time_prompts(TURNS, []), frozenset())["reasons"] == ["no-prompts"]


def test_offers_and_answers_may_be_early_as_rules_may() -> None:
    sources = early_sources(shop())
    assert {"pack-30g", "pack-30g.hesitant", "family-plan.price"} <= sources
    assert sources.isdisjoint({"generic-price", "family-plan", "pack-30g.worried"})
