"""Machine-learning models: catalogue, verified weights and the inference engine; knows nothing of calls."""

import os

# From 1.29 on ONNX Runtime tells its maker of every model that it opens, from its import on, unless told not to.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
