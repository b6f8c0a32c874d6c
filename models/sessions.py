"""ONNX Runtime as every model here is run: on the CPU, one thread of the caller's, quiet."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import onnxruntime


def open_session(path: Path) -> Any:
    """An ``InferenceSession``, safe for use from several threads. Raises what ONNX Runtime raises over a bad file."""
    runtime = cast("Any", onnxruntime)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
