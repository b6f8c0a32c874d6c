"""Earlier calls as facts of rules, and repeat calls recognised from them."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from assist.history.recall import recall
from assist.messages import CallOpened, CallRepeated, CustomerHistory, CustomerLookedUp, IntentSignal, Party
from assist.playbook import Advice, Fact, Known, Turn, advise, begin
from tests.support.dialogue import playbook_of, utterance_of
from tests.support.past_calls import NOW, offer, promise, record

PLAYBOOK = playbook_of(
    "  - {id: own-up, party: customer, fact: {path: call.repeat_number, min: 3}, because: 又来电, max_per_call: 1,\n"
    "     emit: {prompt: {kind: soothe, title: 先致歉, body: 抱歉}}}\n",
    more="language: zh-CN\n",
)
HISTORY = recall(
    (
        record("c2", hours_ago=20, reasons=("complain_billing", "query_bill")),
        record(
            "c1",
            hours_ago=50,
            promises=(promise(), promise("b", kind="refund", due_h=-9)),
            offers=(
                offer("", hours_ago=50, reaction="refused"),
                offer("tv", hours_ago=50, reaction="accepted", is_sold=True),
                offer("data-10", hours_ago=50, reaction="refused"),
            ),
            has_opted_out=True,
        ),
    ),
    customer_id="1",
    opened_at=NOW,
    at_ms=40,
    took_ms=3,
)


def facts_after(*facts: Fact) -> dict[str, str]:
    state = begin(PLAYBOOK)
    for fact in facts:
        state, _ = advise(PLAYBOOK, state, fact)
    return dict(state.facts)


def says(
    number: int, *intents: str, party: Party = "customer", is_primary: bool = True, is_early: bool = False
) -> Turn:
    heard = utterance_of(number, party, "怎么又扣钱", number * 3_000, number * 3_000 + 1_000, 0.9)
    return Turn(
        heard,
        tuple(
            IntentSignal(
                utterance_id=heard.utterance_id,
                party=party,
                label=label,
                score=0.9,
                start_ms=heard.start_ms,
                end_ms=heard.end_ms,
                source="test@1",
                is_primary=is_primary,
                from_partial=is_early,
            )
            for label in intents
        ),
    )


def told(*facts: Fact) -> list[Advice]:
    state, found = begin(PLAYBOOK), list[Advice]()
    for fact in facts:
        state, advice = advise(PLAYBOOK, state, fact)
        found += advice
    return found


def repeats(*facts: Fact) -> list[tuple[str, int]]:
    return [(one.intent, one.number) for one in told(*facts) if isinstance(one, CallRepeated)]


def test_a_history_becomes_facts_and_days_are_those_of_the_hotline() -> None:
    facts = facts_after(Known.of(HISTORY))
    assert facts == {
        "customer.id": "1",
        "history.calls_7d": "2",
        "history.calls_30d": "2",
        "history.complaints_30d": "2",
        "history.complaints_90d": "2",
        "history.open_promises": "2",
        "history.overdue_promises": "1",
        "history.last_call": "2026-03-08",
        "history.last_reason": "complain_billing",
        "history.reason_7d.complain_billing": "2",
        "history.reason_7d.query_bill": "1",
        "history.last_offer": "data-10",
        "history.last_reaction": "refused",
        "history.refused.data-10": "2026-03-07",
        "history.sold.tv": "2026-03-07",
        "history.opted_out": "2026-03-07",
    }


def test_without_earlier_calls_counts_are_known_and_nothing_else() -> None:
    facts = facts_after(Known.of(CustomerHistory(at_ms=0, customer_id="1", took_ms=1)))
    assert facts == {
        "customer.id": "1",
        "history.calls_7d": "0",
        "history.calls_30d": "0",
        "history.complaints_30d": "0",
        "history.complaints_90d": "0",
        "history.open_promises": "0",
        "history.overdue_promises": "0",
    }


def test_a_repeat_call_is_told_once_by_the_words_that_show_it() -> None:
    turns = (says(1, "greet"), says(2, "complain_billing"), says(3, "query_bill"))
    (repeat,) = [one for one in told(Known.of(HISTORY), *turns) if isinstance(one, CallRepeated)]
    assert (repeat.intent, repeat.number, repeat.utterance_id) == ("complain_billing", 3, "u2")
    assert repeat.at_ms == turns[1].utterance.decided_ms


def test_rules_know_a_repeat_call_at_the_words_that_show_it() -> None:
    found = told(Known.of(HISTORY), says(1, "greet"), says(2, "complain_billing"))
    assert [one.type for one in found] == ["call-repeated", "prompt"]


def test_other_reasons_the_agents_words_mentions_and_early_signals_show_nothing() -> None:
    assert repeats(Known.of(HISTORY), says(1, "query_plan")) == []
    assert repeats(Known.of(HISTORY), says(1, "complain_billing", party="agent")) == []
    assert repeats(Known.of(HISTORY), says(1, "complain_billing", is_primary=False)) == []
    assert repeats(Known.of(HISTORY), says(1, "complain_billing", is_early=True)) == []
    assert repeats(says(1, "complain_billing")) == []


def test_who_only_says_that_they_call_again_calls_about_what_they_mention_beside_it() -> None:
    again, about = says(1, "repeat_call"), says(1, "query_plan", "complain_billing", is_primary=False)
    both = Turn(again.utterance, (*again.signals, *about.signals))
    assert repeats(Known.of(HISTORY), both) == [("complain_billing", 3)]
    assert repeats(Known.of(HISTORY), again) == []


def test_a_call_of_the_hotline_is_no_repeat_call() -> None:
    opening = CallOpened(source="test", legs=(), direction="outbound")
    assert repeats(Known.of(opening, NOW), Known.of(HISTORY), says(1, "complain_billing")) == []


def test_another_customer_brings_a_history_of_their_own() -> None:
    other = CustomerLookedUp(at_ms=9, customer_id="2", is_known=True, source="t@1", took_ms=1)
    facts = facts_after(Known.of(HISTORY), says(1, "complain_billing"), Known.of(other))
    assert facts == {"customer.id": "2"}


@given(st.permutations(("greet", "query_bill", "complain_billing", "query_plan")))
def test_at_most_one_repeat_is_told_whatever_is_said_in_which_order(intents: Sequence[str]) -> None:
    turns = [says(number, intent) for number, intent in enumerate(intents, start=1)]
    assert len(repeats(Known.of(HISTORY), *turns)) == 1


def test_seven_days_are_counted_from_the_opening_of_the_call() -> None:
    older = recall(
        (record("c1", hours_ago=8 * 24),), customer_id="1", opened_at=NOW + timedelta(hours=1), at_ms=0, took_ms=1
    )
    assert repeats(Known.of(older), says(1, "complain_billing")) == []


def test_what_a_call_remembers_is_not_there_when_the_next_begins() -> None:
    fresh = pickle.dumps(begin(PLAYBOOK))
    assert facts_after(Known.of(HISTORY), says(1, "complain_billing"), says(2, "complain_billing"))
    assert pickle.dumps(begin(PLAYBOOK)) == fresh
