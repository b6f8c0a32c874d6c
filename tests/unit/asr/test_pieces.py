"""Tokens of other recognisers to characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asr.backends.pieces import Piece, spell_pieces


def pieces(*symbols: str) -> list[Piece]:
    """One every 200 ms."""
    return [Piece(symbol, 200 * place, 0.9 - 0.1 * place) for place, symbol in enumerate(symbols)]


def spelled(found: list[Piece], text: str, duration_ms: int = 5_000) -> list[tuple[str, int, int]]:
    characters = spell_pieces(found, text, duration_ms)
    assert "".join(character.text for character in characters) == text
    return [(character.text, character.start_ms, character.end_ms) for character in characters]


def test_a_character_lasts_until_the_next_one() -> None:
    assert spelled(pieces("你", "好"), "你好", 300) == [("你", 0, 200), ("好", 200, 300)]


def test_a_character_before_a_pause_ends_before_it() -> None:
    assert spelled([Piece("你", 0, 0.9), Piece("好", 2_000, 0.9)], "你好")[0] == ("你", 0, 400)


def test_parts_of_a_word_share_no_space_and_words_do() -> None:
    found = spelled(pieces("▁HE", "LLO", "▁GB", "套"), "HELLO GB 套")
    assert [text for text, start_ms, _ in found if start_ms == 200] == ["L", "L", "O"]
    assert [text for text, _, _ in found].count(" ") == 2


def test_continued_parts_of_paraformer_are_joined() -> None:
    assert spelled(pieces("he@@", "llo", "你"), "hello 你")[-1] == ("你", 400, 800)


def test_bytes_of_one_character_are_one_character() -> None:
    assert spelled(pieces("<0xE4>", "<0xBD>", "<0xA0>", "好"), "你好") == [("你", 400, 600), ("好", 600, 1_000)]


def test_a_text_that_its_pieces_do_not_add_up_to_is_spread_evenly() -> None:
    characters = spell_pieces(pieces("ƌŕ", "ţ"), "你好", 600)
    assert [(one.text, one.start_ms, one.end_ms) for one in characters] == [("你", 0, 300), ("好", 300, 600)]
    assert {one.confidence for one in characters} == {0.8}


def test_nothing_heard_is_no_character() -> None:
    assert spell_pieces([], "", 1_000) == ()


@given(
    st.lists(st.tuples(st.sampled_from(["你", "▁A", "b@@", "<0xE4>", "<0xBD>", "<0xA0>", "▁"]), st.integers(0, 9_000))),
    st.text(alphabet="你Ab ", max_size=8),
    st.integers(0, 8_000),
)
def test_characters_are_the_text_in_order_and_inside_the_audio(
    heard: list[tuple[str, int]], text: str, duration_ms: int
) -> None:
    characters = spell_pieces([Piece(symbol, start_ms, 0.5) for symbol, start_ms in heard], text, duration_ms)
    if heard:
        assert "".join(character.text for character in characters) == text.replace("\t", " ")
    assert all(0 <= one.start_ms <= one.end_ms <= duration_ms for one in characters)
    assert all(one.start_ms <= after.start_ms for one, after in pairwise(characters))
