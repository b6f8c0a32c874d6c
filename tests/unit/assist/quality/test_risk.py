"""What makes a call worth hearing."""

from __future__ import annotations

from assist.messages import CallRepeated, CustomerTag, CustomerTagged, Envelope
from assist.quality.risk import risk_of
from tests.support.archived_calls import archived_log, felt, flagged, overtalk, said, silent
from tests.support.past_calls import NOW
from tests.support.reviews import called


def reasons_of(log: list[Envelope]) -> list[tuple[str, str, int]]:
    risk = risk_of(log)
    assert risk is not None
    return [(reason.code, reason.label, reason.points) for reason in risk.reasons]


def test_a_call_in_which_nothing_happened_has_no_risk() -> None:
    risk = risk_of(archived_log("c1", *said(("agent", "您好")), flagged("missing-greeting", "met")))
    assert risk is not None
    assert (risk.risk, risk.reasons, risk.utterances, risk.agent_id) == (0, (), 1, "1001")


def test_flags_weigh_by_severity_and_verdict_and_each_rule_once() -> None:
    flags = [
        flagged("a", "breach", "critical"),
        flagged("b", "at_risk", "major"),
        flagged("c", "abstained", "minor"),
        flagged("d", "breach", "minor", flag_id="d1"),
        flagged("d", "breach", "minor", flag_id="d2"),
    ]
    assert reasons_of(archived_log("c1", *flags)) == [
        ("flag", "a", 40),
        ("at-risk-flag", "b", 10),
        ("flag", "d", 8),
        ("abstained-flag", "c", 2),
    ]


def test_an_angry_customer_who_is_worse_off_at_the_end_weighs_twice() -> None:
    course = [felt("neutral", 0.0), felt("neutral", 0.0, at_ms=1), felt("angry", -0.8, at_ms=2)]
    assert reasons_of(archived_log("c1", *course)) == [("anger", "angry", 10), ("worse-at-end", "angry", 10)]
    assert reasons_of(archived_log("c1", *course[::-1])) == [("anger", "angry", 10)]
    assert reasons_of(archived_log("c1", *[felt("angry", -0.8, party="agent")] * 3)) == []


def test_who_calls_and_why_counts() -> None:
    tags = (
        CustomerTag(tag_id="complainer", title="多次投诉", because={}),
        CustomerTag(tag_id="stock", title="x", because={}),
    )
    repeated = CallRepeated(at_ms=1, intent="complain_billing", utterance_id="u", number=2)
    log = archived_log("c1", CustomerTagged(at_ms=0, tags=tags), repeated)
    assert reasons_of(log) == [("repeat-call", "", 12), ("customer-tag", "complainer", 10)]


def test_silence_overtalk_and_doubtful_words_count() -> None:
    unsure = [said(("customer", "嗯嗯"))[0].model_copy(update={"confidence": 0.5})] * 6
    log = archived_log("c1", *unsure, silent(0, 30_000), overtalk(10_000))
    assert reasons_of(log) == [("low-confidence", "", 10), ("long-silence", "", 6), ("overtalk", "", 5)]


def test_a_risk_is_at_most_100_and_an_open_call_has_none() -> None:
    flags = [flagged(f"r{number}", "breach", "critical") for number in range(4)]
    risk = risk_of(archived_log("c1", *flags))
    assert risk is not None
    assert risk.risk == 100
    assert risk_of(called()[:-1]) is None
    assert risk.closed_at > risk.opened_at > NOW.replace(year=2025)
