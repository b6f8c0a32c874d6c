"""The call list's projection."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from assist.messages import Agent, CallUpdated, Customer, Envelope, Event, Verdict
from assist.ports import CallSummary
from assist.summary import summarise
from tests.support.envelopes import (
    START,
    closed,
    dropped,
    flag,
    log,
    opened,
    outcome,
    partial,
    prompt,
    silence,
    utterance,
)


def summary_of(envelopes: list[Envelope]) -> CallSummary:
    summary = reduce(summarise, envelopes, None)
    assert summary is not None
    return summary


def after(*events: Event) -> CallSummary:
    return summary_of(log("a", opened(), *events))


def test_opening_tells_who_and_where() -> None:
    summary = after()
    assert (summary.call_id, summary.source, summary.external_id) == ("a", "native/1", "pbx-77")
    assert (summary.agent_id, summary.agent_name) == ("8001", "小王")
    assert (summary.customer_id, summary.customer_name) == ("c-1", "李先生")
    assert summary.playbook == "telecom@1"
    assert summary.opened_at == log("a", opened())[0].at
    assert (summary.closed_at, summary.cause, summary.last_seq, summary.has_audio) == (None, None, 1, False)


def test_an_update_changes_only_what_it_names() -> None:
    summary = after(CallUpdated(at_ms=10, agent=Agent(agent_id="8002", name="小赵")))
    assert (summary.agent_id, summary.customer_id) == ("8002", "c-1")
    summary = after(CallUpdated(at_ms=10, customer=Customer(customer_id="c-2")))
    assert (summary.agent_id, summary.customer_id, summary.customer_name) == ("8001", "c-2", "")


def test_duration_follows_the_call_clock_until_the_close() -> None:
    assert after(partial("u1", 3), silence(200)).duration_ms == 300
    assert after(utterance("u1", end_ms=900)).duration_ms == 1_500
    assert after(utterance("u1", end_ms=900), closed(at_ms=1_400)).duration_ms == 1_400
    assert after(closed(at_ms=61_000), outcome("p1")).duration_ms == 61_000


def test_closing_tells_when_and_why() -> None:
    summary = after(closed("source-lost"))
    assert summary.cause == "source-lost"
    assert summary.closed_at == log("a", opened(), closed())[1].at


def test_only_finals_and_shown_prompts_are_counted() -> None:
    summary = after(partial("u1", 1), utterance("u1"), dropped("u2"), prompt("p1"), prompt("p2", arm="held-out"))
    assert (summary.utterances, summary.prompts) == (1, 1)


def test_a_flag_counts_while_its_latest_verdict_stands() -> None:
    assert after(flag("f1", "at_risk"), flag("f1", "breach"), flag("f2", "breach")).flags == 2
    assert after(flag("f1", "at_risk"), flag("f1", "met"), flag("f2", "abstained")).flags == 0
    assert after(flag("f1", "met"), flag("f1", "breach")).standing_flags == ("f1",)


def test_a_log_without_its_beginning_still_has_a_summary() -> None:
    summary = summary_of(log("a", closed(), first=40))
    assert (summary.source, summary.last_seq) == ("", 40)
    assert summary.opened_at > START


@given(
    st.lists(st.tuples(st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(["breach", "at_risk", "met", "abstained"])))
)
def test_flags_equal_the_latest_verdicts(verdicts: list[tuple[str, Verdict]]) -> None:
    latest = dict(verdicts)
    summary = after(*(flag(flag_id, verdict) for flag_id, verdict in verdicts))
    assert summary.flags == sum(verdict in ("breach", "at_risk") for verdict in latest.values())


@given(st.data())
def test_envelopes_counted_before_change_nothing(data: st.DataObject) -> None:
    envelopes = log("a", opened(), utterance("u1"), prompt("p1"), flag("f1", "breach"), closed(), outcome("p1"))
    repeated = list(envelopes)
    for index in data.draw(st.lists(st.integers(0, len(envelopes) - 1))):
        repeated.insert(data.draw(st.integers(repeated.index(envelopes[index]) + 1, len(repeated))), envelopes[index])
    assert summary_of(repeated) == summary_of(envelopes)
