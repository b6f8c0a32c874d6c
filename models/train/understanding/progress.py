"""A training that was interrupted goes on where its last whole pass ended."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import nn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training writes down how far it is."""

    path: Path
    key: str
    """Of text, settings and shape: what was written for another is not gone on with."""

    def save(
        self,
        passes: int,
        network: nn.Module,
        optimiser: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
        random: Random,
    ) -> None:
        """After a whole pass; the file is there whole or not at all."""
        beside = self.path.with_suffix(".new")
        torch.save(
            {
                "key": self.key,
                "passes": passes,
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "random": random.getstate(),
                "torch_random": torch.get_rng_state(),
            },
            beside,
        )
        beside.replace(self.path)

    def load(
        self,
        network: nn.Module,
        optimiser: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
        random: Random,
    ) -> int:
        """Passes that are behind us; 0 where nothing of this training was written."""
        if not self.path.is_file():
            return 0
        kept: dict[str, Any] = torch.load(self.path, weights_only=True)
        if kept["key"] != self.key:
            log.info("progress of another training is left alone", extra={"path": str(self.path)})
            return 0
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        version, numbers, spare = kept["random"]
        random.setstate((version, tuple(numbers), spare))
        torch.set_rng_state(kept["torch_random"])
        return int(kept["passes"])

    def forget(self) -> None:
        """The training is done."""
        self.path.unlink(missing_ok=True)
