"""Fully connected layers by the compiled kernels."""
