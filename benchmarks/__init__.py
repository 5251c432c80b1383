"""Benchmarks that compare measured figures with the promised ones."""
