"""Batches by the compiled kernels."""
