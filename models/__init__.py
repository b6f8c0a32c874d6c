"""Machine-learning models: catalogue, verified weights and the inference engine; knows nothing of calls."""
