"""docs/playbooks.md names every operator and key of the rule language, and its example is a playbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assist.playbook import failures_in, parse_playbook
from assist.playbook.conditions import OPERATORS
from assist.playbook.rules import RULE_KEYS
from tests.support.dialogue import phrases_in, playbook_of

PAGE = (Path(__file__).parents[4] / "docs" / "playbooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*OPERATORS, *RULE_KEYS])
def test_the_page_names(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_example_of_the_page_is_a_playbook() -> None:
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    states = (
        "  - {id: upset, phrase: 投诉, set: {upset: true}}\n  - {id: refused, phrase: $refusal, set: {refused: true}}\n"
    )
    assert parse_playbook(example + states).reference == "telecom@1"


def test_the_questions_of_the_page_and_their_cases_hold() -> None:
    example = PAGE.partition("## Questions to a model")[2].partition("```yaml\n")[2].partition("```")[0]
    playbook = parse_playbook(f"name: t\nversion: 1\ntitle: 试\n{example}")
    assert [len(rule.cases) for rule in playbook.rules] == [3]
    assert list(failures_in(playbook, lambda heard: phrases_in(heard, playbook))) == []


def test_the_named_conditions_of_the_page_are_used_and_their_cases_hold() -> None:
    example = PAGE.partition("### Named conditions")[2].partition("```yaml\n")[2].partition("```")[0]
    playbook = parse_playbook(f"name: t\nversion: 1\ntitle: 试\n{example}")
    assert playbook.unused_conditions == ()
    assert list(failures_in(playbook, lambda heard: phrases_in(heard, playbook))) == []


def test_the_cases_of_the_page_hold() -> None:
    rule = PAGE.partition("## Cases")[2].partition("```yaml\n")[2].partition("```")[0]
    sets = "phrase_sets: {upset: [乱扣费, 多扣了], empathy: [非常抱歉]}"
    playbook = playbook_of(rule, more=sets)
    assert len(playbook.rules[0].cases) == 3
    assert list(failures_in(playbook, lambda heard: phrases_in(heard, playbook))) == []


def asked_otherwise() -> list[str]:
    """The conditions in the table of what is asked for in other words."""
    table = PAGE.partition("## Asked for in other words")[2].partition("\n## ")[0]
    named = re.findall(r"`(\{.*?\}|\w+: [\[{\"].*?)`", table)
    return [one.removeprefix("{").removesuffix("}") if one.startswith("{") else one for one in named]


@pytest.mark.parametrize("condition", asked_otherwise())
def test_what_is_asked_for_in_other_words_can_be_written(condition: str) -> None:
    joined = condition if "scope: " not in condition or ", scope: " in condition else f"phrase: 您好, {condition}"
    rule = f"  - {{id: r, title: 试, {joined}, because: 因为, emit: {{flag: {{}}}}}}\n"
    assert playbook_of(rule).rules[0].rule_id == "r"


def test_the_table_of_other_words_is_found() -> None:
    assert len(asked_otherwise()) > 15
