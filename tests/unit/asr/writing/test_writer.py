"""An utterance written from what was heard."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.text import Character, Scribe
from asr.writing.writer import Writer
from assist.messages import Correction, Term
from nlp.lexicon import Lexicon

scribe = Scribe()
plain = Writer(scribe)
knowing = Writer(scribe, Lexicon((Term("畅享套餐", "playbook"), Term("59元畅享套餐", "playbook"))))


def heard(text: str, confidence: float = 0.9) -> tuple[Character, ...]:
    return tuple(Character(letter, 100 * place, 100 * place + 100, confidence) for place, letter in enumerate(text))


def test_text_is_what_was_said_and_display_text_what_people_read() -> None:
    written = plain.write(heard("套餐每月128元,還剩20%。"))
    assert written.text == "套餐每月一百二十八元，还剩百分之二十。"
    assert written.display_text == "套餐每月128元，还剩20%。"
    assert written.recognised == "套餐每月128元，还剩20%。"
    assert [(written.text[one.start : one.end], one.written) for one in written.rewrites] == [
        ("一百二十八", "128"),
        ("百分之二十", "20%"),
    ]


def test_text_without_numbers_has_no_other_form() -> None:
    written = plain.write(heard("您好,請問。"))
    assert (written.text, written.display_text, written.rewrites, written.corrections) == ("您好，请问。", None, (), ())


def test_the_words_of_a_number_share_its_time_and_its_confidence() -> None:
    characters = (*heard("扣12", 0.9)[:2], Character("2", 200, 300, 0.4), Character("元", 300, 400, 0.8))
    words = plain.write(characters).words
    assert "".join(word.text for word in words) == "扣十二元"
    assert [(word.start_ms, word.end_ms) for word in words] == [(0, 100), (100, 200), (200, 300), (300, 400)]
    assert [word.confidence for word in words] == [0.9, 0.4, 0.4, 0.8]


def test_corrections_stand_where_the_text_has_them() -> None:
    written = knowing.write(heard("办2个唱响套餐"))
    assert written.text == "办两个畅享套餐"
    (correction,) = written.corrections
    assert written.text[correction.start : correction.end] == correction.written == "畅享套餐"
    assert correction.heard == "唱响套餐"
    assert "".join(word.text for word in written.words) == written.text


def test_a_name_with_digits_is_written_as_it_is_said_and_shown_in_digits() -> None:
    written = knowing.write(heard("我要59元唱响套餐"))
    assert written.text == "我要五十九元畅享套餐"
    assert written.display_text == "我要59元畅享套餐"
    assert [one.term for one in written.corrections] == ["59元畅享套餐"]


def test_confidences_that_mean_nothing_are_not_taken_for_doubt() -> None:
    assert knowing.write(heard("长想套餐", 0.5)).text == "畅享套餐"
    assert knowing.write(heard("长想套餐", 0.5), is_scored=False).text == "长想套餐"


def test_a_preview_is_spoken_form_with_names_put_right_and_no_closing_mark() -> None:
    assert knowing.preview("我要办唱響套餐,128元.") == "我要办畅享套餐，一百二十八元"


class Shifting:
    """Makes every 短 longer and every 长长 shorter."""

    def find(self, text: str, confidences: Sequence[float] | None) -> Sequence[Correction]:
        found: list[Correction] = []
        at = 0
        while at < len(text):
            size, written = (
                (1, "很短很短") if text[at] == "短" else (2, "长") if text[at : at + 2] == "长长" else (1, "")
            )
            if written:
                heard_text = text[at : at + size]
                found.append(
                    Correction(
                        start=at,
                        end=at + size,
                        heard=heard_text,
                        written=written,
                        term=written,
                        source="call",
                        score=1.0,
                    )
                )
            at += size
        return found


@given(st.text(st.sampled_from("短长好五百块1230.，"), max_size=20))
def test_corrections_rewrites_and_words_follow_the_text(text: str) -> None:
    written = Writer(scribe, Shifting()).write(heard(text))
    for correction in written.corrections:
        assert written.text[correction.start : correction.end] == correction.written
    assert "".join(word.text for word in written.words) == "".join(filter(str.isalnum, written.text))
    shown = written.text
    for rewrite in reversed(written.rewrites):
        shown = shown[: rewrite.start] + rewrite.written + shown[rewrite.end :]
    assert shown == (written.display_text or written.text)


@pytest.mark.parametrize("raw", ["", " ", "。"])
def test_nothing_heard_is_nothing_written(raw: str) -> None:
    assert plain.write(heard(raw)).text.strip("。") == ""
