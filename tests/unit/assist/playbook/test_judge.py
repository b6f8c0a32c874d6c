"""The operator ``judge``: what a model made of the whole call."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Evidence, Judgement
from assist.playbook import Known, Playbook, check_playbook, failures_in
from tests.support.dialogue import Dialogue, phrases_in, playbook_of

QUESTIONS = "questions:\n  callback: {ask: 坐席是否说明何时回电？, answers: [是, 否, 不需要]}"
RULE = "  - {id: r, title: 回电, party: agent, judge: {callback: 否}, because: 没说何时回电, emit: {flag: {}}}\n"
PLAYBOOK = playbook_of(RULE, more=QUESTIONS)


def judged(playbook: Playbook, answer: str | None, *, confidence: float | None = None) -> Known:
    (question,) = playbook.questions
    place = Evidence(kind="utterance", utterance_id="u1", start_ms=0, end_ms=900, quote="好的", confidence=confidence)
    evidence = () if confidence is None else (place,)
    judgement = Judgement(
        at_ms=1_000, label=question.label, question=question.text, answer=answer, evidence=evidence, source="test@1"
    )
    return Known.of(judgement)


def flags(playbook: Playbook, known: Known | None) -> list[tuple[str, str]]:
    call = Dialogue(playbook).agent("我们会联系您").customer("好的")
    return (call if known is None else call.fact(0, known)).flags()


def refusal(rule: str, more: str = QUESTIONS) -> PlaybookError:
    with pytest.raises(PlaybookError) as raised:
        playbook_of(rule, more=more)
    return raised.value


@pytest.mark.parametrize(("answer", "expected"), [("否", [("r-1", "breach")]), ("是", []), ("不需要", [])])
def test_the_answer_asked_for_makes_it_true_at_the_end(answer: str, expected: list[tuple[str, str]]) -> None:
    assert flags(PLAYBOOK, judged(PLAYBOOK, answer)) == expected


def test_nothing_follows_from_it_before_the_end() -> None:
    call = Dialogue(PLAYBOOK).agent("我们会联系您").fact(0, judged(PLAYBOOK, "否"))
    assert call.flags(cause=None) == []


def test_a_question_without_an_answer_abstains_and_one_that_was_not_asked_says_nothing() -> None:
    assert flags(PLAYBOOK, judged(PLAYBOOK, None)) == [("r-1", "abstained")]
    assert flags(PLAYBOOK, None) == []


@pytest.mark.parametrize("answer", ["是", "否"])
def test_an_answer_that_rests_on_words_badly_heard_is_none(answer: str) -> None:
    assert flags(PLAYBOOK, judged(PLAYBOOK, answer, confidence=0.1)) == [("r-1", "abstained")]


def test_the_flag_shows_the_words_that_the_answer_rests_on() -> None:
    call = Dialogue(PLAYBOOK).agent("我们会联系您").fact(0, judged(PLAYBOOK, "否", confidence=0.9))
    (flag,) = [one for one in call.advice() if one.type == "flag"]
    assert [piece.quote for piece in flag.because.evidence] == ["好的"]


def test_it_joins_what_holds_at_the_end() -> None:
    rule = (
        "  - {id: vague, party: agent, phrase: 联系您, set: {vague: true}}\n"
        "  - {id: r, severity: critical, state: {vague: true}, judge: {callback: [否, 不需要]}, because: 因, "
        "emit: {flag: {title: 试}}}\n"
    )
    playbook = playbook_of(rule, more=QUESTIONS)
    assert flags(playbook, judged(playbook, "不需要")) == [("r-1", "breach")]
    assert Dialogue(playbook).agent("再见").fact(0, judged(playbook, "否")).flags() == []


def test_another_question_under_the_same_name_is_not_answered_by_it() -> None:
    other = playbook_of(RULE, more=QUESTIONS.replace("何时回电", "几点回电"))
    assert flags(other, judged(PLAYBOOK, "否")) == []


def test_a_share_of_the_calls_is_asked_and_always_the_same() -> None:
    (question,) = playbook_of(RULE, more=QUESTIONS.replace("不需要]", "不需要], sample_percent: 30")).questions
    drawn = [question.is_drawn(f"call-{number}") for number in range(2_000)]
    assert drawn == [question.is_drawn(f"call-{number}") for number in range(2_000)]
    assert 0.25 < sum(drawn) / len(drawn) < 0.35
    assert all(PLAYBOOK.questions[0].is_drawn(f"call-{number}") for number in range(100))


def test_questions_that_no_rule_asks_are_left_out() -> None:
    more = QUESTIONS + "\n  other: {ask: 还有呢？, answers: [有, 无]}"
    assert [one.name for one in playbook_of(RULE, more=more).questions] == ["callback"]


CASES = """\
    cases:
      fires:
        - {dialogue: [坐席: 我们会联系您], judged: {callback: 否}}
        - {dialogue: [坐席: 我们会联系您], judged: {callback: unclear}, verdict: abstained}
      silent:
        - {dialogue: [坐席: 今天十点给您回电], judged: {callback: 是}}
        - [坐席: 今天十点给您回电]
"""
LONG_RULE = "  - id: r\n    title: 回电\n    judge: {callback: 否}\n    because: 没说\n    emit: {flag: {}}\n" + CASES


def failing(rule: str) -> list[str]:
    playbook = playbook_of(rule, more=QUESTIONS)
    return [one.message for one in failures_in(playbook, lambda heard: phrases_in(heard, playbook))]


def test_cases_give_the_answer() -> None:
    assert failing(LONG_RULE) == []
    assert len(failing(LONG_RULE.replace("judged: {callback: 是}", "judged: {callback: 否}"))) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("judge: {callback: 否}", "judge: {call: 否}", 9, "rule 'r': judge: no question 'call'; known are callback"),
        ("judge: {callback: 否}", "judge: {callback: 没有}", 9, "judge: callback: no answer '没有'; known are 是"),
        ("judge: {callback: 否}", "judge: callback", 9, "judge: expected keys and values"),
        ("judge: {callback: 否}", "judge: {callback: 否}\n    phrase: 好的", 7, "never true at the same moment"),
        ("judge: {callback: 否}", "judge: {callback: 否}\n    when: live", 10, "never true at that time"),
        ("judge: {callback: 否}", "not: {judge: {callback: 否}}", 9, "judge: is answered when the call is over"),
        ("judge: {callback: 否}", "count: {what: {judge: {callback: 否}}, min: 1}", 9, "judge: is answered when"),
        (
            "judge: {callback: 否}",
            "judge: {callback: 否}\n    severity: critical",
            9,
            "only evidence of a critical flag",
        ),
        ("judged: {callback: 是}", "judged: {callback: 好}", 17, "judged: callback: expected one of"),
        ("judged: {callback: 是}", "judged: {call: 是}", 17, "judged: no question 'call'"),
    ],
)
def test_a_mistake_names_its_line_and_the_operator(old: str, new: str, line: int, words: str) -> None:
    error = refusal(LONG_RULE.replace(old, new))
    assert (error.path, error.line) == ("test.yaml", line)
    assert words in str(error)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("answers: [是, 否, 不需要]", "answers: [是]", "answers: expected 2 to 8"),
        ("answers: [是, 否, 不需要]", "answers: [是, 是]", "twice"),
        ("answers: [是, 否, 不需要]", "answers: [是, unclear]", "always possible"),
        ("answers: [是, 否, 不需要]", "answers: [是, 否], sample_percent: 0", "from 1 to 100"),
        ("ask: 坐席是否说明何时回电？, ", "", "the key 'ask' is missing"),
        ("callback", "Callback", "small letters"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(old: str, new: str, words: str) -> None:
    error = refusal(RULE, QUESTIONS.replace(old, new))
    assert error.line == 5
    assert words in str(error)


def test_a_judge_in_a_circumstance_alone_is_the_only_evidence() -> None:
    rule = RULE.replace(
        "judge: {callback: 否}", "severity: critical, call_length: {min_ms: 5000}, judge: {callback: 否}"
    )
    assert "only evidence" in str(refusal(rule))


def test_it_stands_in_no_withdrawal_and_no_need() -> None:
    prompt = (
        "  - {id: p, phrase: 好的, because: 因, emit: {prompt: {kind: say, title: 题, body: 文}}, "
        "withdraw: [{when: {judge: {callback: 否}}, because: 收}]}\n"
    )
    assert "judge: is answered when the call is over" in str(refusal(prompt))
    selling = QUESTIONS + "\nselling: {needs: [{id: n, title: 需, judge: {callback: 否}}]}"
    offers = "\noffers: [{id: o, title: 包, product: p, needs: {n: 1}, wordings: [{id: a, text: 说}]}]"
    assert "need 'n': judge: is answered when the call is over" in str(refusal(RULE, selling + offers))


def test_every_rule_has_one_complaint() -> None:
    text = f"name: t\nversion: 1\ntitle: 试\n{QUESTIONS}\nrules:\n" + RULE.replace("judge", "not: {judge").replace(
        "否}", "否}}"
    )
    _, complaints = check_playbook(text, "p.yaml")
    assert [error.line for error in complaints] == [7]
