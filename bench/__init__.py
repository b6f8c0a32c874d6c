"""Benchmarks: ratios and percentiles, never timed tests."""
