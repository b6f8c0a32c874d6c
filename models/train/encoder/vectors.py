"""Vectors of the encoder as it is published: what simple classifiers on top of it are given."""
# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from transformers import BertModel

from models.train.encoder.e5s1 import E5File
from models.train.encoder.sentence import QUERY, SentenceNetwork
from models.train.encoder.tokenizer import build_tokenizer
from nlp.padding import padded
from nlp.understanding.encoding import BEGIN, END, MAX_PIECES, PAD, TurnEncoder
from nlp.understanding.linear import Float32Array

_BATCH = 128


def turn_encoder(file: E5File, rows: Sequence[int]) -> TurnEncoder:
    """With those rows of the file's vocabulary."""
    return TurnEncoder(
        build_tokenizer([file.pieces[row] for row in rows], [float(file.scores[row]) for row in rows]),
        file.replacements,
    )


def frozen_vectors(bert: BertModel, encoder: TurnEncoder, texts: Sequence[str]) -> Float32Array:
    """(texts, width), each of length 1, in order."""
    network = SentenceNetwork(bert).eval()
    pieces = [[BEGIN, *encoder.pieces(QUERY + text)[:MAX_PIECES], END] for text in texts]
    order = sorted(range(len(texts)), key=lambda place: len(pieces[place]))
    found: list[Float32Array] = []
    with torch.inference_mode():
        for at in range(0, len(order), _BATCH):
            batch = [pieces[place] for place in order[at : at + _BATCH]]
            ids = torch.from_numpy(padded(batch, PAD))
            mask = torch.from_numpy(padded([[1] * len(one) for one in batch], 0))
            found.append(network(ids, mask).numpy())
    return np.concatenate(found)[np.argsort(order)]
