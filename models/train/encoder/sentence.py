"""The encoder as it is published: one vector per sentence, for similarity and as the baseline of what is trained."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import BertModel

QUERY = "query: "
"""Stands before what people say; part of the encoder's contract."""


class SentenceNetwork(nn.Module):
    """(sentences, pieces) twice in, (sentences, width) out, of length 1."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        hidden: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)
