"""Chinese text as it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.text import Character, Scribe, words_of

scribe = Scribe()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("您好,請問有什麼可以幫您?", "您好，请问有什么可以帮您？"),
        ("天然氣用戶.", "天然气用户。"),
        ("我想办 5G 套餐, 79.5元", "我想办5G套餐，79.5元"),
        ("这个 plan 好 吗 ? 好.", "这个plan好吗？好。"),
        ("好的 请您稍等 我帮您查一下", "好的，请您稍等，我帮您查一下"),
        ("iPhone 15 Pro。。", "iPhone 15 Pro。"),
        ("1,200元,对吧.", "1,200元，对吧。"),
        ("10:30!", "10:30！"),
        ("，好的", "好的"),
        ("  ", ""),
    ],
)
def test_written_form(raw: str, shown: str) -> None:
    assert scribe.write(raw) == shown


def characters(text: str) -> list[Character]:
    return [Character(letter, 10 * place, 10 * place + 10, 0.5 + place / 100) for place, letter in enumerate(text)]


def test_each_chinese_character_is_a_word_and_latin_runs_are_one() -> None:
    words = words_of(scribe.simplified(characters("辦5G,79.5元。 OK")))
    assert [word.text for word in words] == ["办", "5G", "79.5", "元", "OK"]
    assert (words[2].start_ms, words[2].end_ms, words[2].confidence) == (40, 80, pytest.approx(0.54))


raw_text = st.text(st.sampled_from("您請問嗎幹乾一二5G7.,?!:%' a-B。，\u3000"), max_size=30)


@given(raw_text)
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(scribe.simplify(text)) == len(text)


@given(raw_text)
def test_writing_twice_changes_nothing(text: str) -> None:
    once = scribe.write(text)
    assert scribe.write(once) == once


@given(raw_text)
def test_words_occur_in_the_written_text_in_order(text: str) -> None:
    rest = scribe.write(text)
    for word in words_of(scribe.simplified(characters(text))):
        assert word.text in rest
        rest = rest[rest.index(word.text) + len(word.text) :]


@pytest.mark.parametrize(
    ("raw", "simplified"),
    [
        ("人員帶著客戶", "人员带着客户"),
        ("著急，意味著，看著著名的名著", "着急，意味着，看着著名的名著"),
        ("帳單，轉帳，帳篷，蚊帳", "账单，转账，帐篷，蚊帐"),
        ("显著，原著，专著，著作", "显著，原著，专著，著作"),
        ("妳說甚麼", "你说什么"),
        ("手机坏了，真么着", "手机坏了，真么着"),
    ],
)
def test_script_is_the_mainlands(raw: str, simplified: str) -> None:
    assert scribe.simplify(raw) == simplified


def test_error_rates_are_counted_in_plain_t2s() -> None:
    assert scribe.simplify_plainly("看著帳單") == "看著帐单"
