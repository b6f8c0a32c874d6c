"""The encoder as it is published: one vector per sentence, for similarity and as the baseline of what is trained."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from models.train.export import export_onnx

QUERY = "query: "
"""Stands before what people say; part of the encoder's contract."""
_BATCH, _PIECES = "batch", "pieces"


class SentenceNetwork(nn.Module):
    """(sentences, pieces) twice in, (sentences, width) out, of length 1."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        hidden: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def export_sentences(network: SentenceNetwork, path: Path) -> None:
    """Batch and length stay open."""
    inputs = {"ids": torch.tensor([[0, 41, 2]]), "mask": torch.ones(1, 3, dtype=torch.int64)}
    axes = {"ids": (_BATCH, _PIECES), "mask": (_BATCH, _PIECES), "vector": (_BATCH,)}
    export_onnx(network, inputs, ["vector"], axes, path)
