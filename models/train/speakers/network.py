"""CAM++ as a graph of its own: convolutions with their normalisation folded in, weights of 8 bits.

After H. Wang et al., "CAM++: A fast and efficient network for speaker verification using context-aware masking", 2023:
a convolutional front over the spectrum, then three densely connected blocks whose layers weigh their channels by the
mean of the whole and of the two seconds around, then mean and deviation over time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

Precision = Literal["float32", "float16", "int8"]

BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers, and how far apart the three frames are that each looks at."""
_NORM_EPSILON = 1e-5
_SEGMENT = 100
"""Frames of 20 ms whose mean weighs the channels."""
_INT8_MAX = 127
_LEAST_SCALE = 1e-12


class Weights:
    """The parameters as they were published, read by name; each is used once."""

    def __init__(self, parameters: Mapping[str, Tensor], precision: Precision) -> None:
        self._parameters = parameters
        self.precision: Precision = precision

    def tensor(self, name: str) -> Tensor:
        """Raises KeyError."""
        return self._parameters[name]

    def norm(self, name: str) -> tuple[Tensor, Tensor]:
        """What a normalisation multiplies by, and adds, per channel."""
        centre, variance = self.tensor(f"{name}.running_mean"), self.tensor(f"{name}.running_var")
        factor = torch.rsqrt(variance + _NORM_EPSILON) * self._parameters.get(f"{name}.weight", torch.ones(1))
        return factor, self._parameters.get(f"{name}.bias", torch.zeros(1)) - centre * factor


class Kept(nn.Module):
    """A weight as it lies in the file; it becomes 32 bits again while the graph is loaded."""

    def __init__(self, weight: Tensor, precision: Precision) -> None:
        super().__init__()
        scale = None
        if precision == "int8":
            largest = weight.abs().amax(dim=tuple(range(1, weight.dim())), keepdim=True)
            scale = (largest / _INT8_MAX).clamp_min(_LEAST_SCALE)
            weight = torch.round(weight / scale).to(torch.int8)
        elif precision == "float16":
            weight = weight.half()
        self.register_buffer("_kept", weight)
        self.register_buffer("_scale", scale)
        self._kept: Tensor
        self._scale: Tensor | None

    def forward(self) -> Tensor:
        whole = self._kept.float()
        return whole if self._scale is None else whole * self._scale


class Convolution(nn.Module):
    """One- or two-dimensional, with the normalisation after it folded in."""

    def __init__(
        self,
        weights: Weights,
        name: str,
        norm: str | None = None,
        *,
        stride: int | Sequence[int] = 1,
        dilation: int = 1,
    ) -> None:
        super().__init__()
        weight = weights.tensor(f"{name}.weight")
        bias = torch.zeros(len(weight)) if norm or not self._has_bias(weights, name) else weights.tensor(f"{name}.bias")
        if norm:
            factor, shift = weights.norm(norm)
            weight = weight * factor.reshape(-1, *[1] * (weight.dim() - 1))
            bias = bias * factor + shift
        self._weight = Kept(weight, weights.precision)
        self.register_buffer("_bias", bias)
        self._bias: Tensor
        self._run = functional.conv2d if weight.dim() == 4 else functional.conv1d
        self._stride = stride
        self._padding = [size // 2 * dilation for size in weight.shape[2:]]
        self._dilation = dilation

    @staticmethod
    def _has_bias(weights: Weights, name: str) -> bool:
        try:
            weights.tensor(f"{name}.bias")
        except KeyError:
            return False
        return True

    def forward(self, x: Tensor) -> Tensor:
        return self._run(x, self._weight(), self._bias, self._stride, self._padding, self._dilation)


class Norm(nn.Module):
    """A normalisation that stands before its convolution, and the ReLU after it."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        factor, shift = weights.norm(name)
        self.register_buffer("_factor", factor.reshape(-1, 1))
        self.register_buffer("_shift", shift.reshape(-1, 1))
        self._factor: Tensor
        self._shift: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x * self._factor + self._shift)


class Residual(nn.Module):
    """Two convolutions over time and frequency beside the way past them."""

    def __init__(self, weights: Weights, name: str, *, halves: bool) -> None:
        super().__init__()
        stride = (2, 1) if halves else (1, 1)
        self._first = Convolution(weights, f"{name}.conv1", f"{name}.bn1", stride=stride)
        self._second = Convolution(weights, f"{name}.conv2", f"{name}.bn2")
        past = f"{name}.shortcut"
        self._past = Convolution(weights, f"{past}.0", f"{past}.1", stride=stride) if halves else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self._second(functional.relu(self._first(x))) + self._past(x))


class DenseLayer(nn.Module):
    """What one layer adds to its block: 32 channels, weighed by their context."""

    def __init__(self, weights: Weights, name: str, dilation: int) -> None:
        super().__init__()
        self._norm = Norm(weights, f"{name}.nonlinear1.batchnorm")
        self._narrow = Convolution(weights, f"{name}.linear1", f"{name}.nonlinear2.batchnorm")
        self._local = Convolution(weights, f"{name}.cam_layer.linear_local", dilation=dilation)
        self._squeeze = Convolution(weights, f"{name}.cam_layer.linear1")
        self._mask = Convolution(weights, f"{name}.cam_layer.linear2")

    def forward(self, x: Tensor, ones: Tensor) -> Tensor:
        """``ones``: shape (1, 1, frames), whose segments tell how many frames each has."""
        narrow = functional.relu(self._narrow(self._norm(x)))
        means = _segments(narrow) / _segments(ones)
        around = means.unsqueeze(-1).expand(-1, -1, -1, _SEGMENT).flatten(2)[..., : x.shape[-1]]
        context = narrow.mean(-1, keepdim=True) + around
        return self._local(narrow) * torch.sigmoid(self._mask(functional.relu(self._squeeze(context))))


class CamPlusPlus(nn.Module):
    """Features of speech in, the vector of its voice out."""

    def __init__(self, parameters: Mapping[str, Tensor], precision: Precision = "float32") -> None:
        super().__init__()
        weights = Weights(parameters, precision)
        self._front = Convolution(weights, "head.conv1", "head.bn1")
        self._residuals = nn.ModuleList(
            Residual(weights, f"head.layer{layer}.{place}", halves=place == 0) for layer in (1, 2) for place in (0, 1)
        )
        self._front_end = Convolution(weights, "head.conv2", "head.bn2", stride=(2, 1))
        self._tdnn = Convolution(weights, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", stride=2)
        self._blocks = nn.ModuleList(
            nn.ModuleList(DenseLayer(weights, f"xvector.block{at}.tdnnd{layer}", dilation) for layer in range(1, 1 + n))
            for at, (n, dilation) in enumerate(BLOCKS, start=1)
        )
        transits = [f"xvector.transit{at}" for at in range(1, 1 + len(BLOCKS))]
        self._before = nn.ModuleList(Norm(weights, f"{name}.nonlinear.batchnorm") for name in transits)
        after = [*(None for _ in transits[1:]), "xvector.out_nonlinear.batchnorm"]
        self._transits = nn.ModuleList(
            Convolution(weights, f"{name}.linear", norm) for name, norm in zip(transits, after, strict=True)
        )
        self._vector = Convolution(weights, "xvector.dense.linear", "xvector.dense.nonlinear.batchnorm")

    def forward(self, features: Tensor) -> Tensor:
        """Shape (batch, frames, 80) in, (batch, 192) out."""
        x = functional.relu(self._front(features.transpose(1, 2).unsqueeze(1)))
        for residual in self._residuals:
            x = residual(x)
        x = functional.relu(self._front_end(x)).flatten(1, 2)
        x = functional.relu(self._tdnn(x))
        ones = torch.ones_like(x[:1, :1])
        for block, before, transit in zip(self._blocks, self._before, self._transits, strict=True):
            for layer in cast(nn.ModuleList, block):
                x = torch.cat([x, layer(x, ones)], dim=1)
            x = transit(before(x))
        x = functional.relu(x)
        mean = x.mean(-1, keepdim=True)
        frames = _segments(ones).sum(-1, keepdim=True)
        deviation = torch.sqrt(torch.square(x - mean).sum(-1, keepdim=True) / (frames - 1))
        return self._vector(torch.cat([mean, deviation], dim=1)).squeeze(-1)


def _segments(x: Tensor) -> Tensor:
    """Sums over segments of frames, the last one what is left; shape (…, frames) in, (…, segments) out."""
    missing = -x.shape[-1] % _SEGMENT
    whole = functional.pad(x, (0, missing))
    return whole.reshape(*x.shape[:-1], -1, _SEGMENT).sum(-1)
