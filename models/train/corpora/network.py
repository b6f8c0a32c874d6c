"""The shared encoder with one linear head per task, fitted to a corpus of others."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertModel

from models.train.understanding.network import pooled_turn
from nlp.understanding.encoding import EncodedTurn, pad
from nlp.understanding.linear import Float32Array

log = logging.getLogger(__name__)

_NO_LABEL = -100
_BATCH = 32


@dataclass(frozen=True, slots=True)
class CorpusFit:
    """As ``models.train.understanding.fit.FitSettings``."""

    epochs: int = 3
    encoder_rate: float = 4e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    clip: float = 5.0
    smoothing: float = 0.05
    seed: int = 1


class CorpusNetwork(nn.Module):
    """(turns, pieces) thrice in; logits per task."""

    def __init__(self, bert: BertModel, classes: Sequence[int]) -> None:
        super().__init__()
        width = int(bert.config.hidden_size)
        self.bert = bert
        self.standard = nn.BatchNorm1d(width, affine=False)
        self.dropout = nn.Dropout(0.1)
        self.heads = nn.ModuleList(nn.Linear(width, count) for count in classes)

    def forward(self, ids: Tensor, mask: Tensor, is_turn: Tensor) -> list[Tensor]:
        hidden: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = self.dropout(self.standard(pooled_turn(hidden, is_turn)))
        return [head(pooled) for head in self.heads]


def fit_network(
    network: CorpusNetwork, turns: Sequence[EncodedTurn], classes: Sequence[Sequence[int | None]], settings: CorpusFit
) -> None:
    """``classes``: per task the class of each turn. Word embeddings stay; rare classes count more."""
    torch.manual_seed(settings.seed)
    random = Random(settings.seed)
    network.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    targets = [torch.tensor([_NO_LABEL if one is None else one for one in task]) for task in classes]
    losses = [_loss(target, head.out_features, settings) for target, head in zip(targets, _heads(network), strict=True)]
    optimiser = torch.optim.AdamW(
        [
            {
                "params": [value for value in network.bert.parameters() if value.requires_grad],
                "lr": settings.encoder_rate,
            },
            {"params": list(network.heads.parameters()), "lr": settings.head_rate},
        ],
        weight_decay=settings.weight_decay,
        fused=True,
    )
    steps = settings.epochs * -(-len(turns) // _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / max(1.0, settings.warm_up * steps), (steps - step) / steps)
    )
    for epoch in range(settings.epochs):
        network.train()
        for places in _batches(turns, random):
            optimiser.zero_grad()
            found = network(*_inputs([turns[place] for place in places]))
            total = torch.stack(
                [loss(logits, target[places]) for loss, logits, target in zip(losses, found, targets, strict=True)]
            ).nansum()
            total.backward()
            nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimiser.step()
            schedule.step()
        log.info("epoch done", extra={"epoch": epoch + 1})
    network.eval()


def network_scores(network: CorpusNetwork, turns: Sequence[EncodedTurn]) -> list[Float32Array]:
    """Per task (turns, classes): logits, in the order of the turns."""
    network.eval()
    order = sorted(range(len(turns)), key=lambda place: len(turns[place].pieces))
    found: list[list[Float32Array]] = [[] for _ in network.heads]
    with torch.inference_mode():
        for at in range(0, len(order), 4 * _BATCH):
            for task, logits in zip(
                found, network(*_inputs([turns[place] for place in order[at : at + 4 * _BATCH]])), strict=True
            ):
                task.append(logits.numpy())
    back = np.argsort(order)
    return [np.concatenate(task)[back] for task in found]


def _heads(network: CorpusNetwork) -> list[nn.Linear]:
    return [head for head in network.heads if isinstance(head, nn.Linear)]


def _loss(target: Tensor, classes: int, settings: CorpusFit) -> nn.CrossEntropyLoss:
    counts = torch.bincount(target[target != _NO_LABEL], minlength=classes).clamp(min=1).to(torch.float32)
    weights = counts.rsqrt()
    return nn.CrossEntropyLoss(
        weights / weights.mean(), ignore_index=_NO_LABEL, label_smoothing=settings.smoothing, reduction="mean"
    )


def _inputs(turns: Sequence[EncodedTurn]) -> tuple[Tensor, Tensor, Tensor]:
    batch = pad(turns)
    return torch.from_numpy(batch.ids), torch.from_numpy(batch.mask), torch.from_numpy(batch.is_turn)


def _batches(turns: Sequence[EncodedTurn], random: Random) -> Iterator[list[int]]:
    """Places of turns of like length, in a random order."""
    order = sorted(range(len(turns)), key=lambda place: (len(turns[place].pieces), random.random()))
    found = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
    random.shuffle(found)
    yield from found
