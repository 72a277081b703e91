"""Benchmarks: each prints ratios to references measured in the same run."""
