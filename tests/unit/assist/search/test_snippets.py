"""What of a call is shown to whoever found it."""

from __future__ import annotations

from assist.search.document import Line
from assist.search.query import Said
from assist.search.snippets import AROUND_CHARS, MAX_SNIPPETS, snippets_of


def lines(*texts: str) -> list[Line]:
    return [Line(f"u{place}", "customer", place * 1_000, place * 1_000 + 900, text) for place, text in enumerate(texts)]


def marked(texts: list[Line], *words: str) -> list[tuple[str, list[str]]]:
    found = snippets_of(texts, [Said(one) for one in words])
    return [(one.text, [one.text[start:end] for start, end in one.marks]) for one in found]


def test_utterances_with_the_most_of_the_words_are_shown_in_the_order_of_the_call() -> None:
    texts = lines("宽带", "宽带慢", "慢", "无关", "宽带很慢", "宽带")
    assert marked(texts, "宽带", "慢") == [("宽带", ["宽带"]), ("宽带慢", ["宽带慢"]), ("宽带很慢", ["宽带", "慢"])]
    assert len(marked(texts, "宽带", "慢")) == MAX_SNIPPETS


def test_words_of_one_party_are_not_marked_in_the_words_of_the_other() -> None:
    assert snippets_of(lines("宽带"), [Said("宽带", "agent")]) == ()


def test_a_long_utterance_is_cut_around_the_first_words() -> None:
    before, after = "前" * 100, "后" * 200
    (snippet,) = snippets_of(lines(f"{before}宽带{after}"), [Said("宽带")])
    assert snippet.is_cut
    assert snippet.text == "前" * AROUND_CHARS + "宽带" + "后" * 2 * AROUND_CHARS
    assert snippet.marks == ((AROUND_CHARS, AROUND_CHARS + 2),)


def test_words_are_marked_in_the_form_in_which_they_are_found() -> None:
    line = Line("u", "agent", 0, 900, "128元一个月", "一百二十八元一个月")
    (shown,) = snippets_of([line], [Said("128元")])
    (spoken,) = snippets_of([line], [Said("一百二十八")])
    assert (shown.text, spoken.text) == ("128元一个月", "一百二十八元一个月")
