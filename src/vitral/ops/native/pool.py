"""Pooling by the compiled kernels."""
