"""Stable text of a running transcript."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asr.stable import Draft, StableSettings, StableText, join_window
from asr.text import Character

AGREE = StableSettings(agreeing=2, agreeing_unscored=2, sureness=0.6)


def draft(text: str, *sureness: float) -> Draft:
    """Sure of every character for which nothing else is said."""
    return Draft(text, (*sureness, *(0.9 for _ in text[len(sureness) :])))


def shown(*hypotheses: Draft, settings: StableSettings = AGREE) -> StableText:
    text = StableText(settings)
    for hypothesis in hypotheses:
        text.update(hypothesis)
    return text


def test_nothing_is_stable_after_one_hypothesis() -> None:
    text = shown(draft("您好请问"))
    assert (text.text, text.stable_chars) == ("您好请问", 0)


def test_what_two_hypotheses_share_is_stable() -> None:
    text = shown(draft("您好请问"), draft("您好请闻有什么"))
    assert (text.text, text.stable_chars) == ("您好请闻有什么", 3)


def test_a_character_the_recogniser_is_unsure_of_holds_back_all_after_it() -> None:
    text = shown(draft("您好请问"), draft("您好请问", 0.9, 0.9, 0.3))
    assert text.stable_chars == 2
    assert text.update(draft("您好请问", 0.9, 0.9, 0.7))
    assert text.stable_chars == 4


def test_without_probabilities_more_hypotheses_must_agree() -> None:
    patient = StableSettings(agreeing=2, agreeing_unscored=3)
    unscored = Draft.of("您好")
    assert shown(unscored, unscored, settings=patient).stable_chars == 0
    assert shown(unscored, unscored, unscored, settings=patient).stable_chars == 2


def test_what_was_decoded_as_a_final_is_needs_no_second_hypothesis() -> None:
    text = StableText(AGREE)
    text.update(draft("太贵了吧", 0.9, 0.9, 0.9, 0.3), is_careful=True)
    assert text.stable_chars == 3


def test_the_last_character_may_be_half_a_word_while_speech_goes_on() -> None:
    text = shown(draft("您好请", 0.9, 0.8, 0.7))
    assert text.sureness == (0.9, 0.8, 0.0)
    text.update(draft("您好请", 0.9, 0.8, 0.5), is_careful=True)
    assert text.sureness == (0.9, 0.8, 0.5)


def test_stable_text_outlives_a_hypothesis_that_contradicts_it() -> None:
    text = shown(draft("您好请问"), draft("您好请问"), draft("你好请问一下"))
    assert (text.text, text.stable_chars) == ("您好请问一下", 4)


def test_a_hypothesis_goes_on_where_the_stable_text_ends_even_if_it_counts_otherwise() -> None:
    text = shown(draft("我想查流量"), draft("我想查流量"), draft("哎我想查流量还剩多少"))
    assert text.text == "我想查流量还剩多少"


def test_an_equal_hypothesis_changes_nothing_once_it_is_stable() -> None:
    text = StableText(AGREE)
    assert text.update(draft("您好"))
    assert text.update(draft("您好"))
    assert not text.update(draft("您好"))


def test_a_window_continues_the_text_where_they_agree() -> None:
    joined = join_window(draft("我想办一个流量套餐", 0.1), draft("流量套餐多少钱", 0.2))
    assert joined is not None
    assert joined.text == "我想办一个流量套餐多少钱"
    assert (joined.sureness[0], joined.sureness[5]) == (0.1, 0.2)


def test_a_window_without_common_stretch_is_passed_over() -> None:
    text = shown(draft("我想办一个流量套餐"))
    assert not text.update(draft("完全不同的话"), is_window=True)
    assert text.text == "我想办一个流量套餐"


def test_rewritten_characters_are_as_sure_as_the_least_sure_of_what_they_stand_for() -> None:
    heard = [Character(letter, 0, 0, sure) for letter, sure in zip("要128元", (0.9, 0.8, 0.4, 0.7, 0.95), strict=True)]
    written = Draft.of("要，一百二十八元", heard)
    assert written.sureness[0] == 0.9
    assert set(written.sureness[1:-1]) == {0.4}
    assert written.sureness[-1] == 0.95


hypotheses = st.lists(
    st.tuples(st.text("一二三四", max_size=12), st.floats(0, 1), st.booleans()),
    max_size=12,
)


@given(hypotheses)
def test_stable_text_only_grows(updates: list[tuple[str, float, bool]]) -> None:
    text = StableText(AGREE)
    stable = ""
    for heard, sure, is_window in updates:
        text.update(Draft(heard, (sure,) * len(heard)), is_window=is_window)
        assert text.text[: text.stable_chars].startswith(stable)
        assert text.stable_chars <= len(text.text)
        stable = text.text[: text.stable_chars]


@given(st.text("要一百二八元，", max_size=12), st.text("要1289元", max_size=12))
def test_every_written_character_has_its_sureness(written: str, raw: str) -> None:
    draft = Draft.of(written, [Character(letter, 0, 0, 0.5) for letter in raw])
    assert len(draft.sureness) == len(written)
    assert all(sure is None or sure == 0.5 for sure in draft.sureness)
