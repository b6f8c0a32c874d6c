"""A playbook's phrases are found in spite of recognition errors, and not where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import PhraseSignal
from assist.playbook import Phrase
from nlp.phrases import PhraseAnalyser, PhraseFinder
from tests.support.dialogue import playbook_of, utterance_of


def found(text: str, *phrases: str) -> list[tuple[str, str, str]]:
    """Phrase, kind of match and quote of every hit."""
    finder = PhraseFinder([Phrase(phrase) for phrase in phrases])
    return [(hit.phrase.text, hit.match, text[start:end]) for hit, (start, end) in finder.find(text)]


@pytest.mark.parametrize(
    ("text", "phrase", "quote"),
    [
        ("我要携号转网。", "携号转网", "携号转网"),
        ("每月，20 元吧", "二十元", "20 元"),
        ("这个要２个ｇ", "两个G", "２个ｇ"),
        ("你，稍等", "您稍等", "你，稍等"),
        ("打10086吧", "一零零八六", "10086"),
    ],
)
def test_phrases_are_found_as_written(text: str, phrase: str, quote: str) -> None:
    assert found(text, phrase) == [(phrase, "exact", quote)]


@pytest.mark.parametrize(
    ("text", "phrase", "quote"),
    [
        ("我要斜好转网", "携号转网", "斜好转网"),
        ("那个方心包", "放心包", "方心包"),
        ("我不须要", "不需要", "不须要"),
        ("这个牛量包", "流量包", "牛量包"),
        ("给您退荐一个", "推荐", "退荐"),
        ("有点跪啊", "有点贵", "有点跪"),
        ("再好虑一下", "再考虑一下", "再好虑一下"),
        ("没有为烟筋", "没有违约金", "没有为烟筋"),
        ("每个月自动洗腿", "自动续费", None),
    ],
)
def test_phrases_are_found_by_sound(text: str, phrase: str, quote: str | None) -> None:
    assert found(text, phrase) == ([] if quote is None else [(phrase, "pinyin", quote)])


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("现在可以报名", "现在可以办理"),
        ("请问有什么可以帮您", "还有什么可以帮您"),
        ("好，不用这个", "耗不"),
        ("报收费", "包月"),
        ("跪", "贵"),
        ("123456", "12315"),
    ],
)
def test_what_was_not_said_is_not_found(text: str, phrase: str) -> None:
    sounds_like = phrase != "贵"
    assert PhraseFinder([Phrase(phrase, sounds_like=sounds_like, min_score=90)]).find(text) == []


def test_a_phrase_may_be_listened_for_only_as_written() -> None:
    assert PhraseFinder([Phrase("携号转网", sounds_like=False)]).find("斜好转网") == []


def test_a_phrase_inside_another_is_found_too() -> None:
    assert found("给您推荐一个", "推荐", "给您推荐") == [("给您推荐", "exact", "给您推荐"), ("推荐", "exact", "推荐")]


def test_what_stands_written_is_not_heard_as_something_else() -> None:
    assert found("可以介绍", "可以介绍", "可以接受") == [("可以介绍", "exact", "可以介绍")]


def test_the_likest_of_two_phrases_in_one_place_wins() -> None:
    assert {hit[0] for hit in found("斜号转网", "携号转网", "写好专网")} == {"携号转网", "写好专网"}
    assert [hit[0] for hit in found("要偷诉", "要投诉", "要投树")] == ["要投诉"]


def test_nothing_is_found_without_phrases_or_words() -> None:
    assert PhraseFinder([]).find("您好") == []
    assert found("……", "您好") == []


async def test_signals_carry_span_quote_and_the_times_of_the_words() -> None:
    playbook = playbook_of("  - {id: r, title: 试, phrase: 携号转网, because: 因, emit: {flag: {}}}")
    utterance = utterance_of(1, "customer", "我要，斜好转网", 1_000, 1_700, 0.9)
    assert await PhraseAnalyser().open_call(playbook).analyse(utterance) == [
        PhraseSignal(
            utterance_id="u1",
            party="customer",
            label="携号转网",
            score=1.0,
            start_ms=1_300,
            end_ms=1_700,
            span=(3, 7),
            quote="斜好转网",
            source="phrases@1",
            match="pinyin",
        )
    ]


def test_compiled_playbooks_are_kept_up_to_the_bound() -> None:
    analyser = PhraseAnalyser(max_playbooks=2)
    books = [playbook_of(f"  - {{id: r{n}, phrase: 您好, set: {{a: 1}}}}") for n in range(3)]
    first = analyser.prepare(books[0])
    assert analyser.prepare(books[0]) is first
    analyser.prepare(books[1])
    analyser.prepare(books[2])
    assert analyser.prepare(books[0]) is not first


FINDER = PhraseFinder([Phrase(text) for text in ("不需要", "流量包", "太贵了", "携号转网", "二十元", "5G套餐")])


@given(st.text(alphabet="不需要流量包太贵了携号转网二十元5G套餐，。 斜好20", max_size=40))
def test_hits_lie_in_the_text_in_order(text: str) -> None:
    hits = FINDER.find(text)
    assert hits == FINDER.find(text)
    assert [hit.start for hit, _ in hits] == sorted(hit.start for hit, _ in hits)
    for hit, (start, end) in hits:
        assert 0 <= start < end <= len(text)
        assert 0.85 <= hit.score <= 1.0
