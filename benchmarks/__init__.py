"""Benchmarks that compare measured figures with performance targets."""
