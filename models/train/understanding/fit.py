"""Fits the network: one pass after the other over turns that are damaged anew each time."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np
import torch
from torch import Tensor, nn

from models.train.scenes import Turn
from models.train.understanding.examples import (
    NO_LABEL,
    OUTSIDE,
    Example,
    NoiseSettings,
    batches,
    damaged,
    encode_turn,
)
from models.train.understanding.network import HeadSizes, UnderstandingNetwork
from models.train.understanding.progress import Progress
from nlp.understanding.encoding import TurnEncoder, pad

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How it learns."""

    epochs: int = 3
    batch_size: int = 32
    encoder_rate: float = 4e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    """Share of the steps in which the rates rise; then they fall to 0."""
    clip: float = 5.0
    smoothing: float = 0.05
    is_half: bool = False
    """The network's passes in bfloat16, weights and losses in 32 bits: half the time where the processor has tiles."""
    seed: int = 1
    noise: NoiseSettings = field(default_factory=NoiseSettings)


@dataclass(frozen=True, slots=True)
class _Targets:
    intent: Tensor
    mentions: Tensor
    emotion: Tensor
    intensity: Tensor
    act: Tensor
    acts: Tensor
    tags: Tensor


def rarity_weights(labels: Sequence[int], count: int) -> Tensor:
    """(count,): what each label counts in a loss, by the root of how rare it is; 1 on average."""
    seen = Counter(labels)
    found = np.array([1 / np.sqrt(max(1, seen[label])) for label in range(count)], np.float32)
    return torch.from_numpy(found / found.mean())


class _Losses:
    """The sum of all heads' losses; rare labels of the single-label heads count more."""

    def __init__(self, sizes: HeadSizes, turns: Sequence[Example], smoothing: float) -> None:
        self._sizes = sizes

        def single(labels: Sequence[int], count: int) -> nn.CrossEntropyLoss:
            return nn.CrossEntropyLoss(
                rarity_weights(labels, count), ignore_index=NO_LABEL, label_smoothing=smoothing, reduction="sum"
            )

        self._intent = single([one.intent for one in turns if one.intent != NO_LABEL], sizes.intents)
        self._emotion = single([one.emotion for one in turns], sizes.emotions)
        self._act = single([one.act for one in turns], sizes.acts)
        self._many = nn.BCEWithLogitsLoss(reduction="none")
        self._tags = nn.CrossEntropyLoss(ignore_index=NO_LABEL, reduction="mean")

    def total(self, outputs: Sequence[Tensor], targets: _Targets) -> Tensor:
        intent, mentions, emotion, intensity, act, acts, tags = outputs
        size = len(targets.emotion)
        customers = (targets.intent != NO_LABEL).to(mentions.dtype).unsqueeze(-1)
        return (
            self._intent(intent, targets.intent) / max(1.0, float(customers.sum()))
            + (self._many(mentions, targets.mentions) * customers).sum() / max(1.0, float(customers.sum()))
            + self._emotion(emotion, targets.emotion) / size
            + 0.2 * torch.nn.functional.mse_loss(intensity, targets.intensity)
            + self._act(act, targets.act) / size
            + self._many(acts, targets.acts).sum() / size
            + 2.0 * self._tags(tags.flatten(0, 1), targets.tags.flatten())
        )


def fit(
    network: UnderstandingNetwork,
    encoder: TurnEncoder,
    turns: Sequence[Turn],
    sizes: HeadSizes,
    settings: FitSettings,
    *,
    heard: Mapping[str, str],
    progress: Progress | None = None,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> None:
    """Change the network's weights; the word embeddings stay as they are. The same seed gives the same weights.

    ``heard``: what the recogniser made of some turns, by their text. With ``progress``, passes that it knows are not
    made again, and the weights are those of a training that was never interrupted.
    """
    torch.manual_seed(settings.seed)
    random = Random(settings.seed)
    clean = [encode_turn(turn, encoder) for turn in turns]
    losses = _Losses(sizes, clean, settings.smoothing)
    optimiser, schedule = optimiser_and_schedule(network, len(turns), settings)
    done = progress.load(network, optimiser, schedule, random) if progress else 0
    for epoch in range(done, settings.epochs):
        network.train()
        began_s, total = time.perf_counter(), 0.0
        examples = [encode_turn(damaged(turn, settings.noise, random, heard), encoder) for turn in turns]
        for batch in batches(examples, settings.batch_size, random):
            optimiser.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.is_half):
                outputs = network(*tensors(batch))
            loss = losses.total([output.float() for output in outputs], _targets(batch, sizes))
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        seconds = round(time.perf_counter() - began_s)
        log.info("epoch done", extra={"epoch": epoch + 1, "loss": round(total / len(turns), 3), "fit_s": seconds})
        if progress:
            progress.save(epoch + 1, network, optimiser, schedule, random)
        after_epoch(epoch)
    network.eval()


def tensors(batch: Sequence[Example]) -> tuple[Tensor, ...]:
    """The network's input."""
    return tuple(torch.from_numpy(table) for table in pad([one.encoded for one in batch]).inputs().values())


def _targets(batch: Sequence[Example], sizes: HeadSizes) -> _Targets:
    width = max(1, *(len(one.tags) for one in batch))
    tags = torch.full((len(batch), width), NO_LABEL)
    for place, one in enumerate(batch):
        tags[place, : len(one.tags)] = torch.tensor(one.tags or [OUTSIDE])[: len(one.tags)]
    return _Targets(
        intent=torch.tensor([one.intent for one in batch]),
        mentions=_many([one.mentions for one in batch], sizes.intents),
        emotion=torch.tensor([one.emotion for one in batch]),
        intensity=torch.tensor([one.intensity for one in batch]),
        act=torch.tensor([one.act for one in batch]),
        acts=_many([one.acts for one in batch], sizes.acts),
        tags=tags,
    )


def _many(labels: Sequence[Sequence[int]], count: int) -> Tensor:
    table = torch.zeros(len(labels), count)
    for place, found in enumerate(labels):
        table[place, list(found)] = 1.0
    return table


def optimiser_and_schedule(
    network: nn.Module, turns: int, settings: FitSettings
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Of a network whose encoder is ``bert``, with so many turns a pass; the word embeddings stay as they are."""
    network.get_parameter("bert.embeddings.word_embeddings.weight").requires_grad_(False)
    encoder = [value for name, value in network.named_parameters() if name.startswith("bert.") and value.requires_grad]
    heads = [value for name, value in network.named_parameters() if not name.startswith("bert.")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": settings.encoder_rate}, {"params": heads, "lr": settings.head_rate}],
        weight_decay=settings.weight_decay,
        fused=True,
    )
    steps = settings.epochs * -(-turns // settings.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / max(1.0, settings.warm_up * steps), (steps - step) / steps)
    )
    return optimiser, schedule
