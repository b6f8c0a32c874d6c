"""The network as the graph that ``nlp.understanding.model`` runs."""

from __future__ import annotations

from pathlib import Path

import torch

from models.train.export import export_onnx
from models.train.understanding.network import UnderstandingNetwork
from models.train.understanding.outputs import name_outputs
from nlp.understanding.model import OUTPUTS

_BATCH, _PIECES, _CHARS = "batch", "pieces", "characters"


def export_understanding(network: UnderstandingNetwork, path: Path) -> None:
    """Batch and lengths stay open."""
    inputs = {
        "ids": torch.tensor([[0, 7, 8, 2, 9, 2]]),
        "mask": torch.ones(1, 6, dtype=torch.int64),
        "is_turn": torch.tensor([[0, 1, 1, 0, 0, 0]]),
        "chars": torch.tensor([[7, 8]]),
        "piece_of": torch.tensor([[1, 2]]),
    }
    axes = {name: (_BATCH, _CHARS if name in ("chars", "piece_of") else _PIECES) for name in inputs}
    axes |= {name: (_BATCH, _CHARS) if name == "tags" else (_BATCH,) for name in OUTPUTS}
    export_onnx(network, inputs, OUTPUTS, axes, path)
    name_outputs(path)
