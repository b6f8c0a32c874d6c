"""A condition with a name is, where it is used, the condition written out."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import CustomerTagged, Prompt
from assist.playbook import Known, Playbook, advise, begin, check_playbook, parse_playbook
from assist.playbook.moment import Truth
from tests.support.any_calls import MOOD, PITCH, TAGS, calls, run
from tests.support.conditions import CONDITIONS, PARTS, Condition, joined
from tests.support.dialogue import Dialogue, only, playbook_of, rule_of

NAMES = ("first", "second", "third")
"""Each may use those before it."""
USES = [
    st.one_of(*(st.just({"condition": name}) for name in NAMES[: place + 1]), PARTS, PARTS)
    for place in range(len(NAMES))
]
EMIT = {"because": "因为“{quote}”", "emit": {"flag": {"title": "题", "met": "做到了"}}}
SHOWN = {"because": "因为“{quote}”", "emit": {"prompt": {"kind": "say", "title": "题", "body": "文"}}}


def written_out(value: Any, named: dict[str, Condition]) -> Any:
    """The same with each use replaced by what it stands for."""
    if isinstance(value, list):
        return [written_out(one, named) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast(Condition, value)
    if set(fields) == {"condition"}:
        return written_out(named[fields["condition"]], named)
    return {key: written_out(one, named) for key, one in fields.items()}


def playbook_with(content: dict[str, Any]) -> Playbook:
    sections = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items() if key != "rules"]
    rules = "".join(f"  - {json.dumps(rule, ensure_ascii=False)}\n" for rule in content["rules"])
    return playbook_of(f"{MOOD}{PITCH}{rules}", more="\n".join([TAGS, *sections]))


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """Of a playbook that names three conditions, and uses them in rules and in selling."""
    named: dict[str, Condition] = {NAMES[0]: draw(CONDITIONS)}
    for place, name in enumerate(NAMES[1:]):
        named[name] = draw(joined(USES[place]))
    using = joined(USES[-1])
    rules: list[Condition] = []
    for number in range(4):
        rule = {"id": f"r{number}", **draw(using), **draw(st.sampled_from((EMIT, SHOWN)))}
        if draw(st.booleans()):
            rule["party"] = draw(st.sampled_from(("agent", "customer")))
        if draw(st.booleans()):
            rule["scope"] = {"after": draw(using)}
        if draw(st.booleans()):
            rule["withdraw"] = [{"when": draw(using), "because": "收回"}]
        rules.append(rule)
    selling = {
        "needs": [{"id": "data", "title": "要流量", "request": True, "any": [draw(using), {"phrase": "流量"}]}],
        "asks": draw(using),
        "said": draw(using),
        "reactions": {"refused": {"any": [draw(using), {"phrase": "不需要"}]}},
        "min_gap_ms": 0,
    }
    offer = {
        "id": "pack",
        "title": "包",
        "product": "data",
        "needs": {"data": 1},
        "wordings": [{"id": "w", "text": "文"}],
    }
    return {"conditions": named, "selling": selling, "offers": [offer], "rules": rules}


def sensible(content: dict[str, Any]) -> dict[str, Any]:
    """What makes no sense is left out."""
    named = {"conditions": content["conditions"]}
    rules = [rule for rule in content["rules"] if is_read({**named, "rules": [rule]})]
    assume(rules)
    content = {**content, "rules": rules}
    return content if is_read(content) else {**named, "rules": rules}


def is_read(content: dict[str, Any]) -> bool:
    try:
        playbook_with(content)
    except PlaybookError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_named_conditions_say_and_remember_what_the_written_out_ones_do(data: st.DataObject) -> None:
    content = sensible(data.draw(contents()))
    named = playbook_with(content)
    plain = playbook_with(
        {key: written_out(content[key], content["conditions"]) for key in content if key != "conditions"}
    )
    facts = data.draw(calls(plain))
    assert run(named, facts) == run(plain, facts)
    assert (named.phrases, named.index.awake_at_first) == (plain.phrases, plain.index.awake_at_first)


def test_a_rule_may_be_nothing_but_a_name() -> None:
    named = playbook_of(
        "  - {id: r, party: customer, condition: gives-up, because: 因, emit: {flag: {title: 题}}}\n",
        more="conditions: {gives-up: {phrase: 算了, not: {phrase: 算了吧}}}",
    )
    plain = rule_of("phrase: 算了\n    not: {phrase: 算了吧}", party="customer")
    assert named.rules[0].condition == plain.rules[0].condition
    assert Dialogue(named).customer("我看算了").flags() == [("r-1", "breach")]


def test_a_use_looks_at_the_words_of_its_place_unless_the_condition_says_whose() -> None:
    own = "conditions: {thanks: {phrase: 谢谢}, thanked: {party: customer, phrase: 谢谢}}"
    agents = playbook_of(
        "  - {id: r, party: agent, condition: thanks, because: 因, emit: {flag: {title: 题}}}\n", more=f"{own}\n"
    )
    both = playbook_of(
        "  - {id: r, party: agent, all: [{condition: thanked}], because: 因, emit: {flag: {title: 题}}}\n"
        "  - {id: s, all: [{party: agent, condition: thanks}], because: 因, emit: {flag: {title: 题}}}\n",
        more=own,
    )
    assert Dialogue(agents).customer("谢谢").agent("谢谢").flags() == [("r-1", "breach")]
    assert Dialogue(both).customer("谢谢").flags() == [("r-1", "breach")]
    assert Dialogue(both).agent("谢谢").flags() == [("s-1", "breach")]


def test_each_use_remembers_by_itself() -> None:
    playbook = playbook_of(
        "  - {id: ever, party: customer, condition: twice, because: 因, emit: {flag: {title: 题}}}\n"
        "  - {id: late, party: customer, condition: twice, scope: {after: {phrase: 转接}}, because: 因,"
        " emit: {flag: {title: 题}}}\n",
        more="conditions: {twice: {count: {what: {phrase: 投诉}, min: 2}}}",
    )
    call = Dialogue(playbook).customer("投诉").customer("转接").customer("投诉").customer("投诉")
    assert call.flags() == [("ever-1", "breach"), ("ever-2", "breach"), ("late-1", "breach")]


def test_tags_and_offers_use_conditions_on_facts() -> None:
    playbook = parse_playbook(
        """
name: t
version: 1
title: 试
conditions:
  pays-much: {fact: {path: customer.arpu, min: 150}}
  dear-to-us: {any: [{condition: pays-much}, {fact: {path: customer.level, is: 金卡}}]}
  dear-by-tag: {tag: valuable}
tags: [{id: valuable, title: 高价值, condition: dear-to-us}]
selling: {needs: [{id: data, title: 要流量, request: true, phrase: 流量}]}
offers:
  - {id: p, title: 包, product: d, needs: {data: 1}, wordings: [{id: w, text: 文}], eligible: {condition: dear-by-tag}}
rules: [{id: r, phrase: 您好, set: {greeted: true}}]
"""
    )
    state, advice = advise(playbook, begin(playbook), Known({"customer.level": "金卡"}))
    assert state.tags == {"valuable": Truth.TRUE}
    assert [tag.because for tag in only(CustomerTagged, advice)[0].tags] == [{"customer.level": "金卡"}]
    dear = Dialogue(playbook).fact(0, Known({"customer.level": "金卡"})).customer("流量不够")
    other = Dialogue(playbook).fact(0, Known({"customer.level": "银卡"})).customer("流量不够")
    assert (len(only(Prompt, dear.advice())), len(only(Prompt, other.advice()))) == (1, 0)


USED = "rules:\n  - {id: r, condition: a, set: {x: true}}\n"


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("conditions: {upset: {phrase: 投诉}}\nrules: [{id: r, condition: upste, set: {x: true}}]", 5,
         "rule 'r': condition: no condition 'upste'; did you mean 'upset'?"),
        ("rules: [{id: r, condition: upset, set: {x: true}}]", 4, "no condition 'upset'; known are none"),
        (f"conditions:\n  a: {{phras: 投诉}}\n{USED}", 5,
         "condition 'a': unknown key 'phras'; did you mean 'phrase'?"),
        (f"conditions:\n  a: {{any: [{{condition: b}}]}}\n  b: {{not: {{condition: a}}}}\n{USED}", 6,
         "condition 'b': condition: 'a' leads back to itself: a → b → a"),
        (f"conditions:\n  a: {{not: {{condition: a}}}}\n{USED}", 5, "'a' leads back to itself: a → a"),
        (f"conditions:\n  a: {{}}\n{USED}", 5, "condition 'a': condition: no operator"),
        (f"conditions:\n  A: {{phrase: 投诉}}\n{USED}", 5, "condition 'A': expected small letters"),
        (f"conditions:\n  a: {{state: {{y: true}}}}\n{USED}", 5, "state 'y': no rule sets it"),
        (f"conditions:\n  a: {{all: [{{silence: {{}}}}, {{phrase: 投诉}}]}}\n{USED}", 5, "true at the same moment"),
        ("conditions:\n  a: {phrase: 投诉}\ntags:\n  - {id: t, title: 签, condition: a}\n"
         "rules: [{id: r, tag: t, set: {x: true}}]", 7,
         r"tag 't': condition 'a': unknown key 'phrase'; known are all, .* \(line 5\)"),
        ("conditions:\n  a: {talk_share: {min_percent: 60}}\nrules:\n  - {id: r, condition: a, set: {x: true}}", 7,
         r"rule 'r': condition 'a': talk_share: needs a party; .* \(line 5\)"),
        ("questions: {solved: {ask: 解决了吗？, answers: [是, 否]}}\nconditions:\n  a: {judge: {solved: 否}}\n"
         "rules: [{id: r, not: {condition: a}, set: {x: true}}]", 6, "rule 'r': condition 'a': judge: is answered"),
        (f"conditions: [a]\n{USED}", 4, "conditions: expected keys and values"),
        (f"conditions:\n  a: {{phrase: 投诉}}\n{USED.replace('condition: a', 'condition: [a]')}", 7, "expected text"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_place(text: str, line: int, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint.replace("?", r"\?").replace("→", "→")) as refused:
        parse_playbook(f"name: t\nversion: 1\ntitle: 试\n{text}\n", "t.yaml")
    assert refused.value.line == line


def test_a_broken_condition_is_told_once_however_often_it_is_used() -> None:
    playbook, found = check_playbook(
        "name: t\nversion: 1\ntitle: 试\nconditions:\n  a: {phras: 投诉}\n  b: {not: {condition: a}}\nrules:\n"
        "  - {id: r, condition: a, set: {x: true}}\n"
        "  - {id: s, condition: b, set: {y: true}}\n"
        "  - {id: t, phrase: 投诉, sett: 1}\n"
    )
    assert playbook is None
    assert [one.line for one in found] == [5, 10]


def test_a_circle_is_told_once() -> None:
    _, found = check_playbook(
        "name: t\nversion: 1\ntitle: 试\nconditions:\n  a: {condition: b}\n  b: {condition: c}\n  c: {condition: a}\n"
        + USED
    )
    assert [(one.line, one.reason) for one in found] == [
        (7, "condition 'c': condition: 'a' leads back to itself: a → b → c → a")
    ]


def test_names_that_nothing_uses_are_told() -> None:
    playbook = playbook_of(
        "  - {id: r, condition: outer, set: {x: true}}\n",
        more="conditions:\n  inner: {phrase: 一}\n  outer: {not: {condition: inner}}\n  left: {condition: mine}\n"
        "  mine: {phrase: 二}",
    )
    assert [(one.name, one.line) for one in playbook.unused_conditions] == [("left", 7), ("mine", 8)]
    assert playbook.unused_conditions[0].message == "nothing uses the condition 'left'"


def test_labels_of_a_condition_are_asked_for_once() -> None:
    playbook = playbook_of(
        "  - {id: r, condition: a, set: {x: true}}\n  - {id: s, condition: a, set: {y: true}}\n",
        more="conditions: {a: {intent: refuse}}",
    )
    assert [asked.label for asked in playbook.labels] == ["refuse"]


def test_names_inside_names_have_an_end() -> None:
    chain = "".join(f"  c{at}: {{not: {{condition: c{at + 1}}}}}\n" for at in range(4))
    rule = "  - {id: r, condition: c1, set: {x: true}}\n"
    assert playbook_of(
        rule, more=f"conditions:\n{chain}  c4: {{phrase: 一}}".replace("  c0: {not: {condition: c1}}\n", "")
    )
    with pytest.raises(PlaybookError, match="'c4' stands inside 4 others; that is the most"):
        playbook_of(rule, more=f"conditions:\n{chain}  c4: {{phrase: 一}}")


def test_names_do_not_make_a_small_file_a_large_playbook() -> None:
    many, phrases = ["{condition: b}"] * 100, ["长" * 40] * 40
    names = (
        f"conditions:\n  a: {{any: [{', '.join(many)}]}}\n"
        f"  b: {{any: [{', '.join(many).replace('b', 'c')}]}}\n  c: {{phrase: [{', '.join(phrases)}]}}"
    )
    rules = "".join(f"  - {{id: r{at}, condition: a, set: {{x: true}}}}\n" for at in range(2))
    with pytest.raises(PlaybookError, match="named conditions hold over 1048576 characters"):
        playbook_of(rules, more=names)
