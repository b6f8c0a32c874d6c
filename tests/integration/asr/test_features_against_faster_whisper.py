"""Our log-mel features against the reference that the shipped models are used with elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from asr.features import LogMel


@pytest.mark.parametrize("bins", [80, 128])
@pytest.mark.parametrize("samples", [2_000, 48_077, 160_000])
def test_features_are_those_of_faster_whisper(bins: int, samples: int) -> None:
    audio = (0.1 * np.random.default_rng(1).standard_normal(samples)).astype(np.float32)
    reference: Any = FeatureExtractor(feature_size=bins)
    np.testing.assert_allclose(LogMel(bins).extract(audio), reference(audio, padding=160), atol=1e-5)
