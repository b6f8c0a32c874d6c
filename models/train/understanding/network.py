"""The multi-task network: one encoder, a linear head per task, and a tagger over characters."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertModel

from nlp.understanding.encoding import PAD

TAGGER_WIDTH = 64
TAGGER_REACH = 5
"""Characters that the tagger sees at once beside what the encoder knows."""
_RARE = -3.0
"""Logit that most labels begin with: nearly all of them are absent from nearly all turns."""


def pooled_turn(hidden: Tensor, is_turn: Tensor) -> Tensor:
    """Mean over the turn's own pieces: (turns, pieces, width) and (turns, pieces) to (turns, width)."""
    weights = is_turn.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)


@dataclass(frozen=True, slots=True)
class HeadSizes:
    """How many labels each head tells apart."""

    intents: int
    emotions: int
    acts: int
    tags: int


class UnderstandingNetwork(nn.Module):
    """From the encoder's input to logits, in the order of ``nlp.understanding.model.OUTPUTS``."""

    def __init__(self, bert: BertModel, sizes: HeadSizes, dropout: float = 0.1) -> None:
        super().__init__()
        width = int(bert.config.hidden_size)
        self.bert = bert
        self.dropout = nn.Dropout(dropout)
        # The encoder's vectors share most of their direction; without it heads learn at once what sets turns apart.
        self.standard = nn.BatchNorm1d(width, affine=False)
        self.intent = nn.Linear(width, sizes.intents)
        self.mentions = nn.Linear(width, sizes.intents)
        self.emotion = nn.Linear(width, sizes.emotions)
        self.intensity = nn.Linear(width, 1)
        self.act = nn.Linear(width, sizes.acts)
        self.acts = nn.Linear(width, sizes.acts)
        self.piece = nn.Linear(width, TAGGER_WIDTH)
        self.char = nn.Linear(width, TAGGER_WIDTH)
        self.around = nn.Conv1d(2 * TAGGER_WIDTH, 2 * TAGGER_WIDTH, TAGGER_REACH, padding=TAGGER_REACH // 2)
        self.tags = nn.Linear(2 * TAGGER_WIDTH, sizes.tags)
        with torch.no_grad():
            for rare in (self.mentions, self.acts):
                rare.bias.fill_(_RARE)
            self.tags.bias[0] = -_RARE

    def forward(
        self, ids: Tensor, mask: Tensor, is_turn: Tensor, chars: Tensor, piece_of: Tensor
    ) -> tuple[Tensor, ...]:
        """All int64, (turns, pieces) thrice and (turns, characters) twice."""
        hidden: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = self.dropout(self.standard(pooled_turn(hidden, is_turn)))
        return (
            self.intent(pooled),
            self.mentions(pooled),
            self.emotion(pooled),
            self.intensity(pooled).squeeze(-1),
            self.act(pooled),
            self.acts(pooled),
            self._tag(hidden, chars, piece_of),
        )

    def _tag(self, hidden: Tensor, chars: Tensor, piece_of: Tensor) -> Tensor:
        covering = torch.gather(hidden, 1, piece_of.unsqueeze(-1).expand(-1, -1, hidden.shape[-1]))
        own: Tensor = self.bert.embeddings.word_embeddings(chars)
        both = torch.cat([self.piece(self.dropout(covering)), self.char(self.dropout(own))], dim=-1)
        both = both * (chars != PAD).unsqueeze(-1)
        around = torch.relu(self.around(both.transpose(1, 2))).transpose(1, 2)
        return self.tags(torch.relu(both) + around)
