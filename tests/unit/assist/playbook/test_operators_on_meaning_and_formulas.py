"""What is meant, formulas, the hotline's clock, what other rules did, and parts of a call."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Flag, MeaningSignal
from assist.playbook import Fact, Known, Meaning, Playbook, Turn, advise, begin
from assist.playbook.operators.expression import need_in
from tests.support.dialogue import Dialogue, playbook_of, rule_of

THINK = Meaning("think", "customer", ("我想想", "我考虑考虑", "再说吧"), ("想好了",))
SETS = "meanings: {think: {party: customer, examples: [我想想, 我考虑考虑, 再说吧], unlike: [想好了]}}"


def flags(playbook: Playbook, facts: list[Fact]) -> list[Flag]:
    state, found = begin(playbook), list[Flag]()
    for fact in facts:
        state, advice = advise(playbook, state, fact)
        found += (one for one in advice if isinstance(one, Flag))
    return found


def one_rule(condition: str, *, more: str = "", party: str = "customer") -> Playbook:
    rule = f"  - {{id: r, title: 试, party: {party}, {condition}, because: 因为, emit: {{flag: {{}}}}, {more}}}\n"
    return playbook_of(rule, more=SETS)


def said(playbook: Playbook, *texts: str, confidence: float = 0.9, known: dict[str, str] | None = None) -> list[Fact]:
    """A call in which the customer says these things, five seconds apart."""
    call = Dialogue(playbook)
    for number, text in enumerate(texts):
        call.says("customer", text, start_ms=5_000 * number, confidence=confidence)
    return [*([Known(known)] if known else []), *call.facts("hangup")]


def meaning(facts: list[Fact], label: str, score: float) -> list[Fact]:
    """Every utterance means that."""

    def found(turn: Turn) -> Turn:
        words = turn.utterance
        signal = MeaningSignal(
            utterance_id=words.utterance_id, party=words.party, label=label, score=score,
            start_ms=words.start_ms, end_ms=words.end_ms, source="test@1",
        )  # fmt: skip
        return Turn(words, (*turn.signals, signal))

    return [found(fact) if isinstance(fact, Turn) else fact for fact in facts]


def test_means_is_true_from_its_score_on() -> None:
    playbook = one_rule("means: {any_of: think, min_score: 60}")
    assert not flags(playbook, meaning(said(playbook, "让我琢磨琢磨"), THINK.label, 0.59))
    assert [flag.verdict for flag in flags(playbook, meaning(said(playbook, "让我琢磨琢磨"), THINK.label, 0.6))] == [
        "breach"
    ]


def test_means_abstains_on_words_that_were_badly_heard() -> None:
    playbook = one_rule("means: think")
    heard = meaning(said(playbook, "让我琢磨琢磨", confidence=0.1), THINK.label, 0.9)
    assert [flag.verdict for flag in flags(playbook, heard)] == ["abstained"]


def test_what_was_found_for_other_sentences_under_the_same_name_does_not_count() -> None:
    playbook = one_rule("means: think")
    older = Meaning("think", "customer", ("我想想", "我考虑考虑", "下次吧"), ("想好了",))
    assert not flags(playbook, meaning(said(playbook, "让我琢磨琢磨"), older.label, 0.9))


@pytest.mark.parametrize(
    ("formula", "known", "verdicts"),
    [
        ("double(customer.arpu) >= 150", {"customer.arpu": "158"}, ["breach"]),
        ("double(customer.arpu) >= 150", {"customer.arpu": "98"}, []),
        ("double(customer.arpu) >= 150", {"customer.arpu": "很多"}, ["abstained"]),
        ("double(customer.arpu) >= 150", None, ["abstained"]),
        ("has(customer.arpu) && double(customer.arpu) >= 150", None, []),
        ('customer["套餐"] == "畅享"', {"customer.套餐": "畅享"}, ["breach"]),
        ("turns.customer > 1 || customer.vip == '是'", {"customer.vip": "是"}, ["breach"]),
        ("state.mood == true", None, []),
    ],
)
def test_a_formula_is_unknown_exactly_where_the_missing_value_matters(
    formula: str, known: dict[str, str] | None, verdicts: list[str]
) -> None:
    rules = f"""
  - {{id: mood, phrase: 投诉, set: {{mood: true}}}}
  - {{id: r, title: 试, expression: {formula!r}, because: 因为, emit: {{flag: {{}}}}, max_per_call: 1}}
"""
    playbook = playbook_of(rules.replace("\\'", "''"))
    assert [flag.verdict for flag in flags(playbook, said(playbook, "你好", known=known))] == verdicts


def test_a_formula_tells_one_from_true() -> None:
    rules = """
  - {id: level, phrase: 一级, set: {level: 1}}
  - {id: flag, phrase: 真的, set: {level: true}}
  - {id: r, title: 试, expression: state.level == 1, because: 因为, emit: {flag: {}}, max_per_call: 1}
"""
    playbook = playbook_of(rules)
    assert flags(playbook, said(playbook, "一级"))
    assert not flags(playbook, said(playbook, "真的"))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("customer.plan ==", "Syntax error"),
        ("plan == 1", "no value is called 'plan'"),
        ("size(customer) > 1", "cannot stand alone"),
        ("said.words > 1", "said has no 'words'"),
        ("[1, 2].all(x, x > 1)", "no value is called 'x'"),
        ("said.text.matches('a')", "'matches' cannot be used"),
        ("1 < 2", "asks for nothing"),
        ("tag.vip", "no tag 'vip'"),
        ("fired.nobody > 0", "no rule 'nobody'"),
        ("state.calm == 1", "no rule sets it"),
    ],
)
def test_a_formula_that_cannot_be_used_is_refused_with_its_line(formula: str, reason: str) -> None:
    with pytest.raises(PlaybookError, match=r"test\.yaml:\d+: .*" + reason):
        rule_of(f'expression: "{formula}"')


@pytest.mark.parametrize(
    ("formula", "need"),
    [
        ("said.chars > 4 && said.intent == 'query_bill'", ("intent", "query_bill")),
        ('"complain" in said.acts && turns.agent > 1', ("act", "complain")),
        ("said.intent == 'query_bill' || said.chars > 4", None),
        ("!(said.intent == 'query_bill')", None),
        ("said.intent != 'query_bill'", None),
        ("said.text == \"a && said.intent == 'query_bill' && b\"", None),
    ],
)
def test_a_formula_tells_what_it_needs_only_where_it_is_false_without(
    formula: str, need: tuple[str, str] | None
) -> None:
    assert need_in(formula) == need


@pytest.mark.parametrize(
    ("clock", "time", "verdicts"),
    [
        ('{from: "08:30", to: "18:00"}', "08:30", ["breach"]),
        ('{from: "08:30", to: "18:00"}', "18:00", []),
        ('{from: "22:00", to: "06:00"}', "05:59", ["breach"]),
        ("{weekdays: [sat, sun]}", "12:00", ["breach"]),
        ('{weekdays: [mon], from: "08:30"}', "12:00", []),
        ('{from: "08:30"}', "?", ["abstained"]),
        ("{dates: [2026-02-17, 2026-03-01]}", "12:00", ["breach"]),
        ("{dates: [2026-02-17], weekdays: [sun]}", "12:00", []),
        ("{since: 2026-03-01, until: 2026-03-01}", "12:00", ["breach"]),
        ("{until: 2026-02-28}", "12:00", []),
        ('{since: 2026年2月, to: "08:00"}', "07:00", ["breach"]),
    ],
)
def test_the_clock_is_that_of_the_opening(clock: str, time: str, verdicts: list[str]) -> None:
    playbook = one_rule(f"phrase: 你好, clock: {clock}")
    heard = said(playbook, "你好", known={"call.date": "2026-03-01", "call.time": time})
    assert [flag.verdict for flag in flags(playbook, heard)] == verdicts


def test_days_that_are_none_are_refused() -> None:
    for clock in ("{dates: [国庆]}", "{since: 2026-13-01}", "{since: 2026-03-02, until: 2026-03-01}"):
        with pytest.raises(PlaybookError, match="clock"):
            one_rule(f"phrase: 你好, clock: {clock}")
    unknown = one_rule("phrase: 你好, clock: {since: 2026-03-01}")
    assert [flag.verdict for flag in flags(unknown, said(unknown, "你好"))] == ["abstained"]


@pytest.mark.parametrize(
    ("scope", "times"),
    [
        ("{first_turns: 1}", [600]),
        ("{first_ms: 4000}", [600]),
        ("{after: {phrase: 投诉}}", [10_600]),
        ("{before: {phrase: 投诉}}", [600]),
        ("{after_rule: other}", [10_600]),
        ("{before_rule: other}", [600]),
    ],
)
def test_a_rule_sees_its_part_of_the_call(scope: str, times: list[int]) -> None:
    rules = f"""
  - {{id: other, phrase: 投诉, set: {{mood: true}}}}
  - {{id: r, title: 试, phrase: 流量, scope: {scope}, because: 因为, emit: {{flag: {{}}}}}}
"""
    playbook = playbook_of(rules)
    call = Dialogue(playbook)
    call.says("customer", "流量", start_ms=0)
    call.says("agent", "投诉", start_ms=5_000)
    call.says("customer", "流量", start_ms=10_000)
    found = flags(playbook, list(call.facts("hangup")))
    assert [flag.at_ms // 1_000 for flag in found] == [at // 1_000 for at in times]


def test_the_last_turns_are_known_at_the_end() -> None:
    playbook = one_rule("phrase: 流量, scope: {last_turns: 1}")
    assert flags(playbook, said(playbook, "你好", "流量"))
    call = Dialogue(playbook)
    call.says("customer", "流量", start_ms=0)
    call.says("agent", "好的您请讲", start_ms=3_000)
    assert not flags(playbook, list(call.facts("hangup")))


def test_a_count_counts_only_what_lies_in_its_part_of_the_call() -> None:
    playbook = one_rule("count: {what: {phrase: 流量}, min: 2}, scope: {after: {phrase: 投诉}}")
    assert not flags(playbook, said(playbook, "流量", "投诉", "流量"))
    assert flags(playbook, said(playbook, "投诉", "流量", "流量"))


def test_a_flag_has_its_points_only_while_the_rule_is_true() -> None:
    duty = "followed_by: {after: {phrase: 投诉}, expect: {party: agent, phrase: 抱歉}, within_turns: 1, party: agent}"
    playbook = one_rule(duty + ", score: -5, max_per_call: 1")
    call = Dialogue(playbook)
    call.says("customer", "我要投诉", start_ms=0)
    call.says("agent", "好的您请讲", start_ms=3_000)
    call.says("customer", "快点", start_ms=6_000)
    assert [(flag.verdict, flag.score) for flag in flags(playbook, list(call.facts("hangup")))] == [("breach", -5)]
    heard = meaning(said(one_rule("means: think, score: 3"), "让我琢磨琢磨", confidence=0.1), THINK.label, 0.9)
    assert [flag.score for flag in flags(one_rule("means: think, score: 3"), heard)] == [0]


def test_points_without_a_flag_are_refused() -> None:
    with pytest.raises(PlaybookError, match="only a flag has points"):
        playbook_of("  - {id: r, phrase: 你好, set: {mood: true}, score: 1}\n")


def test_an_unknown_meaning_is_refused_in_rules_and_cases() -> None:
    with pytest.raises(PlaybookError, match="no meaning 'thin'; known are think"):
        one_rule("means: thin")
    with pytest.raises(PlaybookError, match="no meaning 'thin'; known are think"):
        one_rule("means: think", more="cases: {fires: [[{客户: 再想想, means: thin}]]}")
