"""The shared encoder with one linear head per task, fitted to a corpus of others."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertModel

from models.train.understanding.examples import NO_LABEL
from models.train.understanding.fit import FitSettings, optimiser_and_schedule, rarity_weights
from models.train.understanding.network import pooled_turn
from nlp.understanding.encoding import EncodedTurn, pad
from nlp.understanding.linear import Float32Array

log = logging.getLogger(__name__)

_SCORED_TOGETHER = 128


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
    network: CorpusNetwork, turns: Sequence[EncodedTurn], classes: Sequence[Sequence[int | None]], settings: FitSettings
) -> None:
    """``classes``: per task the class of each turn. Word embeddings stay; rare classes count more."""
    torch.manual_seed(settings.seed)
    random = Random(settings.seed)
    targets = [torch.tensor([NO_LABEL if one is None else one for one in task]) for task in classes]
    losses = [_loss(target, head.out_features, settings) for target, head in zip(targets, _heads(network), strict=True)]
    optimiser, schedule = optimiser_and_schedule(network, len(turns), settings)
    for epoch in range(settings.epochs):
        network.train()
        for places in _batches(turns, settings.batch_size, random):
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
        for at in range(0, len(order), _SCORED_TOGETHER):
            for task, logits in zip(
                found, network(*_inputs([turns[place] for place in order[at : at + _SCORED_TOGETHER]])), strict=True
            ):
                task.append(logits.numpy())
    back = np.argsort(order)
    return [np.concatenate(task)[back] for task in found]


def _heads(network: CorpusNetwork) -> list[nn.Linear]:
    return [head for head in network.heads if isinstance(head, nn.Linear)]


def _loss(target: Tensor, classes: int, settings: FitSettings) -> nn.CrossEntropyLoss:
    weights = rarity_weights([int(one) for one in target if one != NO_LABEL], classes)
    return nn.CrossEntropyLoss(weights, ignore_index=NO_LABEL, label_smoothing=settings.smoothing, reduction="mean")


def _inputs(turns: Sequence[EncodedTurn]) -> tuple[Tensor, Tensor, Tensor]:
    batch = pad(turns)
    return torch.from_numpy(batch.ids), torch.from_numpy(batch.mask), torch.from_numpy(batch.is_turn)


def _batches(turns: Sequence[EncodedTurn], size: int, random: Random) -> Iterator[list[int]]:
    """Places of turns of like length, in a random order."""
    order = sorted(range(len(turns)), key=lambda place: (len(turns[place].pieces), random.random()))
    found = [order[at : at + size] for at in range(0, len(order), size)]
    random.shuffle(found)
    yield from found
