"""Which tokens of the decoder stay."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr.backends.model_file import LayoutError, ModelFile
from asr.backends.spelling import token_bytes
from asr.backends.vocabulary import (
    LATIN_RANKS,
    Vocabulary,
    choose,
    is_kept,
    read_vocabulary,
    write_cut_model,
)
from assist.errors import ModelFilesError
from tests.support.ct2_file import model_bytes

_SYMBOLS = {token_bytes(chr(code)): chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x144))}
TASKS = ("<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")
TIMES = ("<|0.00|>", "<|0.02|>")


def symbol(spelled: bytes) -> str:
    return "".join(_SYMBOLS[bytes([byte])] for byte in spelled)


@pytest.mark.parametrize(
    "text", ["的", "流量", "，", "。", "…", "“", "《", "Ａ", "％", "￥", "·", " 不", "GB", "VIP", " OK", "5", "W"]
)
def test_what_a_hotline_says_is_kept_whatever_its_rank(text: str) -> None:
    assert is_kept(symbol(text.encode()), rank=50_000)


@pytest.mark.parametrize("text", ["こん", "ン", "안녕", "привет", "مر", "ção", "über", " university", "Phone", "ABCDE"])
def test_what_it_does_not_say_goes(text: str) -> None:
    assert not is_kept(symbol(text.encode()), rank=50_000)


@pytest.mark.parametrize("text", ["10", " 2", "2025", "5G", "1月"])
def test_numbers_in_digits_go_whatever_their_rank(text: str) -> None:
    assert not is_kept(symbol(text.encode()), rank=300)


def test_frequent_latin_is_kept() -> None:
    assert is_kept(symbol(b" the"), rank=LATIN_RANKS - 1)
    assert not is_kept(symbol(b" the"), rank=LATIN_RANKS)


def test_every_byte_is_kept_so_that_any_text_can_be_written() -> None:
    assert all(is_kept(symbol(bytes([byte])), rank=50_000) for byte in range(256))


@pytest.mark.parametrize(
    ("character", "is_chinese"), [("流", True), ("。", True), ("！", True), ("안", False), ("я", False), ("ñ", False)]
)
def test_a_part_of_a_character_is_kept_if_the_character_would_be(character: str, is_chinese: bool) -> None:
    beginning = character.encode()[:2] if len(character.encode()) > 2 else b" " + character.encode()[:1]
    assert is_kept(symbol(beginning), rank=50_000) is is_chinese


def whole_vocabulary() -> Vocabulary:
    texts = [b"a", b" the", "流".encode(), "안".encode(), b"Phone", "量".encode()]
    return Vocabulary([*map(symbol, texts), *TASKS, *TIMES])


def test_tasks_stay_and_timestamps_go() -> None:
    cut = choose(whole_vocabulary(), frozenset([symbol(b"Phone")]))
    assert cut.kept.symbols == (
        *map(symbol, (b"a", b" the", "流".encode(), b"Phone", "量".encode())),
        *TASKS,
    )


def test_lists_of_ids_follow_the_tokens() -> None:
    cut = choose(whole_vocabulary())
    config = {"suppress_ids": [1, 3, 7], "suppress_ids_begin": [5], "lang_ids": [8], "alignment_heads": [[3, 1]]}
    renumbered = cut.renumbered(config)
    names: dict[str, list[str]] = {
        name: [cut.kept.symbols[place] for place in renumbered[name]] for name in config if "ids" in name
    }
    assert names == {
        "suppress_ids": [symbol(b" the"), "<|startoftranscript|>"],
        "suppress_ids_begin": [symbol("量".encode())],
        "lang_ids": ["<|zh|>"],
    }
    assert renumbered["alignment_heads"] == [[3, 1]]


def write_model(directory: Path, rows: int) -> None:
    table = np.arange(rows * 2, dtype=np.float16).reshape(rows, 2)
    scales = np.arange(rows, dtype=np.float32)
    model = {"encoder/x": table, "decoder/embeddings/weight": table, "decoder/embeddings/weight_scale": scales}
    (directory / "model.bin").write_bytes(model_bytes(model))
    (directory / "config.json").write_text('{"suppress_ids": [1], "lang_ids": [8]}')


def test_everything_of_the_decoder_with_a_row_per_token_is_cut(tmp_path: Path) -> None:
    whole = whole_vocabulary()
    write_model(tmp_path, len(whole))
    target = tmp_path / "cut"
    target.mkdir()
    cut = choose(whole)
    write_cut_model(tmp_path, target, cut)
    with ModelFile(target / "model.bin") as model:
        shapes = {variable.name: variable.shape for variable in model.variables}
    rows = len(cut.rows)
    assert shapes == {
        "encoder/x": (len(whole), 2),
        "decoder/embeddings/weight": (rows, 2),
        "decoder/embeddings/weight_scale": (rows,),
    }
    assert read_vocabulary(target).symbols == cut.kept.symbols
    assert json.loads((target / "config.json").read_text()) == {"suppress_ids": [1], "lang_ids": [7]}


def test_a_model_whose_rows_are_not_its_tokens_is_not_cut(tmp_path: Path) -> None:
    whole = whole_vocabulary()
    write_model(tmp_path, len(whole) + 3)
    with pytest.raises(LayoutError, match="no variable has a row for each"):
        write_cut_model(tmp_path, tmp_path, choose(whole))


def test_older_conversions_list_their_tokens_by_line(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.txt").write_text("a\nĠb\n<|endoftext|>\n", "utf-8")
    assert read_vocabulary(tmp_path).symbols == ("a", "Ġb", "<|endoftext|>")


def test_a_model_without_vocabulary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError):
        read_vocabulary(tmp_path)


def test_a_model_of_one_language_is_refused_by_what_it_lacks() -> None:
    with pytest.raises(ModelFilesError, match="zh"):
        Vocabulary(["a", "<|endoftext|>"]).id("<|zh|>")
