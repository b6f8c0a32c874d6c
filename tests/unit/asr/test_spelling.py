"""Byte-level tokens to characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asr.backends.spelling import SpokenToken, spell
from asr.text import Character

_SYMBOLS = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]


def symbol(data: bytes) -> str:
    others = [byte for byte in range(256) if byte not in _SYMBOLS]
    return "".join(chr(byte) if byte in _SYMBOLS else chr(256 + others.index(byte)) for byte in data)


def test_a_character_of_two_tokens_spans_both_and_is_as_sure_as_the_weaker() -> None:
    data = "餐".encode()
    spelt = spell([SpokenToken(symbol(data[:2]), 0, 100, 0.9), SpokenToken(symbol(data[2:]), 100, 180, 0.4)])
    assert spelt == (Character("餐", 0, 180, 0.4),)


def test_a_token_of_two_characters_is_shared_evenly() -> None:
    spelt = spell([SpokenToken(symbol("套餐".encode()), 100, 300, 0.8)])
    assert spelt == (Character("套", 100, 200, 0.8), Character("餐", 200, 300, 0.8))


def test_a_character_that_begins_inside_a_token_follows_the_one_that_ends_in_it() -> None:
    data = "流量".encode()
    spelt = spell([SpokenToken(symbol(data[:4]), 0, 100, 0.5), SpokenToken(symbol(data[4:]), 100, 200, 0.9)])
    assert [(character.text, character.end_ms) for character in spelt] == [("流", 100), ("量", 200)]
    assert (spelt[1].start_ms, spelt[1].confidence) == (100, 0.5)


def test_space_at_the_ends_and_broken_bytes_are_left_out() -> None:
    spelt = spell([SpokenToken(symbol(b" OK ")), SpokenToken(symbol("餐".encode()[:1]))])
    assert "".join(character.text for character in spelt) == "OK"


@given(st.text(max_size=20), st.lists(st.integers(0, 60), max_size=8))
def test_any_cut_of_a_text_into_tokens_spells_the_text(text: str, cuts: list[int]) -> None:
    data = text.encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    tokens = [
        SpokenToken(symbol(data[start:end]), 10 * index, 10 * index + 10)
        for index, (start, end) in enumerate(pairwise(places))
    ]
    spelt = spell(tokens)
    assert "".join(character.text for character in spelt) == text.strip()
    starts = [character.start_ms for character in spelt]
    assert starts == sorted(starts)
