"""What judgements say of rules, and cases for rules that were wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assist.backtest import Ruleset, read_call
from assist.messages import Envelope
from assist.playbook import parse_playbook
from assist.quality.case_trial import try_case
from assist.quality.judging import GivenError, appeal_decided, judged_in
from assist.quality.rulings import by_rule, cases_of, precision_of, rulings_of
from assist.quality.scoring import GivenValue
from gateway.wiring import phrase_listener
from tests.support.past_calls import NOW
from tests.support.reviews import DEADLINES, LEAD, after, review_in, scored_log
from tests.unit.assist.quality.test_steps import appeal

RULES = """\
name: telecom
version: "{version}"
title: 测试
rules:
  - id: push-after-refusal
    title: 拒绝后纠缠
    party: agent
    severity: major
    phrase: {{any: [{phrase}]}}
    because: 说了
    emit: {{flag: {{}}}}
    max_per_call: 1
"""


def appealed(expected: str = "silent") -> list[Envelope]:
    log = scored_log()
    log = after(log, appeal(log))
    review = review_in(log)
    decided = appeal_decided(
        review,
        judged_in(log),
        LEAD,
        NOW,
        outcome="granted",
        reason="客户自己又问起来",
        given=[GivenValue("pushing", 1)],
        errors=[GivenError("push-after-refusal", "silent" if expected == "silent" else "met")],
        version=review.version,
        deadlines=DEADLINES,
    )
    return after(log, decided)


def test_a_breach_was_right_where_points_were_lost_and_met_where_none_were() -> None:
    log = scored_log(greeting=0)
    rulings = {one.rule_id: (one.verdict, one.is_right) for one in rulings_of(review_in(log), log)}
    assert rulings == {"missing-greeting": ("met", False), "push-after-refusal": ("breach", True)}


def test_a_decision_that_the_rule_was_wrong_makes_a_case_of_the_call() -> None:
    log = appealed()
    review = review_in(log)
    (case,) = cases_of(review, log)
    assert (case.call_id, case.playbook, case.rule, case.was, case.expected, case.at_ms, case.by_name) == (
        "c1",
        "telecom",
        "push-after-refusal@telecom-1",
        "breach",
        "silent",
        5_000,
        LEAD.name,
    )
    assert case.reason == "客户自己又问起来"
    assert {one.rule_id: one.is_right for one in rulings_of(review, log)}["push-after-refusal"] is False


def test_what_is_not_scored_or_withdrawn_rules_nothing() -> None:
    log = scored_log()[:-1]
    assert list(rulings_of(review_in(log), log)) == []
    withdrawn = review_in(appealed()).model_copy(update={"state": "withdrawn"})
    assert list(cases_of(withdrawn, appealed())) == []


@pytest.mark.parametrize(("phrase", "state", "found"), [("您好", "failing", "breach"), ("再考虑", "passing", "silent")])
def test_a_case_fails_until_the_rule_is_mended(phrase: str, state: str, found: str) -> None:
    log = appealed()
    (case,) = cases_of(review_in(log), log)
    trial = try_case(case, read_call(log), ruleset(phrase))
    assert (trial.state, trial.found) == (state, found)


def test_a_rule_that_is_gone_is_silent_and_one_that_missed_something_must_find_it() -> None:
    log = appealed()
    (case,) = cases_of(review_in(log), log)
    missed = replace(case, expected="breach")
    assert try_case(missed, read_call(log), ruleset("您好")).state == "passing"
    assert try_case(missed, read_call(log), ruleset("再考虑")).state == "failing"


def ruleset(phrase: str) -> Ruleset:
    playbook = parse_playbook(RULES.format(version="2", phrase=phrase))
    return Ruleset(playbook, phrase_listener(playbook))


def test_precision_weighs_calls_by_how_likely_they_were_drawn() -> None:
    even = precision_of([(True, None), (False, None)])
    weighted = precision_of([(True, 1.0), (False, 9.0), (True, None)])
    assert even
    assert weighted
    assert (even.precision, even.is_weighted, even.judged) == (0.5, False, 2)
    assert (weighted.precision, weighted.is_weighted, weighted.judged, weighted.right) == (0.1, True, 3, 2)
    assert weighted.low < 0.1 < weighted.high
    assert precision_of([]) is None
    assert list(by_rule([("b", True, None), ("a", False, None)])) == ["a", "b"]
