"""A turn as the encoder's input, and the way back to its characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train.encoder.tokenizer import build_tokenizer
from nlp.understanding.encoding import BEGIN, END, MAX_PIECES, UNKNOWN, TurnEncoder, pad

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "客",
    "服",
    "流量",
    "▁流",
    "流",
    "量",
    "还",
    "剩",
    "多少",
    "多",
    "少",
    "vip",
]
ENCODER = TurnEncoder(
    build_tokenizer(PIECES, [0.0] * 4 + [-float(number) for number in range(1, len(PIECES) - 3)]),
    {ord("Ｖ"): "v", ord("…"): "...", 0x200B: ""},
)


def test_a_turn_is_marked_and_followed_by_the_turn_before() -> None:
    found = ENCODER.encode("多少", "流量", "customer")
    pieces = [PIECES[row] for row in found.pieces]
    assert pieces[:2] == ["<s>", "客"]
    assert pieces[-1] == "</s>"
    assert (found.pieces[0], found.pieces.count(END)) == (BEGIN, 2)
    own = [piece for piece, is_own in zip(pieces, found.is_turn, strict=True) if is_own]
    assert "多少" in own
    assert not {"流量", "▁流", "流"} & set(own)
    assert [PIECES[row] for row in ENCODER.encode("多少", "", "agent").pieces][1] == "服"


@pytest.mark.parametrize("text", ["流量还剩多少", "还剩多少", "流 量", "  还剩", "Ｖip还…剩", "龘流量"])
def test_every_character_is_there_once(text: str) -> None:
    found = ENCODER.encode(text, "", "customer")
    spoken = [at for at, char in enumerate(text) if not char.isspace() and char != "…"]
    assert sorted(set(found.origin) - {text.find("…")}) == spoken
    assert len([at for at in found.origin if text[at] != "…"]) == len(spoken)
    assert len(found.chars) == len(found.piece_of) == len(found.origin)


@given(st.text(max_size=400), st.text(max_size=100))
def test_any_text_can_be_encoded(text: str, previous: str) -> None:
    found = ENCODER.encode(text, previous, "customer")
    assert len(found.pieces) == len(found.is_turn) <= MAX_PIECES + 40
    assert list(found.origin) == sorted(found.origin)
    assert all(0 <= at < len(text) for at in found.origin)
    assert all(found.is_turn[place] for place in found.piece_of)


def test_a_batch_is_padded_on_the_right() -> None:
    batch = pad([ENCODER.encode("流量", "", "customer"), ENCODER.encode("", "", "customer")])
    assert batch.ids.shape == batch.mask.shape == batch.is_turn.shape
    assert batch.chars.shape == batch.piece_of.shape == (2, 2)
    assert batch.mask.sum(axis=1)[0] > batch.mask.sum(axis=1)[1]
    assert UNKNOWN not in batch.ids[1]
