"""All that is wrong with a playbook is told at once."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.playbook import check_playbook, parse_playbook

HEAD = "name: small\nversion: 1\ntitle: 小\n"


def complaints(text: str) -> list[tuple[int | None, str]]:
    playbook, found = check_playbook(text)
    assert playbook is None
    return [(one.line, one.reason) for one in found]


def test_a_good_text_is_the_playbook_that_parsing_gives() -> None:
    text = f"{HEAD}rules:\n  - {{id: r, phrase: 您好, set: {{a: 1}}}}\n"
    playbook, found = check_playbook(text)
    assert list(found) == []
    assert playbook == parse_playbook(text)


def test_every_rule_set_and_section_has_its_complaint_in_the_order_of_lines() -> None:
    text = (
        f"{HEAD}etiquette: {{max_open_prompts: 99}}\n"
        "phrase_sets:\n  empty: []\n  fine: [您好]\n"
        "rules:\n"
        "  - {id: a, phrase: $empty, set: {greeted: true}, severity: huge}\n"
        "  - {id: b, phrase: $fine, set: {b: true}}\n"
        "  - {id: c, state: {greeted: true}, set: {c: true}, titel: x}\n"
        "  - {id: b, phrase: $fine, set: {b: true}}\n"
    )
    found = complaints(text)
    assert [line for line, _ in found] == [4, 6, 9, 11, 12]
    assert "did you mean 'title'" in found[3][1]
    assert "already taken in line 10" in found[4][1]


def test_what_follows_from_a_broken_part_is_no_complaint_of_its_own() -> None:
    text = (
        f"{HEAD}phrase_sets: {{broken: 7}}\nrules:\n"
        "  - {id: a, phrase: $broken, set: {seen: true}, party: nobody}\n"
        "  - {id: b, state: {seen: true}, set: {b: true}}\n"
    )
    assert [line for line, _ in complaints(text)] == [4, 6]


@pytest.mark.parametrize("text", ["", "name: [", "- 1\n", f"{HEAD}rules: 3\n", "name: small\n"])
def test_a_text_that_is_no_playbook_has_one_complaint(text: str) -> None:
    assert len(complaints(text)) == 1


def test_the_first_complaint_is_the_one_of_parsing() -> None:
    text = f"{HEAD}rules:\n  - {{id: a}}\n  - {{id: b}}\n"
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(text, "x.yaml")
    assert (caught.value.line, caught.value.reason) == complaints(text)[0]
    assert str(caught.value) == f"x.yaml:5: {caught.value.reason}"
