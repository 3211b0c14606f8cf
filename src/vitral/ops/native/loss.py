"""Losses by the compiled kernels."""
