"""Batch normalization by the compiled kernels."""
