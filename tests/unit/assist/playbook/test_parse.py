"""A playbook that cannot be used is refused with its line and the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import PlaybookError
from assist.messages import Term
from assist.playbook import load_playbook, parse_playbook
from assist.playbook.reader import MAX_PLAYBOOK_BYTES

GOOD = """\
name: test
version: 1
title: 试
phrase_sets:
  no: [不要, 不用]
  all-no: [$no, 算了]
rules:
  - id: refused
    title: 拒绝
    party: customer
    phrase: {any: [$all-no, 改天]}
    because: 客户说“{quote}”
    emit: {flag: {}}
"""


def refusal(text: str) -> PlaybookError:
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(text, "p.yaml")
    return caught.value


def test_phrases_are_collected_once_in_order() -> None:
    playbook = parse_playbook(GOOD)
    assert [phrase.text for phrase in playbook.phrases] == ["不要", "不用", "算了", "改天"]
    assert playbook.reference == "test@1"


def test_digest_ignores_comments_layout_and_key_order_but_not_content() -> None:
    same = parse_playbook(GOOD.replace("name: test\n", "").replace("title: 试", "title:   试 # 试\nname: 'test'"))
    other = parse_playbook(GOOD.replace("改天", "明天"))
    assert parse_playbook(GOOD).digest == same.digest != other.digest


def test_short_phrases_are_not_matched_by_sound() -> None:
    playbook = parse_playbook(GOOD.replace("改天", "贵"))
    assert {phrase.text: phrase.sounds_like for phrase in playbook.phrases}["贵"] is False


def test_one_phrase_of_two_rules_is_listened_for_as_the_laxer_asks() -> None:
    more = GOOD + (
        "  - id: strict\n    title: 二\n    phrase: {any: [改天, 下次], sounds_like: false}\n    because: 因\n"
        "    emit: {flag: {}}\n"
    )
    sounds = {phrase.text: phrase.sounds_like for phrase in parse_playbook(more).phrases}
    assert sounds["改天"] is True
    assert sounds["下次"] is False


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: test", "name: Test", 1, "name"),
        ("version: 1", "version: [1]", 2, "version"),
        ("title: 试\n", "title: 试\nrulez: 1\n", 4, "did you mean 'rules'"),
        ("title: 试\n", "title: 试\ntitle: 试\n", 4, "twice"),
        ("[不要, 不用]", "[不要, 39]", 5, "quotes"),
        ("[不要, 不用]", "[不要, '……']", 5, "no words"),
        ("[$no, 算了]", "[$nope, 算了]", 6, "no phrase set 'nope'"),
        ("id: refused", "id: 拒绝", 8, "id"),
        ("party: customer", "party: caller", 10, "party"),
        ("phrase: {any: [$all-no, 改天]}", "phrase: {some: [改天]}", 11, "'some'"),
        ("phrase: {any: [$all-no, 改天]}", "phrase: {sounds_like: false}", 11, "phrase"),
        ("phrase: {any: [$all-no, 改天]}", "phrase: {any: [改天], min_score: 101}", 11, "min_score"),
        ("phrase: {any: [$all-no, 改天]}", "phrases: 改天", 11, "did you mean 'phrase'"),
        ("phrase: {any: [$all-no, 改天]}", "severity: minor", 8, "no operator"),
        ("phrase: {any: [$all-no, 改天]}", "absent: {what: {phrase: 您好}}", 11, "by_turn"),
        ("phrase: {any: [$all-no, 改天]}", "silence: {min_ms: -5}", 11, "silence: min_ms"),
        ("phrase: {any: [$all-no, 改天]}", "state: {upset: true}", 11, "no rule sets it"),
        ("phrase: {any: [$all-no, 改天]}", "silence: {}\n    phrase: 您好", 8, "never true at the same moment"),
        ("phrase: {any: [$all-no, 改天]}", "phrase: 改天\n    when: close", 12, "never true at that time"),
        ("phrase: {any: [$all-no, 改天]}", "phrase: 改天\n    min_confidence: 1.5", 12, "min_confidence"),
        ("because: 客户说“{quote}”", "because: 客户说“{qoute}”", 12, "{qoute}"),
        ("    because: 客户说“{quote}”\n", "", 8, "because"),
        ("emit: {flag: {}}", "emit: {}", 13, "emit"),
        ("emit: {flag: {}}", "emit: {prompt: {kind: joke, title: 题, body: 文}}", 13, "kind"),
        ("    emit: {flag: {}}\n", "", 8, "emit or a set"),
        ("emit: {flag: {}}", "emit: {flag: *x}", 13, "anchors"),
        ("emit: {flag: {}}", "emit: {flag: &x {}}", 13, "anchors"),
        ("emit: {flag: {}}", "emit: {flag: {}", 14, "not YAML"),
        ("emit: {flag: {}}", "emit: {flag: {title: !!python/name:os.system x}}", 13, "title"),
        ("emit: {flag: {}}", "emit: " + "[" * 60, 13, "nested"),
        (
            "emit: {flag: {}}",
            "emit: {flag: {}}\n  - id: refused\n    phrase: 一一\n    set: {a: 1}",
            14,
            "already taken",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_field(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    error = refusal(GOOD.replace(old, new))
    assert (error.code, error.line) == ("bad-playbook", line)
    assert words in error.message
    assert error.message.startswith(f"p.yaml:{line}: ")


@pytest.mark.parametrize("text", ["", "# nothing", "- a", "x", "a: \x00", '"\\U99999999"', '"\\ud800": 1'])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    assert refusal(text).path == "p.yaml"


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    assert "bytes" in refusal("#" * (MAX_PLAYBOOK_BYTES + 1)).message


def test_load_reports_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"missing\.yaml"):
        load_playbook(tmp_path / "missing.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"name: a\ntitle: \xff\n")
    with pytest.raises(PlaybookError, match="UTF-8") as caught:
        load_playbook(bad)
    assert caught.value.line == 2


def test_lexicon_holds_names_and_their_known_mishearings() -> None:
    playbook = parse_playbook(GOOD + "lexicon:\n  - 畅享套餐\n  - {term: 亲情网, heard_as: [清晰网]}\n")
    assert playbook.lexicon == (Term("畅享套餐", "playbook"), Term("亲情网", "playbook", ("清晰网",)))
    assert parse_playbook(GOOD).lexicon == ()


@pytest.mark.parametrize(
    ("lexicon", "complaint"),
    [
        ("[畅享套餐, 畅享套餐]", "twice"),
        ("[卡]", "two letters"),
        ("[" + "长" * 33 + "]", "32 characters"),
        ("[{heard_as: [清晰网]}]", "'term' is missing"),
        ("[{term: 亲情网, sounds: [清晰网]}]", "unknown key 'sounds'"),
        ("{畅享套餐: 1}", "expected a list"),
    ],
)
def test_a_lexicon_that_cannot_be_used_is_refused_with_its_line(lexicon: str, complaint: str) -> None:
    error = refusal(GOOD + f"lexicon: {lexicon}\n")
    assert complaint in str(error)
    assert error.line == GOOD.count("\n") + 1
