"""Writes a network as an ONNX graph of 8-bit weights."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch
from onnxruntime import quantization  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor, nn

OPSET = 17
"""The first with a layer normalisation of its own."""


def export_onnx(
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    open_axes: Mapping[str, Sequence[str]],
    path: Path,
) -> None:
    """``inputs``: an example; ``open_axes``: per input and output the names of its leading axes, whose sizes stay open.

    Weights become 8-bit integers with a scale per channel, embedding tables too.
    """
    with TemporaryDirectory() as directory:
        whole = Path(directory) / "whole.onnx"
        with warnings.catch_warnings():
            # The exporter warns of itself, and of branches in transformers that our inputs do not take.
            warnings.simplefilter("ignore")
            torch.onnx.export(  # pyright: ignore[reportUnknownMemberType]
                network.eval(),
                tuple(inputs.values()),
                str(whole),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes={name: dict(enumerate(axes)) for name, axes in open_axes.items()},
                opset_version=OPSET,
                dynamo=False,
            )
        library: Any = cast(Any, quantization)
        library.quantize_dynamic(str(whole), str(path), weight_type=library.QuantType.QInt8, per_channel=True)
