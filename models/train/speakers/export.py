"""Writes CAM++ as an ONNX graph whose weights stay small on disk."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from models.train.export import OPSET
from models.train.speakers.network import CamPlusPlus, Precision

_FRAMES = 298
"""Of the example: three seconds; the exporter looks at shapes only."""
_BANDS = 80


def export_speakers(parameters: Mapping[str, Tensor], path: Path, precision: Precision = "int8") -> None:
    """Batch and frames stay open.

    8-bit weights are multiplied out while the graph is loaded and run at 32 bits: quantised convolutions of ONNX
    Runtime take four times as long here, and their vectors are worse.
    """
    with warnings.catch_warnings():
        # The exporter warns of itself, and of the number of segments, which it does follow.
        warnings.simplefilter("ignore")
        torch.onnx.export(  # pyright: ignore[reportUnknownMemberType]
            CamPlusPlus(parameters, precision).eval(),
            (torch.zeros(1, _FRAMES, _BANDS),),
            str(path),
            input_names=["features"],
            output_names=["vectors"],
            dynamic_axes={"features": {0: "batch", 1: "frames"}, "vectors": {0: "batch"}},
            opset_version=OPSET,
            do_constant_folding=False,
            dynamo=False,
        )
